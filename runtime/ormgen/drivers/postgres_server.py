"""What speaks PostgreSQL's protocol at the other end: which product, what it can do, whether a pooler is between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from ormgen.exceptions import DBConnectionError

PRODUCTS: Final = {"cockroachdb": "CockroachDB", "yugabytedb": "-YB-", "redshift": "Redshift"}
PROBE: Final = """SELECT pg_backend_pid(), version(),
has_function_privilege('pg_advisory_xact_lock(bigint)', 'execute'),
EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What was found when the first connection was opened.

    `pooled`: a pooler such as PgBouncer answers in the place of the server. `serial_is_int4`: SERIAL is a 32-bit
    column that counts from 1, on CockroachDB it is not.
    """

    product: str = "postgresql"
    version: str = ""
    pooled: bool = False
    transactional_ddl: bool = True
    advisory_locks: bool = True
    deferrable: bool = True
    serial_is_int4: bool = True


async def probe(connection: Any) -> ServerFacts:
    """Ask a new connection; what it does not understand is taken for what a distributed engine cannot do."""
    try:
        async with connection.transaction():
            session, text, locks, citus = await connection.fetchrow(PROBE)
    except asyncpg.PostgresConnectionError as error:
        if "statement pooling" in str(error):
            raise DBConnectionError(
                f"{error}; PgBouncer has to be set to pool_mode = transaction, or session"
            ) from error
        raise
    except asyncpg.PostgresError:
        return ServerFacts(product="unknown", transactional_ddl=False, advisory_locks=False, deferrable=False)
    product = next((name for name, mark in PRODUCTS.items() if mark in text), "citus" if citus else "postgresql")
    distributed = product in PRODUCTS
    version = re.search(r"\d+(\.\d+)*", text)
    return ServerFacts(
        product,
        version[0] if version else "",
        pooled=session != connection.get_server_pid(),
        transactional_ddl=not distributed,
        advisory_locks=bool(locks) and not distributed,
        deferrable=product in ("postgresql", "citus", "yugabytedb"),
        serial_is_int4=product not in ("cockroachdb", "redshift"),
    )
