"""What a name stands for inside a module or a class body."""

from __future__ import annotations

import ast
from enum import Enum
from typing import Any, Protocol

from ormgen_codegen.parse.library import LIBRARY, builtin_value, is_library
from ormgen_codegen.parse.literals import read_expression
from ormgen_codegen.parse.modules import absolute
from ormgen_codegen.parse.scope import Binding, Scope
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.values import Function, Instance, Refused, Unread

DEEPEST = 40  # names that lead to names
UNBOUND = Unread("")


class World(Protocol):
    """What lies outside of one body: other modules, classes, and what happens when something is called."""

    depth: int

    def module(self, name: str) -> Any:
        """The value of a module itself."""
        ...

    def member(self, module: str, name: str) -> Any:
        """What `from module import name` binds."""
        ...

    def exported(self, module: str, name: str) -> Any:
        """What `from module import *` binds to `name`, UNBOUND if nothing."""
        ...

    def class_of(self, node: ast.ClassDef, environment: ScopeEnvironment) -> type:
        """The class that a class statement makes."""
        ...

    def attribute(self, value: Any, name: str) -> Any:
        """The value of `value.name`."""
        ...

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives."""
        ...

    def doubt(self, unread: Unread) -> None:
        """Note that something could not be read."""
        ...


class ScopeEnvironment:
    """The names of one body, then those of the module around it, then Python's own.

    `path` is the qualified name of the class whose body it is, "" for a module.
    """

    def __init__(
        self, world: World, source: Source, scope: Scope, path: str = "", module: ScopeEnvironment | None = None
    ) -> None:
        self.world = world
        self.source = source
        self.scope = scope
        self.path = path
        self.around = module
        self.parameters: dict[str, Any] = {}  # type variables of the classes around
        self._values: dict[Binding, Any] = {}
        self._busy: list[Binding] = []

    def look_up(self, name: str) -> Any:
        """The value of a name."""
        found = self.own(name)
        if found is not UNBOUND:
            return found
        if name in self.parameters:
            return self.parameters[name]
        return builtin_value(name) if self.around is None else self.around.look_up(name)

    def own(self, name: str) -> Any:
        """The value that the body itself binds to a name, UNBOUND if it does not.

        Of several bindings the last counts that can be read; inside a class body, one that stands further down
        than the statement that asks does not count.
        """
        if self.world.depth >= DEEPEST:
            return Unread(name)
        self.world.depth += 1
        try:
            return self._first(name)
        finally:
            self.world.depth -= 1

    def attempt(self, name: str) -> Any:
        """As `own`, but UNBOUND where the declaration itself is refused."""
        try:
            return self.own(name)
        except Refused:
            return UNBOUND

    def remember(self, name: str, value: Any) -> None:
        """Let a name stand for `value` from now on."""
        self._values[self.scope.candidates(name)[0]] = value

    def _first(self, name: str) -> Any:
        answer: Any = UNBOUND
        for binding in self.scope.candidates(name):
            if binding.deletes or binding in self._busy or self._is_further_down(binding):
                continue
            value = self._value_of(binding)
            if not isinstance(value, Unread):
                return value
            answer = value if answer is UNBOUND else answer
        for star in reversed(self.scope.stars):
            value = self._from_star(star, name)
            if value is not UNBOUND:
                return value
        return answer

    def _value_of(self, binding: Binding) -> Any:
        if binding not in self._values:
            self._busy.append(binding)
            try:
                self._values[binding] = self.bound(binding)
            finally:
                self._busy.pop()
        return self._values[binding]

    def _is_further_down(self, binding: Binding) -> bool:
        if not self.path or not self._busy:
            return False
        asking = self._busy[-1].node
        return (binding.node.lineno, binding.node.col_offset) > (asking.lineno, asking.col_offset)

    def bound(self, binding: Binding) -> Any:
        """The value that one binding gives its name."""
        match binding.node:
            case ast.Import():
                return self._imported(binding.alias)
            case ast.ImportFrom() as node:
                wanted = binding.alias.name if binding.alias is not None else binding.name
                return self.world.member(absolute(self.source, node), wanted)
            case ast.ClassDef() as node:
                return self.world.class_of(node, self)
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                inside = f"{self.path}." if self.path else ""
                return Function(node.name, node, self, f"{self.source.name}:{inside}{node.name}")
            case ast.AugAssign(op=operator, value=right):
                return self._augmented(binding.name, operator, right)
            case node if type(node).__name__ == "TypeAlias":
                return self._aliased(node)
        return Unread(binding.name) if binding.value is None else read_expression(self.source, binding.value, self)

    def _aliased(self, node: Any) -> Any:
        """The type that a `type X = …` stands for."""
        return Instance("TypeAliasType") if node.type_params else read_expression(self.source, node.value, self)

    def _imported(self, alias: ast.alias | None) -> Any:
        if alias is None:
            return UNBOUND
        return self.world.module(alias.name if alias.asname else alias.name.partition(".")[0])

    def _augmented(self, name: str, operator: ast.operator, right: ast.expr) -> Any:
        left, added = self.look_up(name), read_expression(self.source, right, self)
        if isinstance(operator, ast.Add) and isinstance(left, list | tuple) and isinstance(added, list | tuple):
            return [*left, *added]
        return Unread(name)

    def _from_star(self, star: Binding, name: str) -> Any:
        if not isinstance(star.node, ast.ImportFrom):
            return UNBOUND
        module = absolute(self.source, star.node)
        if is_library(module):
            return LIBRARY.get(name, UNBOUND)
        return self.world.exported(module, name)

    def attribute(self, value: Any, name: str) -> Any:
        """The value of `value.name`."""
        return self.world.attribute(value, name)

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives."""
        if isinstance(function, type) and issubclass(function, Enum) and not function.__members__:
            options = {"module": self.source.name, **options}  # an enum made by a call belongs to the caller
        return self.world.call(function, arguments, options)

    def doubt(self, unread: Unread) -> None:
        """Note that a part of a type could not be read and stands as Any."""
        self.world.doubt(unread)
