"""How PostgreSQL and MySQL change tables in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass, replace
from ormgen.schema.column_types import column_type
from ormgen.sql.ddl import add_foreign_key_sql, create_index_sql, create_table_statements, key_sql, qualified
from ormgen.sql.ddl_alter import ALTERERS, Alterer
from ormgen.sql.ddl_change import (
    Change,
    TableChange,
    Value,
    column_parts,
    loose_indexes,
    same_index,
    same_key,
    unique_constraints,
    unnamed,
)
from ormgen.sql.ddl_enums import column_enum
from ormgen.sql.ddl_indexes import check_sql
from ormgen.sql.ddl_refusals import refusals
from ormgen.sql.ddl_steps import Refusal, Statement, Step
from ormgen.sql.ddl_tables import ForeignKey, Index, Table, TableName, late_foreign_keys
from ormgen.sql.ddl_text import quote_name, quote_names, stored_name

Fills = Mapping[TableName, Mapping[str, Value]]
KINDS: Final[Mapping[bool, Callable[[Table], tuple[Index, ...]]]] = MappingProxyType(
    {True: unique_constraints, False: loose_indexes}
)


def server_steps(
    change: Change, fills: Fills, dialect: str, types: tuple[Sequence[Step], Sequence[Step]] = ((), ())
) -> list[Step]:
    """The steps that carry out a change on a server; `types` are those before and after what happens to tables."""
    work = _Work(change, fills, dialect, ALTERERS[dialect])
    return [*work.checks(), *types[0], *(step for part in work.parts() for step in part), *types[1]]


@dataclass(frozen=True)
class _Work:
    change: Change
    fills: Fills
    dialect: str
    alterer: Alterer

    def checks(self) -> Iterator[Refusal]:
        return refusals(self.change, self.fills, self.dialect)

    def parts(self) -> Iterator[Iterable[Step]]:
        """What points at columns goes first and comes last."""
        gone, new = self.keys()
        yield (Statement(sql) for table, key in gone for sql in self.alterer.drop_key(table, key))
        for each in self.change.kept:
            yield self.dropped_indexes(each)
        yield self.renamings()
        yield self.creations()
        for each in self.change.kept:
            yield self.columns(each)
        for each in self.change.kept:
            yield self.added_indexes(each)
        late = [(table.name, key) for table, key in late_foreign_keys(self.change.created)]
        late = [pair for pair in late if pair[1].target in {table.name for table in self.change.created}]
        yield (Statement(add_foreign_key_sql(*pair, self.dialect, safe=False)) for pair in (*late, *new))
        yield (
            Statement(f"DROP TABLE {qualified(table.name, self.dialect)}") for table in reversed(self.change.dropped)
        )

    def keys(self) -> tuple[list[tuple[Table, ForeignKey]], list[tuple[TableName, ForeignKey]]]:
        """The foreign keys that go, under their old tables, and those that come, in tables that stay."""
        gone: list[tuple[Table, ForeignKey]] = []
        new: list[tuple[TableName, ForeignKey]] = []
        retyped = self.retyped()
        for each in self.change.kept:
            after = {replace(key, label=""): key for key in each.after.foreign_keys}
            kept = set()
            for key in each.before.foreign_keys:
                same = same_key(key, each, self.change.renames)
                if same in after and not self.touched(same, each, retyped):
                    kept.add(same)
                else:
                    gone.append((each.before, key))
            new += [(each.after.name, key) for same, key in after.items() if same not in kept]
        going = {table.name for table in self.change.dropped}
        for table in self.change.dropped:
            gone += [(table, key) for key in table.foreign_keys if key.target in going and key.target != table.name]
        return gone, new

    def retyped(self) -> set[tuple[TableName, str]]:
        """The columns, under their names of after, whose type changes."""
        return {
            (each.after.name, new.column)
            for each in self.change.kept
            for old, new in each.pairs
            if column_parts(old, each.before, self.dialect).type != column_parts(new, each.after, self.dialect).type
        }

    def touched(self, key: ForeignKey, change: TableChange, retyped: set[tuple[TableName, str]]) -> bool:
        """Whether a foreign key that stays has to be taken off for what happens to its columns."""
        mine = {(change.after.name, name) for name in key.columns}
        theirs = {(key.target, name) for name in key.target_columns}
        if (mine | theirs) & retyped:
            return True
        if self.dialect != "mysql":
            return False
        parts = {new.column: (old, new) for old, new in change.pairs}
        altered = any(
            column_parts(parts[name][0], change.before, self.dialect)
            != column_parts(parts[name][1], change.after, self.dialect)
            for name in key.columns
            if name in parts
        )
        leaning = [index.columns for index in self.going_indexes(change)]
        if change.key_before != change.after.primary_key:
            leaning.append(change.key_before)
        return altered or any(columns[: len(key.columns)] == key.columns for columns in leaning)

    def going_indexes(self, change: TableChange) -> list[Index]:
        """Indexes and unique constraints that go, with their columns of after."""
        found: list[Index] = []
        for listed in KINDS.values():
            after = {unnamed(index) for index in listed(change.after)}
            old = (same_index(index, change) for index in listed(change.before))
            found += [index for index in old if unnamed(index) not in after]
        return found

    def dropped_indexes(self, change: TableChange) -> Iterator[Step]:
        alter = f"ALTER TABLE {qualified(change.before.name, self.dialect)}"
        renewed = self.renewed(change)
        for check in change.before.checks:
            if check not in change.after.checks or renewed:
                yield Statement(f"{alter} DROP CONSTRAINT {quote_name(check.name, self.dialect)}")
        for unique, listed in KINDS.items():
            after = {unnamed(index) for index in listed(change.after)}
            for index in listed(change.before):
                if unnamed(same_index(index, change)) not in after or (renewed and _is_special(index)):
                    yield Statement(self.alterer.drop_index(change.before.name, index, unique))

    def added_indexes(self, change: TableChange) -> Iterator[Step]:
        renewed = self.renewed(change)
        for check in change.after.checks:
            if check not in change.before.checks or renewed:
                alter = f"ALTER TABLE {qualified(change.after.name, self.dialect)}"
                yield Statement(f"{alter} ADD {check_sql(change.after, check, self.dialect)}")
        for unique, listed in KINDS.items():
            kept = [index for index in listed(change.before) if not (renewed and _is_special(index))]
            before = {unnamed(same_index(index, change)): index.name for index in kept}
            for index in listed(change.after):
                name = before.get(unnamed(index))
                if name is None:
                    yield Statement(self.index_sql(change.after.name, index, unique))
                elif name != index.name:
                    yield Statement(self.alterer.rename_index(change.after.name, name, index.name, unique))

    def renewed(self, change: TableChange) -> bool:
        """Whether conditions of a table may hold values of a type that PostgreSQL takes off a column."""
        return self.dialect == "postgres" and any(
            (column_enum(old, self.dialect) or column_enum(new, self.dialect))
            and column_type(old, self.dialect) != column_type(new, self.dialect)
            for old, new in change.pairs
        )

    def index_sql(self, table: TableName, index: Index, unique: bool) -> str:
        if not unique:
            return create_index_sql(table, index, self.dialect, safe=False)
        name, columns = quote_name(index.name, self.dialect), quote_names(index.columns, self.dialect)
        extra = "" if index.declared is None else index.declared.extra
        return f"ALTER TABLE {qualified(table, self.dialect)} ADD CONSTRAINT {name} UNIQUE ({columns}){extra}"

    def renamings(self) -> Iterator[Step]:
        for each in self.change.kept:
            if each.before.name != each.after.name:
                for sql in self.alterer.rename_table(each.before.name, each.after.name):
                    yield Statement(sql)
        for each in self.change.kept:
            for new, old in each.names.items():
                if stored_name(new, self.dialect) != stored_name(old, self.dialect):
                    names = f"{quote_name(old, self.dialect)} TO {quote_name(new, self.dialect)}"
                    yield Statement(f"ALTER TABLE {qualified(each.after.name, self.dialect)} RENAME COLUMN {names}")

    def creations(self) -> Iterator[Step]:
        schemas = {table.name.schema for table in self.change.created if table.name.schema}
        for schema in sorted(schemas):
            yield Statement(f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema, self.dialect)}")
        here = {table.name for table in self.change.created}
        late = [pair for pair in late_foreign_keys(self.change.created) if pair[1].target in here]
        for table in self.change.created:
            without = {key.name for each, key in late if each is table}
            for sql in create_table_statements(table, self.dialect, safe=False, without=without):
                yield Statement(sql)

    def columns(self, change: TableChange) -> Iterator[Step]:
        table = qualified(change.after.name, self.dialect)
        for sql in self.alterer.table_comment(change.before, change.after):
            yield Statement(sql)
        if change.before.primary_key and change.key_before != change.after.primary_key:
            yield Statement(self.alterer.drop_primary_key(change.after.name))
        fills = self.fills.get(change.after.name, {})
        for column in change.added:
            yield from self.alterer.add_column(change.after, column, fills.get(column.column))
        # the key goes from one column before it comes to another
        for old, new in sorted(change.pairs, key=lambda pair: pair[1].primary_key and not pair[0].primary_key):
            yield from self.alterer.alter_column(change, old, new, fills.get(new.column))
        for column in change.dropped:
            yield Statement(f"ALTER TABLE {table} DROP COLUMN {quote_name(column.column, self.dialect)}")
        key = change.after.primary_key
        if key and key != change.key_before:
            added = key_sql(change.after, self.dialect)
            yield Statement(f"ALTER TABLE {table} ADD {added} ({quote_names(key, self.dialect)})")
        elif change.before.key_name != change.after.key_name and _keeps_key(change):
            yield from (Statement(sql) for sql in self.alterer.rename_primary_key(change.after))


def _keeps_key(change: TableChange) -> bool:
    """Whether a table has a primary key before and after."""
    sides = (change.before, change.after)
    return all(each.primary_key or any(column.primary_key for column in each.columns) for each in sides)


def _is_special(index: Index) -> bool:
    return index.declared is not None and not index.declared.is_plain
