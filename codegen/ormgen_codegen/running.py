"""The graph of running classes: imports modules, for comparison with what their source says."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ormgen.exceptions import ConfigurationError, Problem, SchemaError
from ormgen.schema.graph import ModelGraph
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.apps import Apps, in_apps
from ormgen_codegen.build_graph import linked


def import_graph(names: Sequence[str], apps: Apps | None, folders: Sequence[Path]) -> ModelGraph:
    """Import the modules and link the models that belong to them.

    Raises:
        ConfigurationError: importing failed, or the models do not fit together.
    """
    entries: list[tuple[str, ModelSchema]] = []
    problems: list[Problem] = []
    modules = {name: _imported(name, folders) for name in names}
    named = {name for each in (apps or {}).values() for name in each}
    for name, module in modules.items():
        for info in () if name not in named and _spoken_for(name, modules) else _models_of(module):
            entries.append((name, info.schema))
            problems += getattr(info, "problems", ())
    graph, found = linked(in_apps(entries, apps), problems)
    if not graph.models and found:
        raise SchemaError(found)
    return graph


def _spoken_for(name: str, modules: Mapping[str, ModuleType]) -> bool:
    """Whether a package of the run has a `__models__` that says which models of this module there are."""
    above = (module for package, module in modules.items() if name.startswith(f"{package}."))
    return not hasattr(modules[name], "__models__") and any(hasattr(module, "__models__") for module in above)


def _imported(name: str, folders: Sequence[Path]) -> ModuleType:
    for folder in reversed(folders):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    except Exception as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name
        raise ConfigurationError(f"importing `{name}` failed at {place}: {type(error).__name__}: {error}") from error


def _models_of(module: ModuleType) -> Iterator[Any]:
    """What the concrete models of a module know of themselves: those of `__models__`, else those defined there."""
    listed = getattr(module, "__models__", None)
    values = list(vars(module).values()) if listed is None else listed
    seen: set[int] = set()
    for value in values:
        info = getattr(value, "_meta", None) if isinstance(value, type) else None
        if getattr(info, "schema", None) is None or id(value) in seen:
            continue
        if listed is not None or value.__module__ == module.__name__:
            seen.add(id(value))
            yield info
