"""Stand-ins for the classes of the program: real classes with the same name, bases and place, but no methods.

Python itself then answers what inherits from what, in which order, and how a type is written.
"""

from __future__ import annotations

import ast
import types
import typing
from collections.abc import Mapping
from typing import Any

from ormgen.records import dataclass
from ormgen.schema.field import Field
from ormgen_codegen.parse.enums import Methods, build_enum, is_enum, is_member_name
from ormgen_codegen.parse.environment import UNBOUND, ScopeEnvironment
from ormgen_codegen.parse.library import GenericRoot, type_variable
from ormgen_codegen.parse.literals import read_expression
from ormgen_codegen.parse.modules import Modules
from ormgen_codegen.parse.scope import Scope, When
from ormgen_codegen.parse.values import Function, Instance, LibraryPath, Local, Unread, is_read

# What a custom field says about itself in its class body.
FIELD_ATTRIBUTES = (
    "python_type",
    "field_type",
    "family",
    "option_names",
    "indexable",
    "generates",
    "bounds",
    "SQL_TYPE",
    "GENERATED_SQL",
)
NESTED = ("_db_sqlite", "_db_postgres", "_db_mysql")  # what they say for one database
METHODS_THAT_SHOW = ("__call__", "get_sql")


@dataclass(slots=True)
class Mirror:
    """What is known of a stand-in: where its class was written, and whether all of it could be read."""

    node: ast.ClassDef
    environment: ScopeEnvironment
    bases: tuple[Any, ...]
    complete: bool = True
    fault: str | None = None
    wrong: tuple[Unread, ...] = ()


class Mirrors:
    """Makes stand-ins and remembers what they stand for."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.known: dict[type, Mirror] = {}
        self._outside: dict[str, type] = {}

    def make(self, node: ast.ClassDef, around: ScopeEnvironment) -> type:
        """The stand-in for the class of one class statement."""
        source = around.source
        path = f"{around.path}.{node.name}" if around.path else node.name
        scope = Scope(node.body, lambda statement: self.modules.can_import(source, statement))
        body = ScopeEnvironment(around.world, source, scope, path, around.around or around)
        body.parameters = around.parameters | type_parameters(node)
        written = tuple(read_expression(source, base, Local(around, dict(body.parameters))) for base in node.bases)
        mirror = Mirror(node, body, written)
        bases = tuple(self._base(value, mirror) for value in written)
        solid = tuple(base for base in bases if base is not GenericRoot) or bases
        namespace = {"__module__": source.name, "__qualname__": path}
        made = self._made(node.name, solid, namespace, mirror)
        self.known[made] = mirror
        return made

    def _base(self, value: Any, mirror: Mirror) -> type:
        origin = typing.get_origin(value) or value
        if isinstance(origin, type):
            known = self.known.get(origin)
            mirror.complete = mirror.complete and (known is None or known.complete)
            return origin
        if isinstance(value, LibraryPath) and value.path.endswith("Field"):
            return Field
        mirror.complete = mirror.complete and not isinstance(value, Unread | Function)
        text = repr(value)
        if text not in self._outside:
            name = text.rpartition(".")[2]
            self._outside[text] = type(name if name.isidentifier() else "Outside", (), {"__module__": ""})
        return self._outside[text]

    def _made(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any], mirror: Mirror) -> type:
        try:
            if is_enum(bases):
                members = self._enum_members(mirror)
                made, complete = build_enum(name, bases, namespace, members, self._methods(bases, mirror))
                mirror.complete = mirror.complete and complete
                return made
            if any(typing.get_origin(value) is not None for value in mirror.bases):
                namespace["__orig_bases__"] = tuple(value for value in mirror.bases if value is not GenericRoot)
            return types.new_class(name, bases, {}, lambda body: body.update(self._namespace(namespace, bases, mirror)))
        except Exception as error:  # whatever a class statement of the program would raise
            mirror.fault, mirror.complete = " ".join(str(error).split()), False
            return type(name, (), namespace)

    def _namespace(self, namespace: Mapping[str, Any], bases: tuple[type, ...], mirror: Mirror) -> dict[str, Any]:
        body = dict(namespace)
        if any(issubclass(base, Field) for base in bases) or bases in ((), (object,)):
            names = (*FIELD_ATTRIBUTES, *NESTED)
            body |= {name: value for name in names if is_plain(value := mirror.environment.attempt(name))}
        for name in METHODS_THAT_SHOW:
            if name in mirror.environment.scope.by_name:
                body[name] = _stand_in
        if not any(hasattr(base, "__class_getitem__") for base in bases if base is not GenericRoot):
            body["__class_getitem__"] = classmethod(types.GenericAlias)
        return body

    def _enum_members(self, mirror: Mirror) -> list[tuple[str, Any]]:
        """The members that an enum's body sets, in order; one may see those before it."""
        body = mirror.environment
        members: list[tuple[str, Any]] = []
        local = Local(body)
        ignored = body.attempt("_ignore_") if "_ignore_" in body.scope.by_name else ()
        ignored = ignored.replace(",", " ").split() if isinstance(ignored, str) else ignored
        for binding in body.scope.bindings:
            if isinstance(ignored, list | tuple) and binding.name in ignored:
                continue
            if binding.when is When.NEVER or not isinstance(binding.node, ast.Assign | ast.AnnAssign):
                continue
            if not is_member_name(binding.name):
                continue
            written = binding.value
            value = Unread(binding.name) if written is None else read_expression(body.source, written, local)
            if not isinstance(value, Function):
                members.append((binding.name, value))
                local.names[binding.name] = value
        return members

    def _methods(self, bases: tuple[type, ...], mirror: Mirror) -> Methods:
        found: dict[str, Any] = {}
        layers = [
            self.known[entry] for base in reversed(bases) for entry in reversed(base.__mro__) if entry in self.known
        ]
        for layer in [*layers, mirror]:
            for name in ("__new__", "_generate_next_value_"):
                if name in layer.environment.scope.by_name:
                    value = layer.environment.own(name)
                    if isinstance(value, Function) and value.node is not None:
                        found[name] = (layer.environment.source, value.node, layer.environment)
        return found

    def attribute(self, owner: type, name: str) -> Any:
        """What a class of the program holds under `name`; Unread if that is not in its source."""
        for entry in owner.__mro__:
            mirror = self.known.get(entry)
            if mirror is not None and name in mirror.environment.scope.by_name:
                return mirror.environment.own(name)
        return Unread(f"{owner.__qualname__}.{name}")

    def is_complete(self, cls: Any) -> bool:
        """Whether everything about a class could be read."""
        return not isinstance(cls, type) or cls not in self.known or self.known[cls].complete

    def is_faulty(self, cls: Any) -> bool:
        """Whether a class statement is wrong, which is told where it stands."""
        return isinstance(cls, type) and cls in self.known and self.known[cls].fault is not None


def type_parameters(node: ast.ClassDef) -> dict[str, Any]:
    """The type variables in the brackets behind a class's name, which Python has since 3.12."""
    names = [parameter.name for parameter in getattr(node, "type_params", ())]
    return {name: type_variable(name) for name in names}


def is_plain(value: Any) -> bool:
    """Whether a class attribute is a value that a field can be told about."""
    return value is not UNBOUND and is_read(value) and not isinstance(value, Instance | LibraryPath | Function)


def _stand_in(*arguments: Any, **options: Any) -> None:
    raise TypeError("this stands for a method of the program that is read")
