"""What PostgreSQL does outside of transactions, above all indexes that are built while everybody goes on writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ormgen.drivers.driver import Session

# What PostgreSQL refuses inside of a transaction.
OUTSIDE: Final = re.compile(
    r"\s*(?:(?:CREATE|DROP|REINDEX)\b[^;]*?\bCONCURRENTLY\b|REFRESH\s+MATERIALIZED\s+VIEW\s+CONCURRENTLY\b|VACUUM\b"
    r"|ALTER\s+SYSTEM\b|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)\b|ALTER\s+TABLE\b[^;]*\bDETACH\s+PARTITION\b[^;]*"
    r"\bCONCURRENTLY\b)",
    re.IGNORECASE,
)
_NAME: Final = r'((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)'
_CREATED: Final = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s+ON\s+(?:ONLY\s+)?{_NAME}",
    re.IGNORECASE,
)
_DROPPED: Final = re.compile(rf"\s*DROP\s+INDEX\s+CONCURRENTLY\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_STATE: Final = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)"


def spelled(sql: str) -> Iterator[str]:
    """A statement about an index or unique constraint as PostgreSQL carries it out while others write."""
    unique = re.fullmatch(rf"(ALTER TABLE .+) ADD CONSTRAINT {_NAME} UNIQUE (\(.+\))", sql, re.DOTALL)
    if unique is not None:
        alter, name, columns = unique.group(1, 2, 3)
        yield f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {alter.removeprefix('ALTER TABLE ')} {columns}"
        yield f"{alter} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
    else:
        yield re.sub(r"^(CREATE (?:UNIQUE )?INDEX|DROP INDEX) ", r"\1 CONCURRENTLY ", sql)


async def needed(session: Session, sql: str, again: bool) -> bool:
    """Whether a statement outside of a transaction has to be run; an index that was left half built goes first.

    `again` says that it may have been carried out before.
    """
    created, dropped = _CREATED.match(sql), _DROPPED.match(sql)
    if created is not None:
        name = _beside(created[1], created[2])
        found = await session.fetch(_STATE, (name,))
        if found and not found[0][0]:
            await session.script(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        return not (found and found[0][0] and again)
    if dropped is not None and again:
        return bool(await session.fetch(_STATE, (dropped[1],)))
    return True


def _beside(name: str, table: str) -> str:
    """The name of an index with the schema of its table."""
    schema = re.fullmatch(r'("(?:[^"]|"")+"|[\w$]+)\..+', table, re.DOTALL)
    return name if schema is None else f"{schema[1]}.{name}"
