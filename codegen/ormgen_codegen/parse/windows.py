"""Which names the modules of ormgen have, as their own source says."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ormgen.schema
from ormgen.schema.names import nearest
from ormgen_codegen.locate import Located, Locator, shown_path
from ormgen_codegen.parse.scope import Scope
from ormgen_codegen.parse.source import Unreadable, read_source

ROOT = "ormgen"


@cache
def home() -> Locator:
    """Finds ormgen's modules wherever it is installed."""
    return Locator([Path(folder).parents[1] for folder in ormgen.schema.__path__])


def located(module: str) -> Located | None:
    """Where a module of ormgen is; None if there is none by that name."""
    return home().find(module) if module.partition(".")[0] == ROOT else None


@cache
def window(module: str) -> frozenset[str] | None:
    """The names of a module of ormgen, its submodules included; None if they cannot be told or there is no module."""
    found = located(module)
    if found is None or found.path is None:
        return None
    try:
        source = read_source(module, found.path, shown_path(found.path), found.is_package)
    except Unreadable:
        return None
    scope = Scope(source.tree.body, lambda statement: True)
    if scope.stars or "__getattr__" in scope.by_name:
        return None
    return frozenset(scope.names)


def lacks(module: str, name: str) -> bool:
    """Whether a module of ormgen surely has no such name, so that using it raises."""
    names = window(module)
    special = name.startswith("__") and name.endswith("__")
    return names is not None and name not in names and not special and located(f"{module}.{name}") is None


def meant(module: str, name: str) -> str | None:
    """The name or module in a module of ormgen that `name` is probably a misspelling of."""
    found = located(module)
    inner = () if found is None else home().submodules(found)
    deep = f"{module}."
    modules = {each.name.removeprefix(deep).partition(".")[0] for each in inner}
    return nearest(name, (window(module) or frozenset()) | modules)
