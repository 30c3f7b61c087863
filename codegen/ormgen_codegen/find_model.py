"""Finds one model by what people call it: `Hero`, `models.Hero`, `heroes.models.Hero` or `heroes.models:Hero`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.names import nearest
from ormgen_codegen.config import Config
from ormgen_codegen.locate import Locator, search_folders


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asked for: modules to read, and names of models in them."""

    modules: tuple[str, ...]
    models: tuple[str, ...]


def wanted(names: Sequence[str], config: Config) -> Wanted:
    """Which of `names` are modules and which are models, told by what lies on disk; the rest is left as it is."""
    locator = Locator(search_folders(config.root, config.source_folder))
    modules: list[str] = []
    models: list[str] = []
    for name in names:
        module, _, model = name.replace(":", ".").rpartition(".")
        if ":" not in name and (_is_path(name) or locator.find(name) is not None):
            modules.append(name)
        elif module and locator.find(module) is not None:
            modules.append(module)
            models.append(name)
        elif config.modules and model.isidentifier() and (not module or module.isidentifier()):
            models.append(name)
        else:
            modules.append(name)  # reading it tells what is wrong with it
    return Wanted(tuple(dict.fromkeys(modules)), tuple(models))


def _is_path(name: str) -> bool:
    return name.endswith(".py") or "/" in name or "\\" in name or Path(name).is_dir()


def find_models(graph: ModelGraph, names: Sequence[str]) -> tuple[LinkedModel, ...]:
    """The models that are called so.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    found = {model.key: model for model in (_found(graph, name) for name in names)}
    return tuple(found.values())


def _found(graph: ModelGraph, name: str) -> LinkedModel:
    dotted = name.replace(":", ".")
    fitting = [model for model in graph if dotted in _names(model)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        keys = ", ".join(sorted(f"`{model.path}`" for model in fitting))
        raise ConfigurationError(f"`{name}` is the name of more than one model; choose from {keys}")
    close = nearest(dotted, {each for model in graph for each in _names(model)})
    hint = f"; did you mean `{close}`?" if close else ""
    raise ConfigurationError(f"there is no module or model `{name}`{hint}")


def _names(model: LinkedModel) -> tuple[str, str, str]:
    return model.name, model.key, f"{model.module}.{model.name}"
