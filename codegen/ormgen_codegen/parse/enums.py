"""Builds the enums of the program for real, from the members that its source shows."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any, Final

from ormgen.schema.field import Field
from ormgen.schema.field_types import CharEnumField, IntEnumField
from ormgen_codegen.parse.inline import FunctionNode, follow
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.values import Environment, is_read

Methods = Mapping[str, tuple[Source, FunctionNode, Environment]]

ENUM_FIELDS: Final = {CharEnumField: str, IntEnumField: int}
"""The fields that hold members of enums, and the type of the values that stand for members of theirs."""
MOST_VALUES: Final = 200


def enum_values(field: Field[Any]) -> tuple[str | int, ...]:
    """The values that stand for members of a column's enum: all of the type that such a column keeps, not too many."""
    enum_type: Any = getattr(field, "enum_type", ())
    values = [member.value for member in enum_type]
    fits = {type(value) for value in values} == {ENUM_FIELDS.get(type(field))} and len(values) <= MOST_VALUES
    return tuple(value for value in values if isinstance(value, int) or value.isprintable()) if fits else ()


def is_enum(bases: tuple[type, ...]) -> bool:
    """Whether a class with these bases is an enum."""
    return any(issubclass(base, Enum) for base in bases)


def build_enum(
    name: str,
    bases: tuple[type, ...],
    namespace: Mapping[str, Any],
    members: Iterable[tuple[str, Any]],
    methods: Methods,
) -> tuple[type, bool]:
    """The enum, and whether all values of its members could be read.

    `methods` are those of the class and of its bases which decide about values.

    Raises:
        TypeError, ValueError: the same as running the class statement would.
    """
    complete = True
    values: list[tuple[str, Any]] = []
    for key, written in members:
        value = _value(key, written, [each for _, each in values], methods)
        if not is_read(value):
            complete = False
            value = len(values) if any(issubclass(base, int) for base in bases) else key
        values.append((key, value))

    def fill(body: Any) -> None:
        body.update(namespace)
        for key, value in values:
            body[key] = value

    return types.new_class(name, bases, {}, fill), complete


def is_member_name(name: str) -> bool:
    """Whether a name in an enum's body may be a member's."""
    return not name.startswith("__") and not (name.startswith("_") and name.endswith("_"))


def _value(name: str, written: Any, before: list[Any], methods: Methods) -> Any:
    if isinstance(written, auto) and "_generate_next_value_" in methods:
        source, node, scope = methods["_generate_next_value_"]
        return follow(source, node, scope, [name, 1, len(before), before], {}).result
    if "__new__" in methods and is_read(written):
        source, node, scope = methods["__new__"]
        arguments = written if isinstance(written, tuple) else (written,)
        call = follow(source, node, scope, [None, *arguments], {})
        return call.attributes.get("_value_", arguments[0] if arguments else written)
    return written
