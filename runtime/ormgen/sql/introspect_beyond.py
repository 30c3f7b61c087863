"""What tables have that no model can say: questions for each database, answered in words."""

from __future__ import annotations

import re
from typing import Final

from ormgen.sql.introspect import Ask
from ormgen.sql.introspect_sqlite import unkept_by_models

_NAME: Final = "CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END"
_OURS: Final = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'p')"
_OF_TABLE: Final = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_POSTGRES: Final = (
    f"""SELECT {_NAME}, CASE WHEN c.relkind = 'p' THEN 'it is split into partitions'
        WHEN c.relispartition THEN 'it is a partition of another table'
        WHEN c.relpersistence = 'u' THEN 'it is unlogged' ELSE 'it has row security' END FROM {_OF_TABLE}
        WHERE {_OURS} AND (c.relkind = 'p' OR c.relispartition OR c.relpersistence = 'u' OR c.relrowsecurity)""",
    f"""SELECT {_NAME}, 'it inherits from ' || i.inhparent::regclass FROM {_OF_TABLE}
        JOIN pg_inherits i ON i.inhrelid = c.oid WHERE {_OURS} AND NOT c.relispartition""",
    f"""SELECT {_NAME}, 'its settings are ' || array_to_string(c.reloptions, ', ') FROM {_OF_TABLE}
        WHERE {_OURS} AND c.reloptions IS NOT NULL""",
    f"""SELECT {_NAME}, 'trigger ' || t.tgname FROM {_OF_TABLE} JOIN pg_trigger t ON t.tgrelid = c.oid
        WHERE {_OURS} AND NOT t.tgisinternal""",
    f"""SELECT {_NAME}, 'rule ' || r.rulename FROM {_OF_TABLE} JOIN pg_rewrite r ON r.ev_class = c.oid WHERE {_OURS}""",
    f"""SELECT {_NAME}, 'constraint ' || o.conname || CASE WHEN NOT o.convalidated THEN ' is NOT VALID'
        WHEN o.confmatchtype = 'f' THEN ' says MATCH FULL' ELSE ' is NO INHERIT' END
        FROM {_OF_TABLE} JOIN pg_constraint o ON o.conrelid = c.oid WHERE {_OURS}
        AND (NOT o.convalidated OR o.confmatchtype = 'f' OR (o.contype = 'c' AND o.connoinherit))""",
    f"""SELECT {_NAME}, 'constraint ' || o.conname || ' can be deferred' FROM {_OF_TABLE}
        JOIN pg_constraint o ON o.conrelid = c.oid WHERE {_OURS} AND o.contype IN ('p', 'x') AND o.condeferrable""",
    f"""SELECT {_NAME}, 'column ' || a.attname || ' counts by a sequence (' || pg_get_expr(d.adbin, d.adrelid) || '), '
        || CASE WHEN k.conrelid IS NULL THEN 'which models do not' ELSE 'as an identity column in models' END
        FROM {_OF_TABLE} JOIN pg_attribute a ON a.attrelid = c.oid
        JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum AND a.attgenerated = ''
        LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' AND k.conkey = ARRAY[a.attnum]
        WHERE {_OURS} AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%%' AND NOT a.attisdropped""",
    f"""SELECT {_NAME}, 'column ' || a.attname || CASE WHEN a.attidentity = 'a' THEN ' is GENERATED ALWAYS AS IDENTITY'
        ELSE ' counts by a sequence with settings of its own' END
        FROM {_OF_TABLE} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
        LEFT JOIN pg_depend p ON p.refobjid = c.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i'
        LEFT JOIN pg_sequence s ON s.seqrelid = p.objid
        WHERE {_OURS} AND (a.attidentity = 'a' OR s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqcycle)""",
    f"""SELECT {_NAME}, 'column ' || a.attname || ' needs the type ' || format_type(t.oid, NULL) ||
        ' to be there' FROM {_OF_TABLE} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        JOIN pg_type t ON t.oid = a.atttypid WHERE {_OURS} AND t.typtype IN ('d', 'c') AND NOT a.attisdropped""",
    f"""SELECT {_NAME}, 'comment on constraint ' || o.conname FROM {_OF_TABLE}
        JOIN pg_constraint o ON o.conrelid = c.oid JOIN pg_description d ON d.objoid = o.oid
        AND d.classoid = 'pg_constraint'::regclass WHERE {_OURS}""",
    f"""SELECT {_NAME}, 'comment on index ' || i.relname FROM {_OF_TABLE} JOIN pg_index x ON x.indrelid = c.oid
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_description d ON d.objoid = i.oid
        AND d.classoid = 'pg_class'::regclass WHERE {_OURS}""",
)
_HERE: Final = "TABLE_SCHEMA = DATABASE()"
_KINDS: Final = "TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"
_MYSQL: Final = (
    f"""SELECT TABLE_NAME, 'SYSTEM VERSIONING, which keeps earlier rows' FROM information_schema.TABLES
        WHERE {_HERE} AND TABLE_TYPE = 'SYSTEM VERSIONED'""",
    f"""SELECT TABLE_NAME, CONCAT('its engine is ', ENGINE) FROM information_schema.TABLES
        WHERE {_HERE} AND {_KINDS} AND ENGINE <> 'InnoDB'""",
    f"""SELECT TABLE_NAME, CONCAT('its collation is ', TABLE_COLLATION, ', also for columns that come later')
        FROM information_schema.TABLES WHERE {_HERE} AND {_KINDS}
        AND TABLE_COLLATION NOT IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')""",
    f"""SELECT TABLE_NAME, CONCAT('its options are ', CREATE_OPTIONS) FROM information_schema.TABLES
        WHERE {_HERE} AND {_KINDS} AND CREATE_OPTIONS <> ''""",
    """SELECT EVENT_OBJECT_TABLE, CONCAT('trigger ', TRIGGER_NAME) FROM information_schema.TRIGGERS
        WHERE TRIGGER_SCHEMA = DATABASE()""",
    f"""SELECT TABLE_NAME, CONCAT('column ', COLUMN_NAME, ' is INVISIBLE') FROM information_schema.COLUMNS
        WHERE {_HERE} AND EXTRA LIKE '%%INVISIBLE%%'""",
    f"""SELECT TABLE_NAME, CONCAT('column ', COLUMN_NAME, ' counts up without being the primary key')
        FROM information_schema.COLUMNS c WHERE {_HERE} AND EXTRA LIKE '%%auto_increment%%' AND (COLUMN_KEY <> 'PRI'
        OR (SELECT COUNT(*) FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = c.TABLE_SCHEMA
            AND s.TABLE_NAME = c.TABLE_NAME AND s.INDEX_NAME = 'PRIMARY') > 1)""",
    f"""SELECT TABLE_NAME, CONCAT('the primary key holds a part of ', COLUMN_NAME, ', or in descending order')
        FROM information_schema.STATISTICS WHERE {_HERE} AND INDEX_NAME = 'PRIMARY'
        AND (SUB_PART IS NOT NULL OR COLLATION = 'D')""",
    f"""SELECT DISTINCT TABLE_NAME, CONCAT('index ', INDEX_NAME, ' is of expressions')
        FROM information_schema.STATISTICS WHERE {_HERE} AND COLUMN_NAME IS NULL""",
    f"""SELECT DISTINCT TABLE_NAME, CONCAT('comment on index ', INDEX_NAME) FROM information_schema.STATISTICS
        WHERE {_HERE} AND INDEX_COMMENT <> ''""",
)
_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_TRIGGERS: Final = "SELECT tbl_name, 'trigger ' || name FROM sqlite_master WHERE type = 'trigger'"


async def live_beyond(ask: Ask, dialect: str) -> dict[str, tuple[str, ...]]:
    """What each table has that no model can say, by its name as `live_tables` gives it."""
    found: dict[str, list[str]] = {}
    if dialect == "sqlite":
        for name, sql in await ask(_SQLITE, ()):
            found.setdefault(name, []).extend(unkept_by_models(sql))
    asked = {"sqlite": (_TRIGGERS,), "postgres": _POSTGRES, "mysql": _MYSQL}[dialect]
    for question in asked:
        for name, fact in await ask(f"{question} ORDER BY 1, 2", ()):
            found.setdefault(name, []).append(re.sub(r"\s+", " ", fact))
    return {name: tuple(dict.fromkeys(facts)) for name, facts in found.items() if facts}
