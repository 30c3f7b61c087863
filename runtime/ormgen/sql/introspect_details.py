"""What a catalog says beyond columns: words of enum types, checks, and indexes that are more than lists of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ormgen.records import dataclass, field, replace
from ormgen.sql.introspect import Ask
from ormgen.sql.introspect_names import LiveNames, live_names
from ormgen.sql.statement_parts import closing, parts, unquoted


@dataclass(frozen=True)
class LiveDetails:
    """`labels` are the words of each enum type, `special` the statements of indexes of expressions, of some of the
    rows, in descending order or of other kinds, by name; those of MariaDB and MySQL are lines, by table and name.
    `checks` is what each table asks of its rows, by name.

    `json` are the tables and columns that MariaDB keeps as text which is JSON, `collations`
    how columns compare text where that is not what ormgen's tables do by themselves; `names` are those of constraints,
    `rules` what else than ON DELETE stands behind a foreign key, by its table and columns.
    """

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    json: frozenset[tuple[str, str]] = frozenset()
    collations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    dialect: str = ""
    names: Mapping[str, LiveNames] = field(default_factory=dict)
    rules: Mapping[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)


_LABELS: Final = """
SELECT format_type(t.oid, NULL), ARRAY(SELECT enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY
       e.enumsortorder) FROM pg_type t WHERE t.typtype = 'e'
"""
_POSTGRES: Final = """
SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_am a ON a.oid = i.relam JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL OR a.amname <> 'btree'
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
    "HAVING INDEX_TYPE <> 'BTREE' OR MAX(SUB_PART) IS NOT NULL OR MAX(COLLATION) = 'D'"
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


_POSTGRES_RULES: Final = """
SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
       ARRAY(SELECT attname::text FROM unnest(o.conkey) WITH ORDINALITY k(num, at)
             JOIN pg_attribute ON attrelid = o.conrelid AND attnum = k.num ORDER BY k.at),
       concat_ws(' ', CASE o.confupdtype WHEN 'c' THEN 'ON UPDATE CASCADE' WHEN 'n' THEN 'ON UPDATE SET NULL'
                 WHEN 'd' THEN 'ON UPDATE SET DEFAULT' WHEN 'r' THEN 'ON UPDATE RESTRICT' END,
                 CASE WHEN o.condeferrable THEN 'DEFERRABLE' END, CASE WHEN o.condeferred THEN 'INITIALLY DEFERRED' END)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype = 'f' AND (o.confupdtype <> 'a' OR o.condeferrable)
"""
_MYSQL_RULES: Final = """
SELECT k.TABLE_NAME, GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR '\n'),
       CONCAT('ON UPDATE ', MAX(r.UPDATE_RULE))
FROM information_schema.REFERENTIAL_CONSTRAINTS r JOIN information_schema.KEY_COLUMN_USAGE k
  ON k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME AND k.TABLE_NAME = r.TABLE_NAME
WHERE r.CONSTRAINT_SCHEMA = DATABASE() AND r.UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION')
GROUP BY k.TABLE_NAME, k.CONSTRAINT_NAME
"""
_SQLITE_RULES: Final = """
SELECT m.name, group_concat(k."from", char(10)), 'ON UPDATE ' || max(k.on_update)
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' AND k.on_update <> 'NO ACTION'
GROUP BY m.name, k.id
"""


async def live_details(ask: Ask, dialect: str) -> LiveDetails:
    """The details of a database."""
    found = await _details(ask, dialect)
    asked = {"postgres": _POSTGRES_RULES, "mysql": _MYSQL_RULES, "sqlite": _SQLITE_RULES}[dialect]
    listed = [
        (row[0], row[1].split("\n") if isinstance(row[1], str) else row[1], row[2]) for row in await ask(asked, ())
    ]
    rules = {(table, tuple(columns)): rule for table, columns, rule in listed}
    return replace(found, names=await live_names(ask, dialect), rules=rules)


async def _details(ask: Ask, dialect: str) -> LiveDetails:
    if dialect == "postgres":
        labels = {name: tuple(words) for name, words in await ask(_LABELS, ())}
        indexes = {row[0]: row[1] for row in await ask(_POSTGRES, ())}
        collations = {(table, column): name for table, column, name in await ask(_POSTGRES_COLLATIONS, ())}
        return LiveDetails(
            labels, indexes, _by_table(await ask(_POSTGRES_CHECKS, ())), frozenset(), collations, dialect
        )
    if dialect == "mysql":
        mariadb = "mariadb" in str((await ask("SELECT VERSION()", ()))[0][0]).lower()
        asked = _MYSQL_CHECKS.format(same_table="AND t.TABLE_NAME = c.TABLE_NAME" if mariadb else "")
        listed = [(table, name, text, _IS_JSON.fullmatch(text)) for table, name, text in await ask(asked, ())]
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


_COLLATED: Final = re.compile(rf"\s*(?P<column>{_NAME})(?P<rest>.*)", re.DOTALL)
_COLLATE: Final = re.compile(rf"\bCOLLATE\s+(?P<name>{_NAME})", re.IGNORECASE)
_INSIDE: Final = re.compile(r"\([^()]*\)|'(?:[^']|'')*'|/\*.*?\*/", re.DOTALL)


def sqlite_collations(statement: str) -> Iterator[tuple[str, str]]:
    """The columns that CREATE TABLE gives a collation, and its name."""
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    for part in parts(statement[opened + 1 : end]) if end is not None else ():
        while (shorter := _INSIDE.sub(" ", part)) != part:
            part = shorter
        match = _COLLATED.match(part)
        found = _COLLATE.search(match["rest"]) if match is not None else None
        if match is not None and found is not None:
            yield unquoted(match["column"]), unquoted(found["name"])
