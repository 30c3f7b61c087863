"""The steps from the tables of one graph to those of another: the door through which migrations change databases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ormgen.exceptions import UnSupportedError
from ormgen.schema.column_types import known_dialect
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph
from ormgen.sql.ddl_change import Change, Value, difference, find_renames, value_of_rows
from ormgen.sql.ddl_enum_changes import EnumWishes, enum_change
from ormgen.sql.ddl_rebuild import sqlite_steps
from ormgen.sql.ddl_servers import server_steps
from ormgen.sql.ddl_steps import Step
from ormgen.sql.ddl_tables import Table, TableName, tables_of
from ormgen.sql.ddl_text import quote_name, refuse_long


def change_steps(
    before: ModelGraph,
    after: ModelGraph,
    dialect: str,
    *,
    models: Mapping[str, str] | None = None,
    fields: Mapping[tuple[str, str], str] | None = None,
    fills: Mapping[tuple[str, str], Any] | None = None,
    here: tuple[Collection[str] | None, Collection[str] | None] = (None, None),
    enums: EnumWishes | None = None,
) -> list[Step]:
    """What has to be done to a database with the tables of `before`, for it to have those of `after`.

    `models` says what became of keys, `fields` of attributes of (new) keys, `fills` what rows that exist have in
    an attribute of a (new) key. `here` are the keys that have their tables in this database, before and after.

    Raises:
        UnSupportedError: the database cannot do that.
    """
    known_dialect(dialect)
    old, new = tables_of(before, here[0]), tables_of(after, here[1])
    for table in new:
        refuse_long([table.name.name, *(column.column for column in table.columns)], dialect, table.label)
    typed = enum_change(old, new, enums or EnumWishes(), dialect)
    change = difference(typed.before, new, find_renames(before, after, models or {}, fields or {}))
    given = {(after[key].table, name): value for (key, name), value in (fills or {}).items()}
    values = _values(change, given, dialect)
    if dialect == "sqlite":
        return [*typed.first, *sqlite_steps(change, values)]
    return server_steps(change, values, dialect, (typed.first, typed.last))


def schema_sql(name: str, dialect: str, *, drop: bool) -> str:
    """Make a schema, or drop an empty one.

    Raises:
        UnSupportedError: the database has none.
    """
    if known_dialect(dialect) == "sqlite":
        raise UnSupportedError(f'SQLite has no schemas, so there is no schema "{name}"')
    quoted = quote_name(name, dialect)
    return f"DROP SCHEMA {quoted}" if drop else f"CREATE SCHEMA IF NOT EXISTS {quoted}"


def _values(change: Change, given: Mapping[tuple[str, str], Any], dialect: str) -> dict[TableName, dict[str, Value]]:
    """What rows that exist have in columns that are new or may no longer be empty."""
    found: dict[TableName, dict[str, Value]] = {}
    for each in change.kept:
        asking: list[FieldSchema] = [column for column in each.added if _stored(column)]
        asking += [new for old, new in each.pairs if old.null and not new.null]
        found[each.after.name] = {
            column.column: value_of_rows(column, dialect, _given(given, each.after, column)) for column in asking
        }
    return found


def _given(given: Mapping[tuple[str, str], Any], table: Table, column: FieldSchema) -> Any:
    found = given.get((table.name.name, column.name))
    return given.get((table.name.name, column.relation or "")) if found is None else found


def _stored(column: FieldSchema) -> bool:
    return not column.generated
