"""The enum types of PostgreSQL that tables need: made before them, gone after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.schema.column_types import own_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.native_enums import NativeEnum, native_enum, quoted_type
from ormgen.sql.ddl_tables import Table
from ormgen.sql.ddl_text import quote_name, quote_text

LONGEST_VALUE = 63  # bytes


def column_enum(column: FieldSchema, dialect: str) -> NativeEnum | None:
    """The enum type that a column has on a database."""
    return None if dialect == "sqlite" or own_type(column.field, dialect) else native_enum(column.field)


def enum_types(tables: Iterable[Table], dialect: str) -> dict[str, NativeEnum]:
    """The types that columns of tables have, by name; only PostgreSQL has them apart from columns.

    Raises:
        ConfigurationError: two columns have other values of one type.
        UnSupportedError: PostgreSQL cannot keep one of the values.
    """
    found: dict[str, NativeEnum] = {}
    for table, column in _columns(tables) if dialect == "postgres" else ():
        enum = column_enum(column, dialect)
        if enum is None:
            continue
        if found.setdefault(enum.name, enum) != enum:
            told = f'{table.label}.{column.name}: the type "{enum.name}" has other values in another column'
            raise ConfigurationError(f"{told}; in migrations, AlterEnum changes all of them at once")
        for text in (*enum.name.split("."), *enum.values):
            if len(text.encode()) > LONGEST_VALUE:
                told = f'{table.label}.{column.name}: "{text}" has more than {LONGEST_VALUE} bytes'
                raise UnSupportedError(f"{told}, which types of PostgreSQL cannot hold; leave native_enum out")
    return found


def _columns(tables: Iterable[Table]) -> Iterator[tuple[Table, FieldSchema]]:
    for table in tables:
        for column in table.columns:
            yield table, column


def create_type_statements(types: Iterable[NativeEnum], *, safe: bool) -> Iterator[str]:
    """Makes types; with `safe`, those that exist already are left as they are."""
    listed = list(types)
    for schema in dict.fromkeys(each.schema for each in listed):
        if schema is not None:
            yield f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema, 'postgres')}"
    for each in listed:
        values = ", ".join(quote_text(value, "postgres") for value in each.values)
        create = f"CREATE TYPE {quoted_type(each.name)} AS ENUM ({values})"
        yield _forgiving(create, "duplicate_object OR unique_violation") if safe else create


def drop_type_sql(enum: NativeEnum) -> str:
    """Drops a type, unless something else still has it."""
    return _forgiving(f"DROP TYPE IF EXISTS {quoted_type(enum.name)}", "dependent_objects_still_exist")


def _forgiving(statement: str, errors: str) -> str:
    tag = "$ormgen$"
    while tag in statement:
        tag = f"{tag[:-1]}_$"
    return f"DO {tag}\nBEGIN\n    {statement};\nEXCEPTION WHEN {errors} THEN\n    NULL;\nEND\n{tag}"
