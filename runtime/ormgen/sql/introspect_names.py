"""What constraints of a database are called, and how its tables compare text: what renaming them has to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ormgen.records import dataclass, field
from ormgen.sql.introspect import Ask
from ormgen.sql.introspect_sqlite import sqlite_constraints

Columns = tuple[str, ...]


@dataclass
class LiveNames:
    """The names of one table's constraints, by their columns.

    `uniques` holds with each name whether it is a constraint of the table, not an index beside it; `more` are further
    ones over the same columns, `deferrable` the rules of those that can be deferred, by name. `definition` is the
    statement that made an SQLite table.
    """

    uniques: dict[Columns, tuple[str, bool]] = field(default_factory=dict)
    foreign_keys: dict[Columns, str] = field(default_factory=dict)
    collation: str | None = None
    definition: str = ""
    more: list[tuple[Columns, str, bool]] = field(default_factory=list)
    deferrable: dict[str, str] = field(default_factory=dict)
    primary_key: str | None = None

    def add_unique(self, columns: Columns, name: str, constraint: bool) -> None:
        """One more unique constraint or index."""
        if columns in self.uniques:
            self.more.append((columns, name, constraint))
        else:
            self.uniques[columns] = (name, constraint)


async def live_names(ask: Ask, dialect: str) -> dict[str, LiveNames]:
    """The names in every table of a database, by the table's name as `live_tables` gives it."""
    return await {"sqlite": _sqlite, "postgres": _postgres, "mysql": _mysql}[dialect](ask)


async def _sqlite(ask: Ask) -> dict[str, LiveNames]:
    found: dict[str, LiveNames] = {}
    for name, sql in await ask("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL", ()):
        names = found[name] = LiveNames(definition=sql)
        declared = sqlite_constraints(sql)
        names.primary_key = next((each.name for each in declared if each.kind == "PRIMARY"), None)
        called = {each.columns: each.name or "" for each in declared if each.kind == "UNIQUE"}
        names.foreign_keys |= {each.columns: each.name for each in declared if each.kind == "REFERENCES" and each.name}
        for row in await ask("SELECT * FROM pragma_index_list(?)", (name,)):
            if row[2] and row[3] != "pk":
                columns = tuple(each[2] for each in await ask("SELECT * FROM pragma_index_info(?)", (row[1],)))
                inside = row[3] == "u"
                partial = bool(row[4]) or not all(columns)
                if not partial:
                    names.add_unique(columns, called.get(columns) or row[1] if inside else row[1], inside)
    return found


_POSTGRES_NAMES: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, o.conname, o.contype::text,
       ARRAY(SELECT attname::text FROM unnest(o.conkey) WITH ORDINALITY k(num, at)
             JOIN pg_attribute ON attrelid = o.conrelid AND attnum = k.num ORDER BY k.at),
       CASE WHEN o.condeferrable THEN CASE WHEN o.condeferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END ELSE '' END
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype IN ('u', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_POSTGRES_INDEXES: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, i.relname, 'i',
       ARRAY(SELECT COALESCE(attname::text, '') FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(num, at)
             LEFT JOIN pg_attribute ON attrelid = x.indrelid AND attnum = k.num ORDER BY k.at), ''
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = x.indexrelid AND o.contype IN ('p', 'u'))
"""


async def _postgres(ask: Ask) -> dict[str, LiveNames]:
    found: dict[str, LiveNames] = {}
    rows = (*await ask(_POSTGRES_NAMES, ()), *await ask(_POSTGRES_INDEXES, ()))
    for table, name, kind, columns, deferrable in rows:
        names = found.setdefault(table, LiveNames())
        if kind == "p":
            names.primary_key = name
        elif kind == "f":
            names.foreign_keys[tuple(columns)] = name
        else:
            names.add_unique(tuple(columns), name, kind == "u")
            names.deferrable |= {name: deferrable} if deferrable else {}
    return found


async def _mysql(ask: Ask) -> dict[str, LiveNames]:
    found: dict[str, LiveNames] = {}
    here = "TABLE_SCHEMA = DATABASE()"
    for table, collation in await ask(
        f"SELECT TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES WHERE {here}", ()
    ):
        found[table] = LiveNames(collation=collation)
    uniques: dict[tuple[str, str], list[str]] = {}
    keys: dict[tuple[str, str], list[str]] = {}
    listed = (
        f"SELECT TABLE_NAME, INDEX_NAME, COALESCE(COLUMN_NAME, '') FROM information_schema.STATISTICS s WHERE {here} "
        "AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY' ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
    )
    for table, name, column in await ask(listed, ()):
        uniques.setdefault((table, name), []).append(column)
    listed = (
        f"SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE {here} "
        "AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY ORDINAL_POSITION"
    )
    for table, name, column in await ask(listed, ()):
        keys.setdefault((table, name), []).append(column)
    _sorted_in(found, uniques, keys)
    return found


def _sorted_in(
    found: Mapping[str, LiveNames],
    uniques: Mapping[tuple[str, str], list[str]],
    keys: Mapping[tuple[str, str], list[str]],
) -> None:
    for (table, name), columns in uniques.items():
        if all(columns):  # where it is not, MySQL has expressions
            found[table].add_unique(tuple(columns), name, True)
    for (table, name), columns in keys.items():
        found[table].foreign_keys[tuple(columns)] = name
