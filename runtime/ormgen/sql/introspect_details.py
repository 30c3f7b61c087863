"""What a catalog says beyond columns: the words of enum types, and indexes that are more than lists of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ormgen.records import dataclass, field
from ormgen.sql.introspect import Ask


@dataclass(frozen=True)
class LiveDetails:
    """`labels` are the words of each enum type, `special` the statements of indexes of expressions, of some of the
    rows, or of other kinds, by name."""

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special: Mapping[str, str] = field(default_factory=dict)


_LABELS: Final = """
SELECT format_type(t.oid, NULL), ARRAY(SELECT enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY
       e.enumsortorder) FROM pg_type t WHERE t.typtype = 'e'
"""
_POSTGRES: Final = """
SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_am a ON a.oid = i.relam JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL OR a.amname <> 'btree')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_MYSQL: Final = (
    "SELECT DISTINCT INDEX_NAME, CONCAT(INDEX_TYPE, ' ', INDEX_NAME) FROM information_schema.STATISTICS "
    "WHERE TABLE_SCHEMA = DATABASE() AND (INDEX_TYPE <> 'BTREE' OR SUB_PART IS NOT NULL)"
)


async def live_details(ask: Ask, dialect: str) -> LiveDetails:
    """The details of a database."""
    if dialect == "postgres":
        labels = {name: tuple(words) for name, words in await ask(_LABELS, ())}
        return LiveDetails(labels, {row[0]: row[1] for row in await ask(_POSTGRES, ())})
    if dialect == "mysql":
        return LiveDetails({}, {row[0]: row[1] for row in await ask(_MYSQL, ())})
    special: dict[str, str] = {}
    for name, sql in await ask(_SQLITE, ()):
        columns = [row[2] for row in await ask("SELECT * FROM pragma_index_info(?)", (name,))]
        if None in columns or " WHERE " in sql.upper().replace("\n", " "):
            special[name] = sql
    return LiveDetails({}, special)
