"""Tables that join two others, and what tells the rows of a table apart that has no primary key."""

from __future__ import annotations

from collections.abc import Mapping

from ormgen.migrations.live import LiveDetails, LiveTable
from ormgen.migrations.tables import constraint_name

Key = tuple[tuple[str, ...], str, tuple[str, ...], str]
_INCOMPARABLE = ("json", "xml", "point", "polygon", "path", "box", "circle", "line", "lseg")  # of PostgreSQL


def key_of(table: LiveTable) -> tuple[str, ...]:
    """The columns of the primary key, in its order."""
    found = [(column.primary_key, name) for name, column in table.columns.items() if column.primary_key]
    return tuple(name for _, name in sorted(found))


def row_key(table: LiveTable) -> tuple[str, ...]:
    """The columns that tell rows apart: the primary key, else a unique group that is never empty, else all of them."""
    if key := key_of(table):
        return key
    filled = [group for group in table.uniques if is_filled(table, group)]
    if filled:
        return min(filled, key=lambda group: (len(group), group))
    comparable = [name for name, column in table.columns.items() if column.type not in _INCOMPARABLE]
    return tuple(name for name in comparable if not table.columns[name].null) or tuple(comparable or table.columns)


def is_filled(table: LiveTable, columns: tuple[str, ...]) -> bool:
    """Whether columns are some, and never empty."""
    return bool(columns) and all(name in table.columns and not table.columns[name].null for name in columns)


def pair_of(table: LiveTable, tables: Mapping[str, LiveTable]) -> tuple[Key, Key] | None:
    """The foreign keys of a table that holds nothing but pairs of primary keys, in the order of its columns."""
    singles = {key[0][0]: key for key in table.foreign_keys if len(key[0]) == 1}
    if len(table.foreign_keys) != 2 or len(table.columns) != 2 or set(singles) != set(table.columns):
        return None
    if any(key[1] not in tables or key_of(tables[key[1]]) != key[2] for key in singles.values()):
        return None
    near, far = (singles[name] for name in table.columns)
    return near, far


def is_folded(name: str, tables: Mapping[str, LiveTable], details: LiveDetails) -> bool:
    """Whether a table is just what a many-to-many field makes, so that the field says all of it."""
    table = tables[name]
    pair = pair_of(table, tables)
    if pair is None or details.checks.get(name) or any(key[3] != "CASCADE" for key in pair):
        return False
    plain = all(_is_copy(table, key, tables[key[1]]) for key in pair)
    return plain and _is_constrained(name, table, pair, details) and _schema(name) == _schema(pair[0][1])


def _schema(name: str) -> str:
    return name.rpartition(".")[0]


def _is_copy(table: LiveTable, key: Key, target: LiveTable) -> bool:
    """Whether a column is that of a key and nothing else."""
    near, far = table.columns[key[0][0]], target.columns[key[2][0]]
    if near.null or near.primary_key or near.comment or near.default is not None:
        return False
    return far.counting or (near.type, near.collation) == (far.type, far.collation)


def _is_constrained(name: str, table: LiveTable, pair: tuple[Key, Key], details: LiveDetails) -> bool:
    """Whether names, unique constraints and indexes are those that ormgen makes."""
    known, bare = details.names.get(name), name.rpartition(".")[2]
    own = {constraint_name("fk", bare, key[0], key[1].rpartition(".")[2], *key[2]) for key in pair}
    columns = tuple(table.columns)
    if table.uniques - {columns} or table.indexes.keys() - (own if details.dialect == "mysql" else set()):
        return False
    if known is None:
        return True
    if known.more or known.deferrable or not own.issuperset(known.foreign_keys.values()):
        return False
    unique, constraint = known.uniques.get(columns, (None, True))
    automatic = unique is None or unique.startswith("sqlite_autoindex_")
    return constraint and (automatic or unique == constraint_name("uid", bare, columns))
