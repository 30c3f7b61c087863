"""Which file of data classes belongs to which models, and what has to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, names_of
from ormgen.schema.documents import DocumentOptions
from ormgen.schema.graph import LinkedModel
from ormgen.schema.names import did_you_mean
from ormgen_codegen.declare import declare
from ormgen_codegen.documents.build import Wanted, build_module
from ormgen_codegen.documents.views import Library, Variant
from ormgen_codegen.documents.write import write_module
from ormgen_codegen.pydantic_meta import read_metas
from ormgen_codegen.run import Run


@dataclass(frozen=True, slots=True)
class DocumentSettings:
    """What `[tool.ormgen.pydantic]` and the command line say.

    `output` is the name of the file beside each module of models, or the path of one file for all of them.
    """

    output: str = "schemas.py"
    library: str = Library.PYDANTIC.value
    variants: tuple[str, ...] = tuple(Variant)
    depth: int = 0

    @classmethod
    def of(cls, table: Mapping[str, Any] | None, **given: Any) -> Self:
        """The settings of a project, with those that are given instead of them where they are not None.

        Raises:
            ConfigurationError: one of them cannot be.
        """
        names = names_of(cls)
        found = {name: value for name, value in (table or {}).items() if name in names}
        found |= {name: value for name, value in given.items() if value not in (None, ())}
        made = cls(**{**found, "variants": tuple(found.get("variants", tuple(Variant)))})
        for name in made.variants:
            _known("variant", name, [each.value for each in Variant])
        _known("library", made.library, [each.value for each in Library])
        if made.depth and made.library != Library.PYDANTIC:
            raise ConfigurationError(f"relations are nested with pydantic only; depth {made.depth} needs it")
        if not made.output.endswith(".py"):
            raise ConfigurationError(f"{made.output} is no file of Python; its name has to end in .py")
        return made


def _known(what: str, name: Any, known: list[str]) -> None:
    if name not in known:
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        raise ConfigurationError(f"there is no {what} {name!r}; {hint}")


def document_files(run: Run, settings: DocumentSettings) -> dict[Path, str]:
    """The text of every file of data classes about the modules that a run was asked for.

    Raises:
        ConfigurationError: two classes would have one name, or a field has a name that cannot be written.
    """
    declarations = declare(run.modules, run.graph, run.reader.reader, {})
    metas = read_metas(run.modules, declarations)

    def options_of(model: LinkedModel) -> DocumentOptions:
        meta = metas.get(model.path)
        if meta is not None and meta.options is None:
            raise ConfigurationError(f"{model.name}.PydanticMeta says something that is no plain literal")
        return DocumentOptions() if meta is None or meta.options is None else meta.options

    wanted = Wanted(tuple(Variant(name) for name in settings.variants), settings.depth)
    library = Library(settings.library)
    return {
        path: write_module(build_module(run.graph, models, options_of, wanted), library)
        for path, models in _by_file(run, settings).items()
    }


def _by_file(run: Run, settings: DocumentSettings) -> dict[Path, list[LinkedModel]]:
    found: dict[Path, list[LinkedModel]] = {}
    for module in run.asked_modules:
        paths = {f"{model.module}:{model.name}" for model in module.concrete}
        models = [run.graph.paths[path] for path in sorted(paths & run.graph.paths.keys())]
        written = [each.path for each in module.concrete]
        models.sort(key=lambda model: written.index(model.path) if model.path in written else 0)
        if models:
            folder = (run.config.root or Path.cwd()) if "/" in settings.output else module.source.path.parent
            found.setdefault(folder / settings.output, []).extend(models)
    return found
