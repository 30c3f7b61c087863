"""The reader of a run: what names, attributes and calls stand for across its modules."""

from __future__ import annotations

import ast
import types
from enum import Enum
from typing import Any

from ormgen_codegen.parse.calls import METHODS, Calls
from ormgen_codegen.parse.environment import UNBOUND, ScopeEnvironment
from ormgen_codegen.parse.library import (
    STANDARD,
    ModelRoot,
    is_library,
    library_value,
    manager_maker,
    standard_value,
)
from ormgen_codegen.parse.mirrors import Mirrors
from ormgen_codegen.parse.modules import Modules
from ormgen_codegen.parse.values import ORDERS, Instance, LibraryPath, ModuleValue, Ordered, Unread
from ormgen_codegen.parse.windows import lacks, meant


class Reader:
    """Reads names and expressions of all modules; everything is read once and remembered.

    `doubts` collects what could not be read since it was last emptied.
    """

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.mirrors = Mirrors(modules)
        self.doubts: list[Unread] = []
        self.calls = Calls(self.mirrors, self.doubt)
        self.depth = 0
        self._environments: dict[str, ScopeEnvironment | None] = {}
        self._classes: dict[int, tuple[ast.ClassDef, type]] = {}

    def environment(self, name: str) -> ScopeEnvironment | None:
        """The names of a module; None if there is no source to read."""
        if name not in self._environments:
            module = self.modules.load(name)
            self._environments[name] = None if module is None else ScopeEnvironment(self, module.source, module.scope)
        return self._environments[name]

    def module(self, name: str) -> Any:
        """The value of a module itself."""
        if is_library(name):
            return LibraryPath(name)
        if name in STANDARD:
            return standard_value(name, None)
        return ModuleValue(name) if self.modules.located(name) is not None else Unread(name)

    def member(self, module: str, name: str) -> Any:
        """What `from module import name` binds."""
        if is_library(module):
            return self._of_library(module, name)  # what it lacks is told of the import itself
        if module in STANDARD:
            return standard_value(module, name)
        environment = self.environment(module)
        found = UNBOUND if environment is None else environment.own(name)
        if found is not UNBOUND:
            return found
        inner = f"{module}.{name}"
        return ModuleValue(inner) if self.modules.located(inner) is not None else Unread(inner)

    def exported(self, module: str, name: str) -> Any:
        """What `from module import *` binds to `name`, UNBOUND if nothing."""
        if module in STANDARD:
            standard = standard_value(module, None)
            listed = getattr(standard, "__all__", None)
            shown = name in listed if listed is not None else not name.startswith("_")
            return getattr(standard, name, UNBOUND) if shown else UNBOUND
        environment = self.environment(module)
        if environment is None:
            return UNBOUND
        listed = environment.own("__all__") if name != "__all__" else UNBOUND
        if isinstance(listed, list | tuple):
            return environment.own(name) if name in listed else UNBOUND
        return UNBOUND if name.startswith("_") else environment.own(name)

    def class_of(self, node: ast.ClassDef, environment: ScopeEnvironment) -> type:
        """The stand-in for the class of a class statement."""
        if id(node) not in self._classes:
            before = self.take_doubts()
            made = self.mirrors.make(node, environment)
            self.mirrors.known[made].wrong = tuple(doubt for doubt in self.take_doubts() if doubt.wrong)
            self.doubts += before
            self._classes[id(node)] = (node, made)
        return self._classes[id(node)][1]

    def attribute(self, value: Any, name: str) -> Any:
        """The value of `value.name`."""
        match value:
            case Instance() if name in ORDERS and not isinstance(value, Ordered):
                return Ordered(value, name)
            case Unread() | Instance():
                return Unread(f"{value!r}.{name}")
            case ModuleValue(name=module):
                return self.member(module, name)
            case LibraryPath(path=path):
                return self._of_library(path, name, told=False)
            case types.ModuleType():
                return standard_value(value.__name__, name)
            case type():
                return self._of_class(value, name)
            case Enum() if name in ("name", "value"):
                return getattr(value, name)
            case str() | dict() | list() | tuple() if name in METHODS:
                return getattr(value, name, Unread(name))
        return Unread(f"{type(value).__name__}.{name}")

    def _of_library(self, module: str, name: str, told: bool = True) -> Any:
        inner = f"{module}.{name}"
        if not is_library(inner):
            return ModuleValue(inner) if self.modules.located(inner) is not None else Unread(inner)
        if not lacks(module, name):
            return library_value(inner)
        close = meant(module, name)
        if not told:
            hint = None if close is None else f'did you mean "{close}"?'
            self.doubt(Unread(inner, f"`{module}` has no `{name}`", hint, wrong=True))
        return Unread(inner, wrong=True) if close is None else library_value(f"{module}.{close}")

    def _of_class(self, value: type, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return getattr(value, name)
        if issubclass(value, Enum) and name in value.__members__:
            return value[name]
        if value in self.mirrors.known or any(entry in self.mirrors.known for entry in value.__mro__):
            found = self.mirrors.attribute(value, name)
            if not isinstance(found, Unread):
                return found
            return ModelRoot.Meta if name == "Meta" else manager_maker(value, name) or found
        if value is ModelRoot and name == "Meta":
            return ModelRoot.Meta
        maker = manager_maker(value, name)
        if maker is not None:
            return maker
        return Unread(f"{value.__qualname__}.{name}") if name.startswith("_") else getattr(value, name, Unread(name))

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives."""
        return self.calls.call(function, arguments, options)

    def doubt(self, unread: Unread) -> None:
        """Note that something could not be read."""
        self.doubts.append(unread)

    def take_doubts(self) -> list[Unread]:
        """What could not be read since this was last asked."""
        taken, self.doubts[:] = list(self.doubts), []
        return taken
