"""The SQL type of each column, per database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.schema.native_enums import native_type

_EVERYWHERE = {
    "IntField": "INT",
    "BigIntField": "BIGINT",
    "SmallIntField": "SMALLINT",
    "CharField": "VARCHAR({max_length})",
    "CharEnumField": "VARCHAR({max_length})",
    "IntEnumField": "SMALLINT",
    "DateField": "DATE",
    "TimeField": "TIME",
    "TimeDeltaField": "BIGINT",
    "UUIDField": "CHAR(36)",
    "TextField": "TEXT",
    "DecimalField": "DECIMAL({max_digits},{decimal_places})",
}

# SQLite reads a type from words inside its name, and a column without TEXT or CHAR in it turns text that looks like a
# number into one: JSON text "1" or decimal text "1.50" would change. Dates and times never look like a number.
_SQLITE = {
    "BooleanField": "INT",
    "FloatField": "REAL",
    "DecimalField": "VARCHAR(40)",
    "DatetimeField": "TIMESTAMP",
    "JSONField": "JSON TEXT",
    "BinaryField": "BLOB",
}

_POSTGRES = {
    "BooleanField": "BOOL",
    "FloatField": "DOUBLE PRECISION",
    "DatetimeField": "TIMESTAMPTZ",
    "UUIDField": "UUID",
    "JSONField": "JSONB",
    "BinaryField": "BYTEA",
}

_MYSQL = {
    "TextField": "LONGTEXT",
    "BooleanField": "TINYINT(1)",
    "FloatField": "DOUBLE",
    "DatetimeField": "DATETIME(6)",
    "TimeField": "TIME(6)",
    "JSONField": "JSON",
    "BinaryField": "LONGBLOB",
}

COLUMN_TYPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"sqlite": _EVERYWHERE | _SQLITE, "postgres": _EVERYWHERE | _POSTGRES, "mysql": _EVERYWHERE | _MYSQL}
)

PORTABLE: Mapping[str, str] = MappingProxyType(
    _EVERYWHERE
    | {
        "BooleanField": "BOOL",
        "FloatField": "DOUBLE PRECISION",
        "DatetimeField": "TIMESTAMP",
        "JSONField": "JSON",
        "BinaryField": "BLOB",
    }
)
"""The types under which `describe` tells what holds for no database in particular."""

WHOLE_NUMBERS = frozenset({"IntField", "BigIntField", "SmallIntField"})
PRODUCTS: Mapping[str, str] = MappingProxyType(
    {"sqlite": "SQLite", "postgres": "PostgreSQL", "mysql": "MySQL and MariaDB"}
)


class TypedColumn(Protocol):
    """What decides the SQL type of a column; a `FieldSchema` has it."""

    @property
    def name(self) -> str:
        """The attribute."""
        ...

    @property
    def type(self) -> str:
        """The name of ormgen's field class."""
        ...

    @property
    def custom(self) -> str | None:
        """The user's own class, if there is one."""
        ...

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """What is particular to the type."""
        ...

    @property
    def field(self) -> Any:
        """The live field."""
        ...

    @property
    def generated(self) -> bool:
        """Whether the database makes its values."""
        ...

    @property
    def primary_key(self) -> bool:
        """Whether it is the key."""
        ...


def known_dialect(dialect: str) -> str:
    """`dialect` itself.

    Raises:
        ConfigurationError: it is none that ormgen knows.
    """
    if dialect not in COLUMN_TYPES:
        raise ConfigurationError(f'there is no dialect "{dialect}"; choose from {", ".join(COLUMN_TYPES)}')
    return dialect


def column_type(column: TypedColumn, dialect: str) -> str:
    """The SQL type of `column`.

    A custom field class can name its own with `SQL_TYPE`, for one database in a nested class such as `_db_postgres`.

    Raises:
        ConfigurationError: a custom field descends from none of the field types and names no SQL type.
        UnSupportedError: the type is one of other databases.
    """
    types = COLUMN_TYPES[known_dialect(dialect)]
    names = [column.type, *[cls.__name__ for cls in type(column.field).__mro__]]
    template = next((types[name] for name in names if name in types), None)
    refuse_elsewhere(column, dialect)
    own = own_type(column.field, dialect)
    if own is not None:
        return own
    native = native_type(column.field, dialect)
    if native is not None:
        return native
    if template is None:
        raise ConfigurationError(
            f'{column.name}: {column.custom or column.type} has no SQL type; give the class SQL_TYPE = "..."'
        )
    return template.format_map(dict(column.options))


_COLLATION = re.compile(r"[\w@-]+(?:\.[\w@-]+)*")


def collation(field: Any, name: str | None) -> str | None:
    """The name of a collation, as a field is given it.

    Raises:
        ConfigurationError: it is no name.
    """
    if name is not None and not (isinstance(name, str) and _COLLATION.fullmatch(name)):
        raise ConfigurationError(f"{type(field).__name__}: db_collation is {name!r}, not the name of a collation")
    return name


def collation_option(field: Any) -> tuple[tuple[str, str], ...]:
    """How the description of a field tells of its collation, if it has one."""
    return () if field.db_collation is None else (("db_collation", field.db_collation),)


def stored_type(column: TypedColumn, dialect: str) -> str:
    """The SQL type of a column with its collation, as in its definition."""
    name = dict(column.options).get("db_collation")
    if dialect == "postgres" and native_type(column.field, dialect) is not None:
        return column_type(column, dialect)  # in the order of its values
    shown = f'"{name}"' if dialect == "postgres" else name
    return column_type(column, dialect) + (f" COLLATE {shown}" if name else "")


def refuse_elsewhere(column: TypedColumn, dialect: str, label: str = "") -> None:
    """Refuse a column whose type only other databases have; `label` is `Model.field`.

    Raises:
        UnSupportedError: it is such a column.
    """
    homes: tuple[str, ...] | None = column.field.dialects
    if homes is not None and dialect not in homes:
        there = " and ".join(PRODUCTS[each] for each in homes)
        raise UnSupportedError(
            f"{label or column.name}: {column.type} is a type of {there}; {PRODUCTS[dialect]} cannot keep it. "
            "Hint: JSONField, TextField and BinaryField work everywhere"
        )


def own_type(field: Any, dialect: str) -> str | None:
    """The SQL type that the class of a field, or for one database its nested class `_db_<dialect>`, names itself."""
    found = dialect_value(field, dialect, "SQL_TYPE")
    return found if isinstance(found, str) else None


def dialect_value(field: Any, dialect: str, key: str) -> Any:
    """What a user's field class says as `key`, for this database in a nested class first; None where it is silent.

    A property of the nested class is asked of an object of it, made with the field.
    """
    nested: Any = getattr(field, f"_db_{dialect}", None)
    value = getattr(nested, key, None)
    if isinstance(value, property):
        return getattr(nested(field), key)
    if value is not None:
        return value
    if key in vars(field):
        return vars(field)[key]
    own = [cls for cls in type(field).__mro__ if not cls.__module__.startswith("ormgen.schema.field")]
    return getattr(field, key) if any(key in vars(cls) for cls in own) else None


def generated_sql(column: TypedColumn, columns: Mapping[str, str], dialect: str) -> str | None:
    """How the database computes a column, as a custom field says in `GENERATED_SQL`; None if it does not.

    `columns` holds the columns of the table by attribute.
    """
    compute = getattr(column.field, "generated_sql", None)
    found = compute(columns) if compute is not None else dialect_value(column.field, dialect, "GENERATED_SQL")
    return found if isinstance(found, str) else None


def counts_up(column: TypedColumn) -> bool:
    """Whether the database gives new rows the next whole number."""
    return column.generated and column.primary_key and column.type in WHOLE_NUMBERS
