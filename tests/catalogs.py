"""What the catalog of a database says of its tables, by questions of the tests' own: all that one database has."""

import re
from collections.abc import Sequence
from typing import Any

from graphs import graph
from migrating import Project
from ormgen.schema.model_schema import ModelSchema
from ormgen.sql.ddl import create_statements

HIDDEN = ("ormgen_migrations", "ormgen_migrations_lock")

_POSTGRES = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text, l.collname,
               col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT c.relname, o.conname, o.contype::text, pg_get_constraintdef(o.oid), o.condeferrable, o.condeferred
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND o.contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "tables": """
        SELECT c.relname, obj_description(c.oid, 'pg_class'), c.relpersistence::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'""",
    "enums": """
        SELECT '', t.typname, e.enumlabel::text, e.enumsortorder::text FROM pg_enum e
        JOIN pg_type t ON t.oid = e.enumtypid""",
}
_HERE = "TABLE_SCHEMA = DATABASE()"
_MYSQL = {
    "columns": f"""
        SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME, COLUMN_COMMENT,
               COLUMN_KEY, GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE {_HERE}""",
    "indexes": f"""
        SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE
        FROM information_schema.STATISTICS WHERE {_HERE}""",
    "keys": f"""
        SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, ORDINAL_POSITION, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
        FROM information_schema.KEY_COLUMN_USAGE WHERE {_HERE}""",
    "constraints": f"""
        SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE {_HERE}""",
    "rules": """
        SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE, UNIQUE_CONSTRAINT_NAME
        FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()""",
    "checks": """
        SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c
        JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
        WHERE c.CONSTRAINT_SCHEMA = DATABASE()""",
    "tables": f"SELECT TABLE_NAME, TABLE_COMMENT, ENGINE FROM information_schema.TABLES WHERE {_HERE}",
}


async def catalog(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that a catalog has, by what they are about; tables of migrations are left out."""
    if project.dialect == "sqlite":
        return await _sqlite(project)
    asked = _POSTGRES if project.dialect == "postgres" else _MYSQL
    async with project.driver() as driver:
        found = {kind: [tuple(row) for row in await driver.fetch(sql, ())] for kind, sql in asked.items()}
    return {kind: sorted((row for row in rows if row[0] not in HIDDEN), key=str) for kind, rows in found.items()}


async def _sqlite(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {"columns": [], "indexes": [], "keys": [], "names": [], "deferred": []}
    for table, sql in await project.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        if table in HIDDEN or table.startswith("sqlite_"):
            continue
        plain = re.sub(r"/\*.*?\*/", "", sql, flags=re.DOTALL)
        found["columns"] += [(table, *row[1:]) for row in await project.rows(f"PRAGMA table_xinfo('{table}')")]
        found["keys"] += [(table, *row[2:]) for row in await project.rows(f"PRAGMA foreign_key_list('{table}')")]
        found["names"] += [(table, name) for name in re.findall(r'(?i)CONSTRAINT\s+"?([^"\s]+)"?', plain)]
        found["deferred"] += [
            (table, *words) for words in re.findall(r"(?i)(DEFERRABLE)\s+INITIALLY\s+(DEFERRED|IMMEDIATE)", plain)
        ]
        for _, index, unique, origin, partial in await project.rows(f"PRAGMA index_list('{table}')"):
            inside = [row[2:] for row in await project.rows(f"PRAGMA index_xinfo('{index}')") if row[5]]
            called = "" if index.startswith("sqlite_autoindex_") else index
            found["indexes"].append((table, called, unique, origin, partial, *inside))
    return {kind: sorted(rows, key=str) for kind, rows in found.items()}


async def remake(project: Project, statements: list[str]) -> None:
    """Take all tables away, and run statements."""
    names = list(await project.tables())
    if project.dialect == "postgres":
        await project.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    else:
        off, on = (
            ("SET FOREIGN_KEY_CHECKS=0", "SET FOREIGN_KEY_CHECKS=1")
            if project.dialect == "mysql"
            else ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        )
        await project.run("; ".join([off, *(f'DROP TABLE "{name}"' for name in names), on]))
    async with project.driver() as driver:
        for statement in statements:
            await driver.script(statement)


async def back_and_anew(
    project: Project, stages: Sequence[Sequence[ModelSchema]], seen: Sequence[dict[str, list[tuple[Any, ...]]]]
) -> None:
    """Undo the migrations of all stages, then make each at once: the catalogs are those that were seen on the way."""
    for before in reversed(seen[:-1]):
        await project.downgrade()
        assert await catalog(project) == before
    for models, found in zip(stages, seen, strict=True):
        await remake(project, create_statements(graph(*models), project.dialect))
        assert await catalog(project) == found
