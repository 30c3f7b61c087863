"""How SQLite changes tables: what it cannot alter is copied into a new table that takes the place of the old one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ormgen.records import replace
from ormgen.schema.field import FieldSchema
from ormgen.sql.ddl import column_sql, create_index_sql, create_table_statements, qualified
from ormgen.sql.ddl_change import (
    Change,
    ColumnParts,
    TableChange,
    Value,
    column_cast,
    column_parts,
    fill_in,
    loose_indexes,
    same_index,
    same_key,
    shape,
    unique_constraints,
)
from ormgen.sql.ddl_refusals import refusals
from ormgen.sql.ddl_steps import Rebuilding, Statement, Step
from ormgen.sql.ddl_tables import Table, TableName
from ormgen.sql.ddl_text import quote_name, quote_text
from ormgen.sql.dialects.sqlite import SqliteDialect

SQLITE: Final = "sqlite"
Fills = Mapping[TableName, Mapping[str, Value]]


def sqlite_steps(change: Change, fills: Fills) -> list[Step]:
    """The steps that carry out a change on SQLite."""
    steps: list[Step] = [*refusals(change, fills, SQLITE)]
    for each in change.kept:
        steps += _renamings(each)
    for table in change.created:
        steps += [Statement(sql) for sql in create_table_statements(table, SQLITE, safe=False)]
    for each in change.kept:
        steps += _altered(each, change, fills.get(each.after.name, {}))
    steps += [Statement(f"DROP TABLE {qualified(table.name, SQLITE)}") for table in reversed(change.dropped)]
    return steps


def _renamings(change: TableChange) -> Iterator[Step]:
    """Names first: SQLite carries them into foreign keys, triggers and views by itself."""
    before, after = change.before.name, change.after.name
    if before.name != after.name:
        if before.name.lower() == after.name.lower():
            yield Statement(f"ALTER TABLE {qualified(before, SQLITE)} RENAME TO {_quoted(f'{after.name}__case')}")
            before = replace(before, name=f"{after.name}__case")
        yield Statement(f"ALTER TABLE {qualified(before, SQLITE)} RENAME TO {qualified(after, SQLITE)}")
    for new, old in change.names.items():
        if new != old:
            yield Statement(f"ALTER TABLE {qualified(after, SQLITE)} RENAME COLUMN {_quoted(old)} TO {_quoted(new)}")


def _altered(change: TableChange, whole: Change, fills: Mapping[str, Value]) -> Iterator[Step]:
    made = {column.column: value for column in change.added if callable(value := fills.get(column.column))}
    table = qualified(change.after.name, SQLITE)
    for column in change.added:
        if column.column in made:
            bare = replace(column, null=True, description=None, unique=False)
            yield Statement(f"ALTER TABLE {table} ADD COLUMN {column_sql(bare, SQLITE)}")
            yield fill_in(change.after, column, made[column.column], SqliteDialect)
    for _, column in change.pairs:
        value = fills.get(column.column)
        if callable(value):
            yield fill_in(change.after, column, value, SqliteDialect)
    if made or _needs_rebuild(change, whole, fills):
        yield _rebuilding(change, fills, set(made))
        return
    for column in change.added:
        yield Statement(f"ALTER TABLE {table} ADD COLUMN {column_sql(column, SQLITE)}")
    old = {same_index(index, change) for index in loose_indexes(change.before)}
    new = {shape(index) for index in loose_indexes(change.after)}
    for index in loose_indexes(change.before):
        if same_index(index, change) not in new:
            yield Statement(f"DROP INDEX {_quoted(index.name)}")
    for index in loose_indexes(change.after):
        if shape(index) not in old:
            yield Statement(create_index_sql(change.after.name, index, SQLITE, safe=False))


def _needs_rebuild(change: TableChange, whole: Change, fills: Mapping[str, Value]) -> bool:
    if change.dropped or change.before.comment != change.after.comment:
        return True
    before, after = change.before, change.after
    if (before.primary_key, before.key_name) != (after.primary_key, after.key_name):
        return True
    if _constraints_differ(change, whole):
        return True
    if change.before.checks != change.after.checks:
        return True
    if any(_parts(change.before, old) != _parts(change.after, new) for old, new in change.pairs):
        return True
    for column in change.added:
        parts = column_parts(column, change.after, SQLITE)
        if not parts.null or parts.default or parts.computed or fills.get(column.column):
            return True
    return False


def _constraints_differ(change: TableChange, whole: Change) -> bool:
    """Whether keys or unique constraints do; names alone matter where the same columns were called otherwise."""
    uniques = {index.columns: index.name for index in unique_constraints(change.after)}
    old = {same_index(index, change).columns: index for index in unique_constraints(change.before)}
    keys = {replace(key, name="", label=""): key.name for key in change.after.foreign_keys}
    same = {replace(same_key(key, change, whole.renames), name=""): key for key in change.before.foreign_keys}
    if old.keys() != uniques.keys() or same.keys() != keys.keys():
        return True
    if change.before.name != change.after.name:
        return False
    renamed = any(index.columns == columns and index.name != uniques[columns] for columns, index in old.items())
    return renamed or any(replace(key, name="", label="") == now and key.name != keys[now] for now, key in same.items())


def _parts(table: Table, column: FieldSchema) -> ColumnParts:
    return column_parts(column, table, SQLITE)


def _rebuilding(change: TableChange, fills: Mapping[str, Value], made: set[str]) -> Rebuilding:
    final, temporary = change.after.name, replace(change.after.name, name=f"new__{change.after.name.name}")
    create, *indexes = create_table_statements(replace(change.after, name=temporary), SQLITE, safe=False)
    indexes = [create_index_sql(final, index, SQLITE, safe=False) for index in loose_indexes(change.after)]
    names: list[str] = []
    values: list[str] = []
    for column in change.after.columns:
        value = _copied(change, column.column, fills.get(column.column), made)
        if value is not None and column_parts(column, change.after, SQLITE).computed is None:
            names.append(_quoted(column.column))
            values.append(value)
    old, new = qualified(final, SQLITE), qualified(temporary, SQLITE)
    copied = f"INSERT INTO {new} ({', '.join(names)}) SELECT {', '.join(values)} FROM {old}"
    swap: tuple[str, ...] = (
        f"DROP TABLE {old}",
        "PRAGMA legacy_alter_table = ON",  # so that what refers to the table goes on doing so
        f"ALTER TABLE {new} RENAME TO {old}",
        "PRAGMA legacy_alter_table = OFF",
    )
    if any(column_parts(column, change.after, SQLITE).counting for column in change.after.columns):
        swap = (*_sequence(final.name, temporary.name), *swap)
    known = [index.name for index in (*loose_indexes(change.before), *loose_indexes(change.after))]
    return Rebuilding(final.name, create, copied, swap, tuple(indexes), tuple(dict.fromkeys(known)))


def rebuilding(table: Table, replaced: Sequence[str] = ()) -> Rebuilding:
    """Put a table with the same columns in the place of one; indexes called as in `replaced` are not made again."""
    made = _rebuilding(TableChange(table, table, {each.column: each.column for each in table.columns}), {}, set())
    return replace(made, known=tuple(dict.fromkeys((*made.known, *replaced))))


def _sequence(table: str, temporary: str) -> tuple[str, str]:
    """Keys that were given once are not given again."""
    old, new = quote_text(table, SQLITE), quote_text(temporary, SQLITE)
    return (
        f"DELETE FROM sqlite_sequence WHERE name = {new}",
        f"INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}",
    )


def _copied(change: TableChange, name: str, fill: Value, made: set[str]) -> str | None:
    """The value of a column of the new table, computed from the old one; None: nothing says what."""
    quoted = _quoted(name)
    if name not in change.names:
        return quoted if name in made else fill if isinstance(fill, str) else None
    old, new = next(pair for pair in change.pairs if pair[1].column == name)
    value = column_cast(change, old, new, SQLITE).expression.replace("{}", quoted)
    if old.null and not new.null and isinstance(fill, str):
        return f"COALESCE({value}, {fill})"
    return value


def _quoted(name: str) -> str:
    return quote_name(name, SQLITE)
