"""One run over a project's models: which modules it takes, what they say, and the graph they form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field, replace
from ormgen.schema.collector import collector_paused
from ormgen.schema.graph import ModelGraph
from ormgen.schema.names import nearest
from ormgen_codegen.build_graph import checked_graph
from ormgen_codegen.config import Config
from ormgen_codegen.locate import Located, Locator, search_folders
from ormgen_codegen.parse.kept import KeptModules
from ormgen_codegen.parse.models import ModelReader
from ormgen_codegen.parse.parsed import Finding, ParsedModule
from ormgen_codegen.read_ahead import read_ahead


@dataclass(frozen=True, slots=True)
class Run:
    """The modules of a run and their graph.

    `asked` are the names of those that the user named, packages resolved; the others came in because the project's
    apps are configured. `warnings` are what could not be read, `reader` is asked for what lies outside of them.
    """

    config: Config
    modules: tuple[ParsedModule, ...]
    asked: tuple[str, ...]
    graph: ModelGraph
    warnings: tuple[Finding, ...]
    reader: ModelReader = field(repr=False, compare=False)

    @property
    def asked_modules(self) -> tuple[ParsedModule, ...]:
        """Those of the modules that the user named."""
        return tuple(module for module in self.modules if module.name in self.asked)


def read_run(
    names: Sequence[str],
    config: Config,
    folders: Sequence[Path] | None = None,
    show: Callable[[str], None] = lambda stage: None,
    kept: KeptModules | None = None,
    jobs: int = 1,
) -> Run:
    """Read the named modules, packages and files, and with them all of the configured apps.

    Without names, those of the configured apps are meant. `show` is told of each module that was read. What `kept`
    has of earlier runs is not parsed again, and if there is much to parse then `jobs` processes do it.

    Raises:
        ConfigurationError: there is nothing to read, or no such module.
        SourceErrors: the models are wrong; with every finding of the run.
    """
    if not names and not config.modules:
        raise ConfigurationError("no module is named, and pyproject.toml has no [tool.ormgen] apps")
    locator = Locator(search_folders(config.root, config.source_folder) if folders is None else folders)
    wanted: list[str] = []
    for name in names:
        locator, module_name = _found(name, locator)
        wanted.append(module_name)
    reader = ModelReader(locator, kept)
    configured = [name for name in config.modules if not wanted or locator.find(name) is not None]
    with collector_paused():
        with read_ahead(reader, [*configured, *wanted], jobs):
            modules = _together(configured, configured, reader, show)
            named = _together(wanted, configured, reader, show)
        # The order of modules shows in the stubs: it must not depend on which of them were named.
        modules |= {name: named[name] for name in sorted(named)}
        asked = tuple(named if wanted else modules)
        faults = _own_faults(reader)
        graph, warnings = checked_graph(list(modules.values()), config.apps, faults)
    return Run(config, tuple(modules.values()), asked, graph, warnings, reader)


def _found(name: str, locator: Locator) -> tuple[Locator, str]:
    """The dotted name of what a user named, perhaps by the path of a file or folder, and a locator that finds it."""
    path = Path(name)
    if not name.endswith(".py") and "/" not in name and "\\" not in name:
        return locator, name
    if path.is_dir():
        path = path / "__init__.py"
    if not path.is_file():
        raise ConfigurationError(f"there is no file `{name}`")
    return locator.with_root_of(path)


def _together(
    names: Iterable[str], configured: Sequence[str], reader: ModelReader, show: Callable[[str], None]
) -> dict[str, ParsedModule]:
    """All modules of several names, each with the models that belong to it.

    The `__models__` of a package speaks for the modules in it, but for those that are configured themselves.
    """
    found: dict[str, ParsedModule] = {}
    for name in names:
        for module in _expanded(name, reader.modules.locator, reader):
            show(f"read {module.name}")
            above = None if module.name in configured or "__models__" in module.names else _above(module.name, reader)
            if above is not None:
                found.setdefault(above.name, above)
            found.setdefault(module.name, module if above is None else replace(module, concrete=()))
    return found


def _above(name: str, reader: ModelReader) -> ParsedModule | None:
    """The nearest package around a module that has a `__models__`."""
    while "." in name:
        name = name.rpartition(".")[0]
        found = reader.modules.located(name)
        if found is not None and found.is_source and _mentions(found, b"__models__"):
            package = reader.read(name)
            if package is not None and "__models__" in package.names:
                return package
    return None


def _expanded(name: str, locator: Locator, reader: ModelReader) -> Iterator[ParsedModule]:
    """The module itself; of a package every module that declares models, the package's own first."""
    found = locator.find(name)
    if found is None or (found.path is not None and not found.is_source):
        raise ConfigurationError(f"there is no module `{name}`{_hint(name, locator)}")
    if not found.is_package:
        module = reader.read(name)
        if module is not None:
            yield module
        return
    for each in (found, *locator.submodules(found)):
        module = reader.read(each.name) if each.is_source and _mentions(each, b"class ", b"__models__") else None
        if module is not None and (module.models or ("__models__" in module.names and module.concrete)):
            yield module


def _mentions(found: Located, *words: bytes) -> bool:
    try:
        text = b"" if found.path is None else found.path.read_bytes()
    except OSError:
        return True  # reading it will tell
    return any(word in text for word in words)


def _hint(name: str, locator: Locator) -> str:
    parent, _, last = name.rpartition(".")
    package = locator.find(parent) if parent else None
    known = [each.name.rpartition(".")[2] for each in locator.submodules(package)] if package is not None else []
    close = nearest(last, known)
    return f"; did you mean `{parent}.{close}`?" if close else ""


def _own_faults(reader: ModelReader) -> list[Finding]:
    """Syntax errors, but not those of libraries that were only looked at for a name."""
    return [
        fault
        for fault in reader.faults
        if not {"site-packages", "dist-packages"}.intersection(Path(fault.position.path).parts)
    ]
