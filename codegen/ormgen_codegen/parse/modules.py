"""The modules of a run: each is found by path and parsed once, whether it was asked for or only imported."""

from __future__ import annotations

import ast
import sys

from ormgen.records import dataclass
from ormgen_codegen.locate import Located, Locator, shown_path
from ormgen_codegen.parse.library import STANDARD, is_library, standard_value
from ormgen_codegen.parse.scope import Scope
from ormgen_codegen.parse.source import Source, Unreadable, read_source
from ormgen_codegen.parse.values import Unread
from ormgen_codegen.parse.windows import ROOT, lacks, located


@dataclass(frozen=True, slots=True)
class Module:
    """A module that was read."""

    source: Source
    scope: Scope


class Modules:
    """Reads modules by name; `faults` are those that turned out not to be Python."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator
        self.faults: dict[str, Unreadable] = {}
        self._loaded: dict[str, Module | None] = {}

    def load(self, name: str) -> Module | None:
        """The module called `name`; None if there is no source to read."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def present(self, name: str) -> Module | None:
        """The module if it was read already."""
        return self._loaded.get(name)

    def _load(self, name: str) -> Module | None:
        found = self.located(name)
        if found is None or found.path is None or not found.is_source:
            return None
        try:
            source = read_source(name, found.path, shown_path(found.path), found.is_package)
        except Unreadable as fault:
            self.faults[name] = fault
            return None
        return Module(source, Scope(source.tree.body, lambda statement: self.can_import(source, statement)))

    @property
    def loaded(self) -> tuple[Module, ...]:
        """The modules that were read so far."""
        return tuple(module for module in self._loaded.values() if module is not None)

    def located(self, name: str) -> Located | None:
        """Where a module is, without reading it."""
        return self.locator.find(name) or located(name)

    def exists(self, name: str) -> bool:
        """Whether importing a module would find something."""
        top = name.partition(".")[0]
        if is_library(name) and top != ROOT:
            return True
        return top in sys.stdlib_module_names or self.located(name) is not None

    def can_import(self, source: Source, statement: ast.stmt) -> bool:
        """Whether an import statement would find its modules; true of every other statement."""
        if isinstance(statement, ast.Import):
            return all(self.exists(alias.name) for alias in statement.names)
        if not isinstance(statement, ast.ImportFrom):
            return True
        module = absolute(source, statement)
        if module in STANDARD:
            names = [alias.name for alias in statement.names if alias.name != "*"]
            return not any(isinstance(standard_value(module, name), Unread) for name in names)
        if module.partition(".")[0] == ROOT:
            return self.exists(module) and not any(lacks(module, alias.name) for alias in statement.names)
        return self.exists(module)


def absolute(source: Source, statement: ast.ImportFrom) -> str:
    """The dotted name of the module that a `from … import` names, relative ones included."""
    if not statement.level:
        return statement.module or ""
    parts = source.name.split(".")
    kept = parts[: len(parts) - statement.level + source.is_package]
    return ".".join([*kept, *filter(None, [statement.module])])
