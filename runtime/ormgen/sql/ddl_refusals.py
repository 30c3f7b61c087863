"""What rows may not be like for tables to be changed, as questions that are asked before anything is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ormgen.records import dataclass
from ormgen.schema.column_types import column_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.indexes import ExclusionConstraint
from ormgen.sql.ddl import qualified
from ormgen.sql.ddl_change import (
    Change,
    TableChange,
    Value,
    column_cast,
    column_parts,
    loose_indexes,
    same_key,
    unique_constraints,
)
from ormgen.sql.ddl_enums import column_enum
from ormgen.sql.ddl_indexes import check_condition
from ormgen.sql.ddl_steps import Refusal
from ormgen.sql.ddl_tables import ForeignKey, Table, TableName
from ormgen.sql.ddl_text import quote_name, quote_names

Fills = Mapping[TableName, Mapping[str, Value]]


def refusals(change: Change, fills: Fills, dialect: str) -> Iterator[Refusal]:
    """Everything that rows may stand in the way of; about tables and columns as they are before."""
    views = {each.after.name: _View(each, fills.get(each.after.name, {}), dialect) for each in change.kept}
    for view in views.values():
        yield from _values(view)
    for view in views.values():
        yield from _repeated(view)
        yield from _checks(view)
        yield from _dangling(view, views, change)


@dataclass(frozen=True)
class _View:
    """The rows of a table as they will be, made of those that there are."""

    change: TableChange
    fills: Mapping[str, Value]
    dialect: str

    def quoted(self, name: str) -> str:
        """`name` as an identifier."""
        return quote_name(name, self.dialect)

    @property
    def label(self) -> str:
        """The model in words."""
        return self.change.after.label

    @property
    def unknown(self) -> set[str]:
        """Columns whose values nobody knows before: made by functions, counted, or computed by the database."""
        found = {column.column for column in self.change.added if not self._is_constant(column)}
        found |= {name for name, fill in self.fills.items() if callable(fill)}
        after = self.change.after
        return found | {each.column for each in after.columns if column_parts(each, after, self.dialect).computed}

    def _is_constant(self, column: FieldSchema) -> bool:
        parts = column_parts(column, self.change.after, self.dialect)
        fill = self.fills.get(column.column)
        return not (parts.counting or parts.computed or callable(fill) or column.db_default.kind == "sql")

    @property
    def altered(self) -> set[str]:
        """Columns whose values become others."""
        return {
            new.column
            for old, new in self.change.pairs
            if column_cast(self.change, old, new, self.dialect).expression != "{}" or self.fills.get(new.column)
        }

    def rows(self) -> str:
        """A query for the rows, without columns that are unknown."""
        before = {new.column: old for old, new in self.change.pairs}
        listed = []
        for column in self.change.after.columns:
            if column.column not in self.unknown:
                value = self._value(before.get(column.column), column)
                listed.append(f"{value} AS {self.quoted(column.column)}")
        return f"SELECT {', '.join(listed) or '1'} FROM {qualified(self.change.before.name, self.dialect)}"

    def _value(self, old: FieldSchema | None, new: FieldSchema) -> str:
        fill = self.fills.get(new.column)
        constant = self._typed(fill if isinstance(fill, str) else "NULL", new)
        if old is None:
            return constant
        cast = column_cast(self.change, old, new, self.dialect).expression.replace("{}", self.quoted(old.column))
        if self._is_enum(old) or self._is_enum(new):  # types that are yet to come cannot be named
            cast = f"{self.quoted(old.column)}::text"
        return f"COALESCE({cast}, {constant})" if isinstance(fill, str) else cast

    def _typed(self, value: str, column: FieldSchema) -> str:
        kind = "text" if self._is_enum(column) else column_type(column, self.dialect)
        return f"CAST({value} AS {kind})" if self.dialect == "postgres" else value

    def _is_enum(self, column: FieldSchema) -> bool:
        return self.dialect == "postgres" and column_enum(column, self.dialect) is not None


def _values(view: _View) -> Iterator[Refusal]:
    """Columns that have no value for rows, or cannot hold those that there are."""
    change, dialect = view.change, view.dialect
    count = f"SELECT COUNT(*) FROM {qualified(change.before.name, dialect)}"
    for column in change.added:
        parts = column_parts(column, change.after, dialect)
        if not (parts.null or parts.counting or parts.computed or view.fills.get(column.column)):
            told = "has no default, and there are rows that need a value"
            hint = "give it a default, or say what they get with fill="
            yield Refusal(count, f"{view.label}.{column.name} {told}; {hint}")
    for old, new in change.pairs:
        name = view.quoted(old.column)
        cast = column_cast(change, old, new, dialect)
        if cast.bad:
            bad = cast.bad.replace("{}", name)
            told = f"{column_type(new, dialect)} cannot hold all values that there are"
            yield Refusal(f"{count} WHERE {name} IS NOT NULL AND ({bad})", f"{view.label}.{new.name}: {told}")
        if old.null and not new.null and view.fills.get(new.column) is None:
            told = "may no longer be empty, but is in some rows; give it a default, or say what they get with fill="
            yield Refusal(f"{count} WHERE {name} IS NULL", f"{view.label}.{new.name} {told}")


def _unique_groups(table: Table) -> Iterator[tuple[str, ...]]:
    """The columns of each unique constraint and key."""
    yield from ((column.column,) for column in table.columns if column.primary_key and not table.primary_key)
    if table.primary_key:
        yield table.primary_key
    for index in (*unique_constraints(table), *loose_indexes(table)):
        plain = index.declared is None or index.declared.is_total
        if index.columns and plain and index in table.uniques:
            yield index.columns


def _repeated(view: _View) -> Iterator[Refusal]:
    """Groups of columns that are to be unique, where nothing says that they are."""
    now = view.change.now
    known = [{now.get(name) for name in group} for group in _unique_groups(view.change.before)]
    for columns in dict.fromkeys(_unique_groups(view.change.after)):
        group = set(columns)
        sure = any(before <= group and not before & view.altered for before in known)
        if sure or group & view.unknown:
            continue
        listed = quote_names(columns, view.dialect)
        filled = " AND ".join(f"{view.quoted(name)} IS NOT NULL" for name in columns)
        groups = f"SELECT 1 FROM ({view.rows()}) AS later WHERE {filled} GROUP BY {listed} HAVING COUNT(*) > 1"
        told = f"{view.label}: rows are not unique in {', '.join(columns)}"
        yield Refusal(f"SELECT COUNT(*) FROM ({groups}) AS repeated", told)


def _checks(view: _View) -> Iterator[Refusal]:
    """New CHECK constraints, where all that they may be about is known."""
    for check in view.change.after.checks if not view.unknown else ():
        if check not in view.change.before.checks and not isinstance(check.declared, ExclusionConstraint):
            text = check_condition(view.change.after, check, view.dialect)
            told = f"{view.label}: rows do not meet the check {check.name}"
            yield Refusal(f"SELECT COUNT(*) FROM ({view.rows()}) AS later WHERE NOT ({text})", told)


def _dangling(view: _View, views: Mapping[TableName, _View], change: Change) -> Iterator[Refusal]:
    """New foreign keys, whose rows may point at nothing."""
    known = [_bare(same_key(key, view.change, change.renames)) for key in view.change.before.foreign_keys]
    for key in view.change.after.foreign_keys:
        if _bare(key) in known or set(key.columns) & view.unknown:
            continue
        target = views.get(key.target)
        if target is None and key.target not in {table.name for table in change.created}:
            continue
        if target is not None and (set(key.target_columns) & target.unknown or not _comparable(key, view, target)):
            continue
        filled = " AND ".join(f"later.{view.quoted(name)} IS NOT NULL" for name in key.columns)
        there = _there(key, view, target) if target is not None else ""
        fact = (
            f"{view.label}.{', '.join(_names(key, view))}: rows point at rows of {key.target.name} that are not there"
        )
        yield Refusal(f"SELECT COUNT(*) FROM ({view.rows()}) AS later WHERE {filled}{there}", fact)


def _names(key: ForeignKey, view: _View) -> list[str]:
    """What people call the columns of a foreign key: the relation that they belong to."""
    known = {column.column: column.relation or column.name for column in view.change.after.columns}
    return list(dict.fromkeys(known[name] for name in key.columns))


def _there(key: ForeignKey, view: _View, target: _View) -> str:
    pairs = zip(key.columns, key.target_columns, strict=True)
    same = " AND ".join(f"there.{view.quoted(far)} = later.{view.quoted(near)}" for near, far in pairs)
    return f" AND NOT EXISTS (SELECT 1 FROM ({target.rows()}) AS there WHERE {same})"


def _comparable(key: ForeignKey, view: _View, target: _View) -> bool:
    near = {column.column: column_type(column, view.dialect) for column in view.change.after.columns}
    far = {column.column: column_type(column, view.dialect) for column in target.change.after.columns}
    pairs = zip(key.columns, key.target_columns, strict=True)
    return all(near.get(one) == far.get(other) for one, other in pairs)


def _bare(key: ForeignKey) -> tuple[object, ...]:
    return key.columns, key.target, key.target_columns
