"""Engines that speak PostgreSQL's protocol, as PostgreSQL itself with what they lack taken away.

A role finds functions and catalogues of ours before the server's own: the version that each engine tells, advisory
locks that do nothing or fail, one schema change in a transaction, 64-bit keys without order, failures at COMMIT.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

VERSIONS = {
    "cockroachdb": "CockroachDB CCL v26.3.1 (x86_64-pc-linux-gnu, built 2026/09/01)",
    "yugabytedb": "PostgreSQL 15.12-YB-2025.2.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang",
    "citus": "PostgreSQL 16.4 (Debian 16.4-1) on x86_64-pc-linux-gnu, compiled by gcc",
    "redshift": "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.12103",
}
LOCKS = ("pg_advisory_xact_lock", "pg_try_advisory_xact_lock")
EVERYWHERE = """
CREATE SCHEMA emulated;
CREATE FUNCTION emulated.version() RETURNS text LANGUAGE sql AS $$ SELECT '{version}' $$;
CREATE SEQUENCE emulated.attempts;
CREATE FUNCTION emulated.restart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('emulated.attempts') <= TG_ARGV[0]::int THEN
        RAISE EXCEPTION 'restart transaction: RETRY_SERIALIZABLE' USING ERRCODE = '40001';
    END IF;
    RETURN NULL;
END $$;
"""
NO_DDL = """
CREATE FUNCTION emulated.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF session_user = '{role}' AND pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'unimplemented: schema change after another change in one transaction' USING ERRCODE = '0A000';
    END IF;
END $$;
CREATE EVENT TRIGGER {role} ON ddl_command_start EXECUTE FUNCTION emulated.refuse();
"""
NO_LOCKS = """
CREATE FUNCTION emulated.{name}(bigint) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'advisory locks are not yet implemented' USING ERRCODE = '0A000';
END $$;
"""
LOCKS_OF_NO_USE = "CREATE FUNCTION emulated.{name}(bigint) RETURNS bool LANGUAGE sql AS 'SELECT true';"
ROW_IDS = """
CREATE SEQUENCE emulated.rows;
CREATE FUNCTION emulated.unique_rowid() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (1 + floor(random() * 8))::bigint * 1000000000000000000 + nextval('emulated.rows')
$$;
"""
CITUS = "CREATE VIEW emulated.pg_extension AS SELECT 'citus'::name AS extname;"
SERIALIZABLE = "ALTER ROLE {role} SET default_transaction_isolation = 'serializable';"
PARTS = {
    "cockroachdb": (NO_DDL, ROW_IDS, SERIALIZABLE, *(LOCKS_OF_NO_USE.replace("{name}", name) for name in LOCKS)),
    "yugabytedb": (NO_DDL, *(NO_LOCKS.replace("{name}", name) for name in LOCKS)),
    "citus": (CITUS,),
    "redshift": (NO_DDL,),
}


@asynccontextmanager
async def emulated(postgres_url: str, product: str) -> AsyncIterator[str]:
    """The URL of an empty database that looks like one of `product`."""
    owner = await asyncpg.connect(postgres_url)
    parts = urlsplit(postgres_url)
    role = f"{parts.path[1:]}_{product}"
    words = {"role": role, "version": VERSIONS[product]}
    script = f"CREATE ROLE {role} LOGIN;" + EVERYWHERE
    script += "".join(PARTS[product])
    for name, value in words.items():
        script = script.replace(f"{{{name}}}", value)
    await owner.execute(script)
    await owner.execute(f"""
        GRANT ALL ON SCHEMA public, emulated TO {role};
        GRANT ALL ON ALL SEQUENCES IN SCHEMA emulated TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA emulated TO {role};
        ALTER ROLE {role} SET search_path = public, emulated, pg_catalog;
    """)
    try:
        yield parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()
    finally:
        await owner.execute(f"DROP EVENT TRIGGER IF EXISTS {role}")
        await owner.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
        await owner.close()
