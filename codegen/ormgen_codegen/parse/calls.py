"""What calls give: field objects built for real, helper functions followed, everything else a plain instance."""

from __future__ import annotations

import datetime
import types
import typing
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, auto
from functools import partial
from typing import Any

import typing_extensions

from ormgen.exceptions import ConfigurationError
from ormgen.schema import relation_fields
from ormgen.schema.db_defaults import Now, RandomHex, SqlDefault
from ormgen.schema.field import Field
from ormgen.schema.field_types import CharEnumField, CharField, DecimalField, IntEnumField
from ormgen.schema.indexes import CheckConstraint, Index
from ormgen.schema.relation_fields import RelationalField
from ormgen.schema.type_text import ANY
from ormgen_codegen.hushed import hushed, is_hushed
from ormgen_codegen.parse.environment import UNBOUND
from ormgen_codegen.parse.inline import follow
from ormgen_codegen.parse.library import is_library, probable_name, type_variable
from ormgen_codegen.parse.literals import is_wide
from ormgen_codegen.parse.mirrors import Mirrors
from ormgen_codegen.parse.values import (
    CallableInstance,
    Function,
    Instance,
    LibraryPath,
    Ordered,
    Refused,
    Unread,
    is_read,
)

TYPE_VARIABLES = (typing.TypeVar, typing_extensions.TypeVar)
RELATIONS = (relation_fields.ForeignKeyField, relation_fields.OneToOneField, relation_fields.ManyToManyField)
DEFAULTS = (SqlDefault, Now, RandomHex)
LOOSE = ("validators", "encoder", "decoder")  # what they are makes no difference to the description
ANY_OBJECT = ("default", "db_default")  # that there is one makes the difference
FLAGS = ("null", "unique", "primary_key", "pk", "db_index", "index", "generated")
VALUES = (Decimal, uuid.UUID, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone)
PURE = (dict, list, tuple, set, frozenset, str, int, float, bool, len, sorted, min, max, sum, abs, round, *VALUES)
METHODS = frozenset(
    "lower upper title strip join split removeprefix removesuffix copy items keys values get format".split()
)
LARGEST = 10_000  # items that a pure function is given
DEEPEST = 20  # calls that lead to calls
BUILDS = (ConfigurationError, TypeError, ValueError, AttributeError, ArithmeticError)


class Calls:
    """Answers calls for the reader; `overrides` are entries of descriptions that the live field cannot tell."""

    def __init__(self, mirrors: Mirrors, doubt: Callable[[Unread], None]) -> None:
        self.mirrors = mirrors
        self.doubt = doubt
        self.overrides: dict[int, tuple[Field[Any], dict[str, Any]]] = {}
        self.depth = 0

    def call(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a call gives; Unread if that cannot be told.

        Raises:
            Refused: the call declares something and running it would raise.
        """
        if isinstance(function, Unread):
            return Unread(f"{function.text}(...)", wrong=function.wrong)
        origin = typing.get_origin(function) or function
        if isinstance(origin, type) and issubclass(origin, Field | RelationalField | Index | CheckConstraint):
            return self._declared(function, origin, arguments, options)
        if isinstance(function, partial):
            return _computed(function, arguments, options)
        if origin in DEFAULTS:
            return _computed(function, arguments, options)
        if function in RELATIONS:
            return self._build(function, arguments, options)
        if isinstance(function, Ordered) and is_read([*arguments, options]):
            return Ordered(function.inner, function.way, options)
        if isinstance(function, Function):
            return self._followed(function, arguments, options)
        if isinstance(function, LibraryPath):
            return self._unknown_of_library(function.path, arguments, options)
        if function is auto:
            return auto()
        if function is typing_extensions.TypeAliasType and len(arguments) == 2 and not options:
            return arguments[1]
        if function in TYPE_VARIABLES:
            return type_variable(arguments[0]) if arguments and isinstance(arguments[0], str) else Unread("TypeVar")
        if _is_pure(function):
            return _computed(function, arguments, options)
        if isinstance(function, type) and issubclass(function, Enum):
            return _computed(function, arguments, options)
        if isinstance(function, type):
            shows_call = any("__call__" in vars(entry) for entry in function.__mro__)
            return (CallableInstance if shows_call else Instance)(function, tuple(arguments), options)
        return (
            Instance(function)
            if isinstance(function, types.BuiltinFunctionType | types.FunctionType)
            else Unread(f"{getattr(function, '__name__', None) or 'call'}(...)")
        )

    def _followed(self, function: Function, arguments: list[Any], options: dict[str, Any]) -> Any:
        scope: Any = function.scope
        if function.node is None or scope is None or self.depth >= DEEPEST or function.node.decorator_list:
            return Unread(f"{function.name}(...)")
        if type(function.node).__name__ == "AsyncFunctionDef":
            return Unread(f"{function.name}(...)")
        self.depth += 1
        try:
            call = follow(scope.source, function.node, scope, arguments, options)
        finally:
            self.depth -= 1
        return call.result if call.returned else Unread(f"{function.name}(...)")

    def _unknown_of_library(self, path: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        close = probable_name(path)
        name = path.rpartition(".")[2]
        if not name.endswith("Field") and close is None:
            return Instance(path, tuple(arguments), options)
        self.doubt(
            Unread(path, f"`{path}` is no field that ormgen knows", f'did you mean "{close}"?' if close else None)
        )
        known = (*FLAGS, "source_field", "description", "default")
        return self._any_field(Field, {key: value for key, value in options.items() if key in known and is_read(value)})

    def _declared(self, function: Any, cls: type, arguments: list[Any], options: dict[str, Any]) -> Any:
        """A field, relation or index of a class that may be the user's own."""
        attributes: dict[str, Any] = {}
        for entry in cls.__mro__:
            if is_library(entry.__module__):
                break
            mirror = self.mirrors.known.get(entry)
            own = UNBOUND if mirror is None else mirror.environment.attempt("__init__")
            if mirror is not None and isinstance(own, Function) and own.node is not None:
                call = follow(mirror.environment.source, own.node, mirror.environment, [None, *arguments], options)
                arguments, options = call.passed_on or ([], {})
                attributes = call.attributes | attributes
        built = self._build(function, arguments, options)
        if isinstance(built, Field):
            for name in {*type(built).option_names, "python_type", "description"}.intersection(attributes):
                if is_read(attributes[name]):
                    setattr(built, name, attributes[name])
        return built

    def _build(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        """The live object; what cannot be read is left out and noted."""
        if is_hushed(DeprecationWarning):
            return self._built(function, arguments, options)
        with hushed(DeprecationWarning):  # the user's program is to tell, not its reader
            return self._built(function, arguments, options)

    def _built(self, function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        given, named, doubts = _readable(arguments, options)
        for unread in doubts:
            self.doubt(unread)
        try:
            made = function(*given, **named)
            if doubts and isinstance(made, Index | CheckConstraint):
                setattr(made, "unread", doubts[0].text)  # noqa: B010, for those who have to know all of it
            return made
        except BUILDS as error:
            values = [*given, *(value for name, value in named.items() if name not in (*LOOSE, *ANY_OBJECT))]
            if doubts or any(isinstance(each, Instance) or not self.mirrors.is_complete(each) for each in values):
                if not doubts and not any(self.mirrors.is_faulty(each) for each in values):
                    self.doubt(Unread(str(error), f"cannot read all arguments: {error}"))
                return self._instead(function, given, named) or Unread("relation")
            instead = self._instead(function, given, named)
            raise Refused(str(error), _to_blame(str(error), named), instead) from None

    def _instead(self, function: Any, given: list[Any], named: dict[str, Any]) -> Any:
        """Something of the same type that surely can be built, to go on with."""
        origin = typing.get_origin(function) or function
        flags = {key: value for key, value in named.items() if key in FLAGS and isinstance(value, bool)}
        if isinstance(origin, type) and issubclass(origin, Field):
            return self._any_field(origin, flags)
        if function not in RELATIONS:
            return None
        to = named.get("to", given[0] if given else None)
        for kept in (("related_name", "to_field", "null"), ("related_name",), ()):
            try:
                return function(to, **{name: value for name, value in named.items() if name in kept})
            except BUILDS:
                continue
        return None

    def _any_field(self, cls: type[Field[Any]], options: dict[str, Any]) -> Field[Any]:
        """A field of type `cls` whose Python type is not known."""
        needed: dict[str, Any] = {}
        if issubclass(cls, CharField):
            needed = {"max_length": 255}
        elif issubclass(cls, DecimalField):
            needed = {"max_digits": 18, "decimal_places": 6}
        elif issubclass(cls, CharEnumField | IntEnumField):
            needed = {"enum_type": Enum("Unknown", {})}
        for extra in (options, {name: value for name, value in options.items() if name in ("primary_key", "pk")}, {}):
            try:
                built: Field[Any] = cls(**needed, **extra)
            except BUILDS:
                continue
            if issubclass(cls, CharEnumField | IntEnumField) or cls is Field:
                self.overrides[id(built)] = (built, {"python_type": ANY})
            return built
        return Field()

    def overrides_of(self, field: Field[Any]) -> dict[str, Any]:
        """What the description of a field has to say instead of what the live field says."""
        return self.overrides[id(field)][1] if id(field) in self.overrides else {}


def _readable(arguments: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any], list[Unread]]:
    """The arguments without those that cannot be read, and the latter as far as they matter."""
    given: list[Any] = []
    doubts: list[Unread] = []
    for value in arguments:
        if not is_read(value):
            doubts.append(_first_unread(value))
            break  # what follows would stand in the wrong place
        given.append(value)
    named: dict[str, Any] = {}
    for name, value in options.items():
        if is_read(value) or (name in LOOSE and not isinstance(value, Unread)):
            named[name] = value
        elif name in ANY_OBJECT:
            named[name] = value if not isinstance(value, Unread) else Instance(value.text)
            doubts += [value] if isinstance(value, Unread) else []
        elif name not in LOOSE:
            doubts.append(_first_unread(value))
    return given, named, doubts


def _first_unread(value: Any) -> Unread:
    if isinstance(value, Unread):
        return value
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((_first_unread(part) for part in parts if not is_read(part)), Unread("..."))


def _to_blame(fact: str, named: dict[str, Any]) -> str | None:
    """The keyword that an error is about: one that it names."""
    words = fact.replace("'", " ").replace('"', " ").replace("=", " ").replace(",", " ").replace(";", " ").split()
    return next((name for name in named if name in words), None)


def _is_pure(function: Any) -> bool:
    if isinstance(function, types.BuiltinMethodType) and isinstance(function.__self__, str | dict | list | tuple):
        return function.__name__ in METHODS and (function.__name__ != "format" or not is_wide(str(function.__self__)))
    return any(function is each for each in PURE)


def _computed(function: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    sizes = [len(value) for value in arguments if isinstance(value, str | list | tuple | dict | set | frozenset)]
    if not is_read([*arguments, options]) or sum(sizes) > LARGEST:
        return Unread(f"{getattr(function, '__name__', 'call')}(...)")
    try:
        return function(*arguments, **options)
    except Exception:  # whatever the program would raise there
        return Unread(f"{getattr(function, '__name__', 'call')}(...)")
