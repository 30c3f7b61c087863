"""Fields as plain data: `field.describe()`, `field.deconstruct()` and their SQL types, in words Tortoise users know."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

from ormgen.records import dataclass
from ormgen.schema.column_types import COLUMN_TYPES, PORTABLE, column_type, dialect_value, own_type
from ormgen.schema.type_text import ANY, type_text

NOT_SET = "__NOT_SET__"
_OPTIONS = {  # argument: the attribute that holds it
    "source_field": "source_field",
    "generated": "generated",
    "primary_key": "primary_key",
    "null": "null",
    "unique": "unique",
    "db_index": "index",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """As much of a column as decides its SQL type."""

    name: str
    type: str
    custom: str | None
    options: tuple[tuple[str, Any], ...]
    field: Any
    generated: bool = False
    primary_key: bool = False


def library_type(field: Any) -> Any:
    """The nearest class of a field that ormgen itself defines."""
    kind: Any = type(field)
    return library_class(kind)


@lru_cache(maxsize=1_000)
def library_class(cls: Any) -> Any:
    """The nearest class that ormgen itself defines."""
    return next(base for base in cls.__mro__ if base.__module__.startswith("ormgen."))


@lru_cache(maxsize=1_000)
def class_type(cls: Any, root: Any) -> str | None:
    """The type text that a class of fields, descended from `root`, gives all of them; None where each has its own."""
    for base in cls.__mro__:
        for name in ("python_type", "field_type") if base is not root else ():
            if name in vars(base):
                return type_text(vars(base)[name])
    return None


def typed(field: Any) -> Typed:
    """A field as `column_type` takes it."""
    base = library_type(field)
    custom = None if base is type(field) else type_text(type(field))
    return Typed(field.model_field_name, base.__name__, custom, field.describe_options(), field)


def value_for_dialect(field: Any, dialect: str, key: str) -> Any:
    """What a field says as `key` for one database, where a nested class `_db_<dialect>` comes first."""
    if key == "SQL_TYPE":
        return column_type(typed(field), dialect)
    found = dialect_value(field, dialect, key)
    return getattr(field, key, None) if found is None else found


def db_types(field: Any) -> dict[str, str]:
    """The SQL types of a field: under "" what holds in general, and those databases that differ from it."""
    column = typed(field)
    general = dialect_value(field, "", "SQL_TYPE") or PORTABLE.get(column.type, "").format_map(dict(column.options))
    found = {"": general}
    homes = field.dialects or tuple(COLUMN_TYPES)
    for dialect in homes if general or own_type(field, homes[0]) else ():
        sql_type = column_type(column, dialect)
        if sql_type != general:
            found[dialect] = sql_type
    return found


def constraints(field: Any) -> dict[str, Any]:
    """The limits of a field in the words of JSON schema and pydantic."""
    found: dict[str, Any] = {}
    if hasattr(field, "bounds") and not hasattr(field, "enum_type"):
        found |= {"ge": field.bounds[0], "le": field.bounds[1]}
    found |= {
        name: getattr(field, name) for name in ("max_length", "max_digits", "decimal_places") if _has(field, name)
    }
    return found | ({"readOnly": True} if getattr(field, "auto", None) else {})


def _has(field: Any, name: str) -> bool:
    return name in field.option_names and not hasattr(field, "enum_type")


def describe(field: Any, serializable: bool, name: str | None = None) -> dict[str, Any]:
    """A field as plain data; with `serializable` nothing in it is more than JSON can say."""
    attribute = field.model_field_name if name is None else name
    default = None if field.default is field.missing else field.default
    found = {
        "name": attribute,
        "field_type": type(field).__name__ if serializable else type(field),
        "db_column": field.source_field or attribute,
        "python_type": python_type_name(field) if serializable else field.python_type,
        "generated": field.generated,
        "nullable": field.null,
        "unique": field.unique,
        "indexed": field.index or field.unique,
        "default": plain_default(default) if serializable else default,
        "db_default": _db_default(field) if serializable else field.db_default,
        "description": described_enum(field) if field.description is None else field.description,
        "docstring": field.docstring,
        "constraints": field.constraints,
        "db_field_types": db_types(field),
    }
    for flag in ("auto_now", "auto_now_add"):
        if hasattr(field, flag):
            found[flag] = getattr(field, flag)
    return found


def described_enum(field: Any) -> str | None:
    """The members of a field of an enum, a line for each; None for other fields."""
    members = getattr(field, "enum_type", ())
    return "\n".join([f"{each.name}: {each.value}" for each in members])[:2048] or None


def _db_default(field: Any) -> Any:
    return plain_default(field.db_default) if field.has_db_default() else NOT_SET


def plain_default(value: Any) -> str | int | float | bool | None:
    """A default as JSON can say it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if callable(value):
        return f"<function {value.__module__}.{getattr(value, '__name__', type(value).__name__)}>"
    return str(value)


def python_type_name(field: Any) -> str:
    """The Python type of a field, as a dotted name."""
    text = str(field.type_text())
    if text == ANY:
        return "dict | list" if library_type(field).__name__ == "JSONField" else "Any"
    return text.replace(":", ".")


def deconstruct(field: Any) -> tuple[str, list[Any], dict[str, Any]]:
    """The path of the class of a field, and the arguments that make the same field again."""
    given = {name: getattr(field, attribute) for name, attribute in _OPTIONS.items()}
    if field.primary_key:
        given |= {"unique": False, "db_index": False}
    kwargs = {name: value for name, value in given.items() if value or (name == "description" and value is not None)}
    if field.default is not field.missing:
        kwargs["default"] = field.default
    if field.has_db_default():
        kwargs["db_default"] = field.db_default
    if field.validators:
        kwargs["validators"] = list(field.validators)
    for name, parameter in inspect.signature(type(field).__init__).parameters.items():
        if name == "self" or name in kwargs or parameter.kind is parameter.VAR_KEYWORD or not hasattr(field, name):
            continue
        value = getattr(field, name)
        if value != parameter.default and name not in (*_OPTIONS, "default", "db_default", "validators", "index", "pk"):
            kwargs[name] = value
    cls = type(field)
    return f"{field.window if library_type(field) is cls else cls.__module__}.{cls.__qualname__}", [], kwargs
