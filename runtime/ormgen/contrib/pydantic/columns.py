"""Members of a document as fields of a pydantic model: type, constraints, default, description."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import Field as field_of
from pydantic.fields import FieldInfo

from ormgen.exceptions import ConfigurationError, ValidationError
from ormgen.schema.documents import Member
from ormgen.schema.field import MISSING, Field, FieldSchema
from ormgen.schema.field_types import CharEnumField, CharField, DecimalField, IntEnumField, IntField, JSONField

Entry = tuple[Any, FieldInfo]


def column_entry(member: Member, column: FieldSchema) -> Entry:
    """The field of a column."""
    annotation = column_type(column.field)
    settings: dict[str, Any] = constraints(column.field, annotation) | default_of(member, column)
    extra = {"nullable": True} if column.null else {}
    if column.auto is not None:
        extra["readOnly"] = True
    return finished(annotation, member, settings, column.description, extra)


def relation_entry(member: Member, nested: Any) -> Entry:
    """The field of a relation; `nested` is the pydantic model of its target."""
    assert member.relation is not None
    annotation = list[nested] if member.relation.many else nested
    settings = {"default": None} if member.null else {}
    extra = {"nullable": True} if member.null else {}
    return finished(annotation, member, settings, member.relation.description, extra)


def computed_entry(member: Member, model: Any) -> Entry:
    """The field of a method or property of the model.

    Raises:
        ConfigurationError: there is none of that name, or it has to be awaited.
    """
    found = inspect.getattr_static(model, member.name, None)
    function = found
    if isinstance(found, property):
        function = found.fget
    elif isinstance(found, cached_property):
        function = found.func
    elif isinstance(found, staticmethod | classmethod):
        function = found.__func__
    place = f"{model.__name__}.{member.name}"
    if not callable(function):
        raise ConfigurationError(f"computed: {place} is neither a method nor a property")
    if inspect.iscoroutinefunction(function):
        raise ConfigurationError(f"computed: {place} has to be awaited; await it before, and keep the result")
    settings = {"default": None} if member.optional else {}
    return finished(returned(function), member, settings, inspect.getdoc(function), {"readOnly": True})


def returned(function: Callable[..., Any]) -> Any:
    """The annotated type of what a function returns; Any where that is not known."""
    try:
        return get_type_hints(function).get("return", Any)
    except (NameError, TypeError, AttributeError):
        return Any


def finished(
    annotation: Any, member: Member, settings: dict[str, Any], description: str | None, extra: dict[str, Any]
) -> Entry:
    """A field with all that is known about it."""
    settings = {**settings, "description": description, "json_schema_extra": extra or None}
    made: FieldInfo = field_of(**settings)
    return (annotation | None if member.null and annotation is not Any else annotation), made


def column_type(field: Field[Any]) -> Any:
    """The Python type of a column's values; Any where the field does not say."""
    if isinstance(field, CharEnumField | IntEnumField):
        return field.enum_type
    if isinstance(field, JSONField):
        if field.field_type is not None:
            return field.field_type
        declared = getattr(field, "__orig_class__", None)
        return Any if declared is None else declared.__args__[0]
    return Any if field.python_type is object else field.python_type


def constraints(field: Field[Any], annotation: Any) -> dict[str, Any]:
    """The limits of the field's type, which the database has as well."""
    if isinstance(field, CharField) and annotation is str:
        return {"max_length": field.max_length}
    if isinstance(field, IntField) and annotation is int:
        low, high = field.bounds
        return {"ge": low, "le": high}
    if isinstance(field, DecimalField) and annotation is Decimal:
        return {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
    return {}


def default_of(member: Member, column: FieldSchema) -> dict[str, Any]:
    """The default of a column, or what makes it; None for what may be empty; nothing for what is required."""
    default = MISSING if column.relation is not None else column.field.default
    if member.optional:
        return {"default": None}
    if default is MISSING or column.primary_key:
        return {"default": None} if column.null else {}
    if callable(default):
        return {"default_factory": default}
    if isinstance(default, list | dict | set):
        return {"default_factory": lambda: copy.deepcopy(default)}
    try:
        return {"default": column.field.to_python_value(default)}
    except ValidationError:
        return {"default": default}
