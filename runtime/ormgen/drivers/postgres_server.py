"""What speaks PostgreSQL's protocol at the other end: which product, what it can do, whether a pooler is between."""

from __future__ import annotations

import re
from typing import Any, Final

import asyncpg

from ormgen.exceptions import DBConnectionError
from ormgen.records import dataclass, replace

PRODUCTS: Final = {"cockroachdb": "CockroachDB", "yugabytedb": "-YB-", "redshift": "Redshift"}
PROBE: Final = """SELECT version(), pg_backend_pid(),
has_function_privilege('pg_advisory_xact_lock(bigint)', 'execute')
AND has_function_privilege('pg_try_advisory_xact_lock(bigint)', 'execute'),
EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What was found when the first connection was opened.

    `pooled`: a pooler such as PgBouncer answers in the place of the server. `serial_is_int4`: generated keys count up
    from 1, on CockroachDB they are 64-bit numbers without order.
    """

    product: str = "postgresql"
    version: str = ""
    pooled: bool = False
    transactional_ddl: bool = True
    advisory_locks: bool = True
    deferrable: bool = True
    serial_is_int4: bool = True
    skip_locked: bool = True
    savepoints: bool = True


UNKNOWN: Final = ServerFacts(
    product="unknown", transactional_ddl=False, advisory_locks=False, deferrable=False, skip_locked=False
)
# CockroachDB has the functions of advisory locks, and they do nothing
FACTS: Final = {
    "postgresql": ServerFacts(),
    "citus": ServerFacts(product="citus"),
    "cockroachdb": ServerFacts(
        product="cockroachdb", transactional_ddl=False, advisory_locks=False, deferrable=False, serial_is_int4=False
    ),
    "yugabytedb": ServerFacts(product="yugabytedb", transactional_ddl=False, advisory_locks=False),
    "redshift": replace(UNKNOWN, product="redshift", serial_is_int4=False, savepoints=False),
}


async def probe(connection: Any) -> ServerFacts:
    """Ask a new connection; what it does not understand is taken for what a distributed engine cannot do."""
    session, locks, citus = None, False, False
    try:
        async with connection.transaction():
            text, session, locks, citus = await connection.fetchrow(PROBE)
    except asyncpg.PostgresConnectionError as error:
        if "statement pooling" in str(error):
            raise DBConnectionError(
                f"{error}; PgBouncer has to be set to pool_mode = transaction, or session"
            ) from error
        raise
    except asyncpg.PostgresError:
        text = await _version(connection)
    if text is None:
        return UNKNOWN
    product = next((name for name, mark in PRODUCTS.items() if mark in text), "citus" if citus else "postgresql")
    facts, version = FACTS[product], re.search(r"\d+(\.\d+)*", text)
    # CockroachDB gives numbers to its sessions that are not those it greets with
    pooled = session is not None and product != "cockroachdb" and session != connection.get_server_pid()
    return replace(
        facts, version=version[0] if version else "", pooled=pooled, advisory_locks=facts.advisory_locks and bool(locks)
    )


async def _version(connection: Any) -> str | None:
    try:
        text: str = await connection.fetchval("SELECT version()")
    except asyncpg.PostgresError:
        return None
    return text
