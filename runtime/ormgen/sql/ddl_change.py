"""What differs between the tables of two graphs, and the steps that lead from one to the other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ormgen.records import dataclass, field, replace
from ormgen.schema.column_types import column_type, counts_up, generated_sql, refuse_elsewhere, stored_type
from ormgen.schema.db_defaults import Now, SqlDefault
from ormgen.schema.field import Default, FieldSchema
from ormgen.schema.graph import ModelGraph, RelationKind
from ormgen.sql.ddl import qualified
from ormgen.sql.ddl_casts import Cast, cast_of
from ormgen.sql.ddl_steps import Filling
from ormgen.sql.ddl_tables import ForeignKey, Index, Table, TableName, table_name, through_name
from ormgen.sql.ddl_text import default_sql
from ormgen.sql.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Renames:
    """Which table became which, and of each new table which column became which."""

    tables: Mapping[TableName, TableName] = field(default_factory=lambda: MappingProxyType({}))
    columns: Mapping[TableName, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))


def find_renames(
    before: ModelGraph, after: ModelGraph, models: Mapping[str, str], fields: Mapping[tuple[str, str], str]
) -> Renames:
    """The tables and columns that models and fields of both graphs have, under whichever name.

    `models` maps keys, `fields` keys (new ones) and attributes, to what they are called in `after`; what is not in
    them has kept its name.
    """
    tables: dict[TableName, TableName] = {}
    columns: dict[TableName, dict[str, str]] = {}
    fields = {**fields, **_following(before, after, models, fields)}
    for model in before:
        now = after.models.get(models.get(model.key, model.key))
        if now is None:
            continue
        tables[table_name(model)] = table_name(now)
        known = columns.setdefault(table_name(now), {})
        for name, column in model.columns.items():
            same = now.columns.get(fields.get((now.key, name), name))
            if same is not None:
                known[column.column] = same.column
        for relation in model.relations.values():
            other = now.relations.get(fields.get((now.key, relation.name), relation.name))
            if relation.kind is not RelationKind.MANY_TO_MANY or other is None or other.kind is not relation.kind:
                continue
            old, new = relation.through, other.through
            assert old is not None
            assert new is not None
            if old.model is None and new.model is None:
                tables[through_name(relation, before)] = through_name(other, after)
                names = zip((*old.near_columns, *old.far_columns), (*new.near_columns, *new.far_columns), strict=False)
                pairs = dict(names)
                columns[through_name(other, after)] = pairs
    return Renames(tables, columns)


def _following(
    before: ModelGraph, after: ModelGraph, models: Mapping[str, str], fields: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """What became of columns of foreign keys that are called after columns of the key that they point at."""
    found: dict[tuple[str, str], str] = {}
    size = -1
    while size < len(found):
        size = len(found)
        known = {**fields, **found}
        for model in before:
            now = after.models.get(models.get(model.key, model.key))
            for relation in model.relations.values() if now is not None else ():
                other = now.relations.get(known.get((now.key, relation.name), relation.name)) if now else None
                target = models.get(relation.target, relation.target)
                if now is None or other is None or other.target != target or not relation.kind.forward:
                    continue
                nears = {far: near for near, far in other.pairs}
                for near, far in relation.pairs:
                    new = nears.get(known.get((target, far), far))
                    if new is not None and near not in now.columns and new not in model.columns:
                        found[now.key, near] = new
    return found


@dataclass(frozen=True, slots=True)
class TableChange:
    """One table before and after; `names` are its columns before, by what they are called after."""

    before: Table
    after: Table
    names: Mapping[str, str]

    @property
    def now(self) -> Mapping[str, str]:
        """Its columns after, by what they were called before."""
        return {old: new for new, old in self.names.items()}

    @property
    def key_before(self) -> tuple[str, ...]:
        """The key of several columns that it had, with the names of after as far as they stay."""
        return tuple(self.now.get(name, f"\0{name}") for name in self.before.primary_key)

    @property
    def old_columns(self) -> Mapping[str, FieldSchema]:
        """The columns before."""
        return {column.column: column for column in self.before.columns}

    @property
    def pairs(self) -> list[tuple[FieldSchema, FieldSchema]]:
        """The columns that were there before."""
        old = self.old_columns
        return [(old[self.names[each.column]], each) for each in self.after.columns if each.column in self.names]

    @property
    def added(self) -> list[FieldSchema]:
        """The columns that are new."""
        return [column for column in self.after.columns if column.column not in self.names]

    @property
    def dropped(self) -> list[FieldSchema]:
        """The columns that go."""
        gone = set(self.old_columns) - set(self.names.values())
        return [column for column in self.before.columns if column.column in gone]


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two lists of tables."""

    created: tuple[Table, ...]
    dropped: tuple[Table, ...]
    kept: tuple[TableChange, ...]
    renames: Renames


def difference(before: Sequence[Table], after: Sequence[Table], renames: Renames) -> Change:
    """Which tables come, go and stay."""
    new = {table.name: table for table in after}
    kept: list[TableChange] = []
    for table in before:
        name = renames.tables.get(table.name, table.name)
        if name in new:
            kept.append(TableChange(table, new[name], _names(table, new[name], renames.columns.get(name))))
    old, now = {each.before.name for each in kept}, {each.after.name for each in kept}
    created = tuple(table for table in after if table.name not in now)
    return Change(created, tuple(table for table in before if table.name not in old), tuple(kept), renames)


def _names(before: Table, after: Table, known: Mapping[str, str] | None) -> dict[str, str]:
    """The columns of `after` that were there, and what they were called."""
    old = {column.column for column in before.columns}
    if known is None:
        return {column.column: column.column for column in after.columns if column.column in old}
    now = {column.column for column in after.columns}
    return {new: name for name, new in known.items() if new in now and name in old}


@dataclass(frozen=True, slots=True)
class ColumnParts:
    """What a database knows of a column."""

    type: str
    null: bool
    default: str | None
    counting: bool
    primary_key: bool
    computed: str | None
    comment: str | None


def column_parts(column: FieldSchema, table: Table, dialect: str) -> ColumnParts:
    """What a database is told of a column."""
    refuse_elsewhere(column, dialect, f"{table.label}.{column.name}")
    names = {each.name: each.column for each in table.columns}
    return ColumnParts(
        stored_type(column, dialect),
        column.null,
        default_sql(column, dialect) if column.db_default.kind != "none" else None,
        counts_up(column),
        column.primary_key,
        generated_sql(column, names, dialect) if column.generated else None,
        column.description or None,
    )


def column_cast(change: TableChange, before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    """How the values of a column become those of another type."""
    same = (before.type, before.options) == (after.type, after.options)
    if same and column_type(before, dialect) == column_type(after, dialect):
        return Cast()
    return cast_of(before, after, dialect, f"{change.after.label}.{after.name}")


def same_key(key: ForeignKey, change: TableChange, renames: Renames) -> ForeignKey:
    """A foreign key of before, with the names of after."""
    target = renames.tables.get(key.target, key.target)
    there = renames.columns.get(target, {})
    return replace(
        key,
        columns=tuple(change.now.get(name, f"\0{name}") for name in key.columns),
        target=target,
        target_columns=tuple(there.get(name, name) for name in key.target_columns),
        label="",
    )


def same_index(index: Index, change: TableChange) -> Index:
    """An index of before, with the names of after."""
    return shape(replace(index, columns=tuple(change.now.get(name, f"\0{name}") for name in index.columns)))


def shape(index: Index) -> Index:
    """What the database knows of an index: names of attributes do not matter."""
    declared = index.declared
    if declared is None or (declared.is_plain and not declared.extra):
        return replace(index, declared=None, model=None, graph=None)
    return replace(index, declared=replace(declared, fields=(), name=None), model=None, graph=None)


def unnamed(index: Index) -> Index:
    """An index whatever it is called."""
    return replace(shape(index), name="")


def unique_constraints(table: Table) -> tuple[Index, ...]:
    """What stands in the definition of a table; other unique indexes stand by themselves."""
    return tuple(each for each in table.uniques if each.declared is None or each.declared.is_plain)


def loose_indexes(table: Table) -> tuple[Index, ...]:
    """The indexes that stand by themselves."""
    inside = unique_constraints(table)
    return (*(each for each in table.uniques if each not in inside), *table.indexes)


Value = Callable[[], Any] | str | None


def value_of_rows(column: FieldSchema, dialect: str, given: Any = None) -> Value:
    """What rows that exist have in a column that is new or no longer empty.

    SQL text, a function to be called for each row, or None where nothing says so. `given` comes before the defaults.
    """
    if given is not None:
        return literal(column, given, dialect) if not callable(given) else given
    if column.db_default.kind != "none":
        return default_sql(column, dialect)
    if column.auto is not None:
        return literal(column, Now(), dialect)
    default = column.field.default
    match column.default.kind:
        case "none":
            return None
        case "callable":
            return default if callable(default) else None
        case "value" if column.default.value is None:
            return None
    return literal(column, default, dialect)


def literal(column: FieldSchema, value: Any, dialect: str) -> str:
    """A value of a column as SQL text, in the form in which it is stored."""
    described = Default("sql" if isinstance(value, SqlDefault) else "object")
    standing = copy.copy(column.field)
    standing.db_default = value
    return default_sql(replace(column, db_default=described, field=standing), dialect)


def fill_in(table: Table, column: FieldSchema, make: Callable[[], Any], dialect: type[Dialect]) -> Filling:
    """Rows without a value for `column` get what `make` gives."""
    spelled = dialect()
    where = qualified(table.name, spelled.name)
    keys = table.primary_key or tuple(each.column for each in table.columns if each.primary_key)
    keys = keys or tuple(each.column for each in (table.model.pk_columns if table.model is not None else ()))
    quoted = [spelled.quoted(name) for name in keys]
    empty = f"{spelled.quoted(column.column)} IS NULL"
    matching = " AND ".join(f"{name} = {spelled.placeholder(at + 2)}" for at, name in enumerate(quoted))
    changed = f"UPDATE {where} SET {spelled.quoted(column.column)} = {spelled.placeholder(1)} WHERE {matching}"
    return Filling(column, make, f"SELECT {', '.join(quoted)} FROM {where} WHERE {empty} LIMIT 500", changed)
