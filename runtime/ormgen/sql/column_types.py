"""The SQL type of each column, per database."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ormgen.exceptions import ConfigurationError
from ormgen.schema.field import FieldSchema

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

WHOLE_NUMBERS = frozenset({"IntField", "BigIntField", "SmallIntField"})


def known_dialect(dialect: str) -> str:
    """`dialect` itself.

    Raises:
        ConfigurationError: it is none that ormgen knows.
    """
    if dialect not in COLUMN_TYPES:
        raise ConfigurationError(f'there is no dialect "{dialect}"; choose from {", ".join(COLUMN_TYPES)}')
    return dialect


def column_type(column: FieldSchema, dialect: str) -> str:
    """The SQL type of `column`.

    A custom field class can name its own with `SQL_TYPE`, for one database in a nested class such as `_db_postgres`.

    Raises:
        ConfigurationError: a custom field descends from none of the field types and names no SQL type.
    """
    template = COLUMN_TYPES[known_dialect(dialect)].get(column.type)
    own = _own_type(column, dialect) if column.custom is not None or template is None else None
    if own is not None:
        return own
    if template is None:
        raise ConfigurationError(
            f'{column.name}: {column.custom or column.type} has no SQL type; give the class SQL_TYPE = "..."'
        )
    return template.format_map(dict(column.options))


def _own_type(column: FieldSchema, dialect: str) -> str | None:
    for place in (getattr(column.field, f"_db_{dialect}", None), column.field):
        sql_type = getattr(place, "SQL_TYPE", None)
        if isinstance(sql_type, str):
            return sql_type
    return None


def counts_up(column: FieldSchema) -> bool:
    """Whether the database gives new rows the next whole number."""
    return column.generated and column.primary_key and column.type in WHOLE_NUMBERS
