"""Empty databases to measure on: files, and scratch databases on PostgreSQL and MariaDB servers."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncmy
import asyncpg

DEFAULT_MYSQL = "mysql://root@127.0.0.1:3306"
DEFAULT_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


class Unavailable(Exception):
    """No such server here."""


def postgres_url() -> str:
    """The server to use."""
    named = os.environ.get("ORMGEN_BENCH_POSTGRES") or os.environ.get("ORMGEN_TEST_POSTGRES")
    return named or DEFAULT_POSTGRES


@asynccontextmanager
async def sqlite_files(names: Sequence[str]) -> AsyncIterator[list[str]]:
    """A URL of a new file for each name; meanwhile the process stays on one core.

    With several it is chance whether a statement wakes another one, which takes as long as all the rest.
    """
    with tempfile.TemporaryDirectory(prefix="ormgen-bench-") as folder, one_core():
        yield [f"sqlite://{Path(folder) / name}.sqlite3" for name in names]


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps this thread, and those that it starts, on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@asynccontextmanager
async def postgres_databases(names: Sequence[str]) -> AsyncIterator[list[str]]:
    """A URL of a new database for each name, dropped in the end.

    Raises Unavailable.
    """
    server = urlsplit(postgres_url())
    try:
        admin = await asyncpg.connect(server.geturl(), timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"PostgreSQL does not answer at {server.hostname}:{server.port or 5432}: {error}") from error
    scratch = [f"ormgen_bench_{secrets.token_hex(4)}_{name}" for name in names]
    try:
        for database in scratch:
            await admin.execute(f'CREATE DATABASE "{database}"')
            await admin.execute(f'ALTER DATABASE "{database}" SET synchronous_commit = off')  # disks differ too much
        yield [urlunsplit(server._replace(path=f"/{database}")) for database in scratch]
    finally:
        for database in scratch:
            await admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        await admin.close()


@asynccontextmanager
async def mysql_databases(names: Sequence[str]) -> AsyncIterator[list[str]]:
    """A URL of a new database for each name on MariaDB or MySQL, dropped in the end.

    Raises Unavailable.
    """
    named = os.environ.get("ORMGEN_BENCH_MYSQL") or os.environ.get("ORMGEN_TEST_MYSQL")
    server = urlsplit(named or DEFAULT_MYSQL)
    login: dict[str, Any] = {"user": server.username or "root", "password": server.password or ""}
    try:
        admin = await asyncmy.connect(host=server.hostname, port=server.port or 3306, **login)
    except (OSError, asyncmy.errors.MySQLError) as error:
        raise Unavailable(f"MariaDB does not answer at {server.hostname}:{server.port or 3306}: {error}") from error
    scratch = [f"ormgen_bench_{secrets.token_hex(4)}_{name}" for name in names]
    async with admin.cursor() as cursor:
        try:
            for database in scratch:
                await cursor.execute(f"CREATE DATABASE `{database}`")
            yield [urlunsplit(server._replace(path=f"/{database}")) for database in scratch]
        finally:
            for database in scratch:
                await cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
    await admin.ensure_closed()
