"""What a catalog says beyond columns: words of enum types, checks, and indexes that are more than lists of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ormgen.records import dataclass, field, replace
from ormgen.sql.introspect import Ask, is_mariadb
from ormgen.sql.introspect_beyond import live_beyond
from ormgen.sql.introspect_mysql import expression_text
from ormgen.sql.introspect_names import LiveNames, live_names
from ormgen.sql.introspect_sqlite import sqlite_collations
from ormgen.sql.statement_parts import closing, parts, unquoted


@dataclass(frozen=True)
class LiveDetails:
    """`labels` are the words of each enum type, `special` the statements of indexes of expressions, of some of the
    rows, in descending order or of other kinds, by name; those of MariaDB and MySQL are lines, by table and name.
    `checks` is what each table asks of its rows, by name.

    `json` are the tables and columns that MariaDB keeps as text which is JSON, `collations`
    how columns compare text where that is not what ormgen's tables do by themselves; `names` are those of constraints,
    `exclusions` what else than checks each table asks of its rows, by name, `beyond` is what no model can say.
    """

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    json: frozenset[tuple[str, str]] = frozenset()
    collations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    dialect: str = ""
    names: Mapping[str, LiveNames] = field(default_factory=dict)
    exclusions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    beyond: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_LABELS: Final = """
SELECT format_type(t.oid, NULL), ARRAY(SELECT enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY
       e.enumsortorder) FROM pg_type t WHERE t.typtype = 'e'
"""
_POSTGRES: Final = """
SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_am a ON a.oid = i.relam JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL OR a.amname <> 'btree' OR x.indnatts > x.indnkeyatts
       OR i.reloptions IS NOT NULL OR pg_get_indexdef(x.indexrelid) LIKE '% NULLS NOT DISTINCT%'
       OR EXISTS (SELECT FROM unnest(x.indoption::int2[]) option WHERE option <> 0)
       OR EXISTS (SELECT FROM unnest(x.indclass::oid[]) class JOIN pg_opclass p ON p.oid = class
                  WHERE NOT p.opcdefault))
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
_POSTGRES_CHECKS: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, o.conname,
       pg_get_expr(o.conbin, o.conrelid)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype = 'c' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
"""
_POSTGRES_EXCLUSIONS: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, o.conname,
       pg_get_constraintdef(o.oid)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype = 'x' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
"""
_MYSQL_CHECKS: Final = """
SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c
JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA
 AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME {same_table}
WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK' ORDER BY 1, 2
"""
_IS_JSON: Final = re.compile(r"\(*json_valid\(`(?P<column>[^`]+)`\)+", re.IGNORECASE)  # what MariaDB makes of JSON
_NAME: Final = r"(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_CHECK: Final = re.compile(rf"(?:\bCONSTRAINT\s+(?P<name>{_NAME})\s+)?\bCHECK\s*\(", re.IGNORECASE)
_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_MYSQL: Final = (
    "SELECT CONCAT(TABLE_NAME, '.', INDEX_NAME), CONCAT_WS('\n', IF(MAX(NON_UNIQUE), '', 'UNIQUE '), INDEX_TYPE, "
    "TABLE_NAME, INDEX_NAME, GROUP_CONCAT(CONCAT(COALESCE(COLUMN_NAME, ''), '\n', IF(INDEX_TYPE = 'BTREE', "
    "COALESCE(SUB_PART, ''), ''), IF(COLLATION = 'D', 'D', '')) ORDER BY SEQ_IN_INDEX SEPARATOR '\n')) "
    "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY' "
    "GROUP BY TABLE_NAME, INDEX_NAME, INDEX_TYPE "
    "HAVING MAX(COLUMN_NAME IS NULL) = 0 "
    "AND (MAX(INDEX_TYPE) <> 'BTREE' OR MAX(SUB_PART) IS NOT NULL OR MAX(COLLATION) = 'D')"
)
"""Of each index its table and name, and lines: whether it is unique, its kind, table and name, then pairs of columns
and their marks: the length of a prefix, D for a descending order."""


_POSTGRES_COLLATIONS: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, a.attname, l.collname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid JOIN pg_collation l ON l.oid = a.attcollation
WHERE a.attnum > 0 AND a.attcollation <> t.typcollation AND c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_MYSQL_COLLATIONS: Final = """
SELECT TABLE_NAME, COLUMN_NAME, COLLATION_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME NOT IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')
"""


async def live_details(ask: Ask, dialect: str) -> LiveDetails:
    """The details of a database."""
    found = await _details(ask, dialect)
    excluded = _by_table(await ask(_POSTGRES_EXCLUSIONS, ())) if dialect == "postgres" else {}
    beyond = await live_beyond(ask, dialect)
    return replace(found, names=await live_names(ask, dialect), exclusions=excluded, beyond=beyond)


async def _details(ask: Ask, dialect: str) -> LiveDetails:
    if dialect == "postgres":
        labels = {name: tuple(words) for name, words in await ask(_LABELS, ())}
        indexes = {row[0]: row[1] for row in await ask(_POSTGRES, ())}
        collations = {(table, column): name for table, column, name in await ask(_POSTGRES_COLLATIONS, ())}
        return LiveDetails(
            labels, indexes, _by_table(await ask(_POSTGRES_CHECKS, ())), frozenset(), collations, dialect
        )
    if dialect == "mysql":
        mariadb = await is_mariadb(ask)
        asked = _MYSQL_CHECKS.format(same_table="AND t.TABLE_NAME = c.TABLE_NAME" if mariadb else "")
        told = [(row[0], row[1], row[2] if mariadb else expression_text(row[2])) for row in await ask(asked, ())]
        listed = [(table, name, text, _IS_JSON.fullmatch(text)) for table, name, text in told]
        json = frozenset((table, match["column"]) for table, _, _, match in listed if match)
        others = _by_table([(table, name, text) for table, name, text, match in listed if not match])
        collations = {(row[0], row[1]): row[2] for row in await ask(_MYSQL_COLLATIONS, ()) if row[:2] not in json}
        return LiveDetails({}, {row[0]: row[1] for row in await ask(_MYSQL, ())}, others, json, collations, dialect)
    special: dict[str, str] = {}
    for name, sql in await ask(_SQLITE, ()):
        rows = [row for row in await ask("SELECT * FROM pragma_index_xinfo(?)", (name,)) if row[5]]
        ordered = any(row[3] or row[4] != "BINARY" for row in rows)
        if ordered or None in [row[2] for row in rows] or " WHERE " in sql.upper().replace("\n", " "):
            special[name] = sql
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    tables = await ask(found, ())
    collations = {(name, column): each for name, sql in tables for column, each in sqlite_collations(sql)}
    checks = {name: checks for name, sql in tables if (checks := sqlite_checks(name, sql))}
    return LiveDetails({}, special, checks, frozenset(), collations, dialect)


def _by_table(rows: Iterable[Sequence[str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, name, text in rows:
        found.setdefault(table, {})[name] = text
    return found


def sqlite_checks(table: str, statement: str) -> dict[str, str]:
    """What CREATE TABLE asks of rows, by the names of the constraints, or names made for those that have none."""
    found: dict[str, str] = {}
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    for part in parts(statement[opened + 1 : end]) if end is not None else ():
        match = _CHECK.search(part)
        while match is not None:
            ended = closing(part, match.end() - 1)
            if ended is None:
                break
            name = unquoted(match["name"]) if match["name"] else f"{table}_check_{len(found) + 1}"
            found[name] = part[match.end() : ended].strip()
            match = _CHECK.search(part, ended)
    return found
