"""SQLite through aiosqlite: one connection that writes, others that read meanwhile."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import warnings
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, NoReturn

from ormgen.drivers.cleanup import Cleanup
from ormgen.drivers.connection import ReadChunks
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.forgotten import Closable
from ormgen.drivers.options import read_isolation, read_options
from ormgen.drivers.pool import LEFT_TO_PARENT, Pool, PoolSettings
from ormgen.drivers.pooled import stream_chunks
from ormgen.drivers.python_errors import LOST
from ormgen.drivers.sqlite_connection import SqliteConnection, connector, open_connection
from ormgen.drivers.sqlite_errors import translate, translate_connecting
from ormgen.drivers.sqlite_file import OpenFile
from ormgen.drivers.sqlite_pragmas import in_memory, ordered_pragmas
from ormgen.drivers.sqlite_writer import Writer
from ormgen.drivers.statistics import PoolStatistics, Watch
from ormgen.drivers.transaction import OpenTransaction
from ormgen.exceptions import (
    BaseORMException,
    DBConnectionError,
    ORMLoopSwitchWarning,
    TransactionManagementError,
    UnSupportedError,
)

CLOSE_SECONDS = 10.0


class Home:
    """The connections of one event loop; without `readers` the writer does everything."""

    __slots__ = ("file", "loop", "pid", "reader", "readers", "writer")

    def __init__(
        self,
        path: str,
        writer: Writer,
        reader: SqliteConnection | None = None,
        readers: Pool[SqliteConnection] | None = None,
    ) -> None:
        self.loop, self.pid = get_running_loop(), os.getpid()
        self.file = OpenFile(path)
        self.writer = writer
        self.reader = reader
        self.readers = readers

    @property
    def size(self) -> int:
        """How many connections are open."""
        return 1 + (self.reader is not None) + (self.readers.size if self.readers is not None else 0)

    @property
    def most(self) -> int:
        """How many connections there may be."""
        return 1 + (self.reader is not None) + (self.readers.most if self.readers is not None else 0)

    @property
    def idle(self) -> int:
        """How many of them nobody uses."""
        writer = not self.writer.locked() and not self.writer.connection.working()
        reader = self.reader is not None and not self.reader.working()
        return writer + reader + (self.readers.idle if self.readers is not None else 0)

    def holders(self) -> tuple[str, ...]:
        """The names of the tasks that hold a connection."""
        return (*self.writer.holders(), *([] if self.readers is None else self.readers.holders()))

    def lives(self) -> bool:
        """Whether its loop runs, in some thread of this process."""
        return self.pid == os.getpid() and self.loop.is_running()

    async def close(self) -> None:
        """Waits for what is running here, then closes every connection."""
        await self.writer.close(CLOSE_SECONDS)
        if self.readers is not None:
            await self.readers.close()
        for connection in (self.reader, self.writer.connection):  # the writer last: it tidies the WAL file away
            if connection is not None:
                await connection.hang_up()

    def leave(self) -> None:
        """Lets go of everything without awaiting: the loop has ended, or this is another one."""
        if self.pid != os.getpid():
            LEFT_TO_PARENT.append(self)  # the threads did not come along
            return
        if self.readers is not None:
            self.readers.leave()
        for connection in (self.reader, self.writer.connection):
            if connection is not None:
                connection.discard()


class SqliteDriver(Closable):
    """The connections to one SQLite file, or to a database in memory.

    One connection writes, and serves transactions one after the other in the order they were asked for. In WAL mode
    others read meanwhile: one for all quick statements, up to `readers` more for slow ones, streams and read-only
    transactions. Without WAL, as in memory, one connection does everything, and what is outside a transaction waits
    until the open one ends.

    Options: `acquire_timeout` (seconds to wait for a connection), `command_timeout` (seconds that a statement may
    take), `readers`, `cached_statements`, and PRAGMAs, of which `busy_timeout` (5000), `journal_mode` (WAL) and
    `foreign_keys` (ON) are set by default. SQL can use `REGEXP` and `ormgen_lower(text)`.
    Raises ConfigurationError for an unknown option.
    """

    dialect = "sqlite"

    def __init__(self, path: str, **options: Any) -> None:
        self.path = path
        given = read_options(self.dialect, {name: value for name, value in options.items() if value is not None})
        self._timeout: float = given.get("acquire_timeout", 30.0)
        self._limit: float = given.get("command_timeout", math.inf)
        self._cached: int = given.get("cached_statements", 256)
        self._pragmas = ordered_pragmas(path, given)
        self._in_memory = in_memory(path)
        self._readers_settings = PoolSettings(
            f"readers of the SQLite database {path}", 0, given.get("readers", 4), self._timeout, math.inf
        )
        self._home: Home | None = None
        self._beside: list[Home] = []  # those of other loops that still run
        self._entering = threading.Lock()
        self._opening: asyncio.Task[Home] | None = None
        self._cleanup = Cleanup()
        self.watch = Watch()
        self.facts: Any = None
        super().__init__()

    @property
    def size(self) -> int:
        return sum(home.size for home in self._homes())

    @property
    def idle(self) -> int:
        return sum(home.idle for home in self._homes())

    def statistics(self) -> PoolStatistics:
        homes = self._homes()
        holders = tuple(name for home in homes for name in home.holders())
        most = sum(home.most for home in homes) or 1
        return self.watch.statistics(self.size, self.idle, sum(home.writer.waiting for home in homes), holders, most)

    def __repr__(self) -> str:
        return f"<SqliteDriver {self.path}>"

    async def open(self) -> None:
        await self._enter()

    async def close(self) -> None:
        if self._opening is not None and self._opening.get_loop() is get_running_loop():
            await asyncio.wait((self._opening,))
        with self._entering:
            homes, self._home, self._beside = self._homes(), None, []
        for home in homes:
            if home.loop is not get_running_loop() and self._in_memory and home.pid == os.getpid():
                home = self._moved(home)
            if home.loop is get_running_loop():
                await home.close()
            else:
                home.leave()

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        home = self._home
        if home is None or home.loop is not get_running_loop():
            home = await self._enter()
        reader = home.reader or await home.writer.wait()
        if reader.held_up() and home.readers is not None and home.readers.has_room():
            return await self._fetch_aside(home.readers, sql, parameters)
        future = reader.read(sql, parameters)
        if self.watch.told:
            self.watch.lend(future)
        try:
            return await future
        except Exception as error:
            raise translate(error) from error
        except asyncio.CancelledError:
            reader.stop_running(future)
            raise

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        home = self._home
        if home is None or home.loop is not get_running_loop():
            home = await self._enter()
        if home.file.gone():
            self._refuse_lost(home)
        writer = home.writer
        connection = await writer.wait() if writer.locked() else writer.connection
        future = connection.run_alone(sql, parameters)
        if self.watch.told:
            self.watch.lend(future)
        try:
            return await future
        except Exception as error:
            raise translate(error) from error

    async def execute_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Result]:
        home = await self._enter()
        if home.file.gone():
            self._refuse_lost(home)
        connection = await home.writer.wait()
        future = connection.run_together(statements)
        if self.watch.told:
            self.watch.lend(future)
        try:
            return await future
        except Exception as error:
            raise translate(error) from error
        except asyncio.CancelledError:
            connection.stop_running(future)  # all of it is undone then
            raise

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        connection = await (await self._enter()).writer.wait()
        try:
            await connection.run_many(sql, rows)
        except Exception as error:
            raise translate(error) from error

    async def script(self, sql: str) -> None:
        connection = await (await self._enter()).writer.wait()
        try:
            await connection.run_script(sql)
        except Exception as error:
            raise translate(error) from error

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        home = await self._enter()
        if home.readers is not None:
            async with aclosing(stream_chunks(home.readers, sql, parameters, size)) as chunked:
                async for rows in chunked:
                    yield rows
            return
        chunks = ReadChunks(await self.fetch(sql, parameters))
        while rows := await chunks.take(size):
            yield rows

    async def begin(
        self, *, isolation: str | None = None, read_only: bool = False, deferrable: bool = False
    ) -> OpenTransaction:
        read_isolation(isolation)
        if deferrable:
            raise UnSupportedError("deferrable transactions exist on PostgreSQL only, not on sqlite")
        home = await self._enter()
        if read_only and home.readers is not None:
            return await self._begin_reading(home.readers)
        if home.file.gone():
            self._refuse_lost(home)
        writer = home.writer
        connection = await writer.take()
        try:
            await connection.command("BEGIN IMMEDIATE")
        except BaseException as error:
            connection.undo()  # BEGIN may be on its way to the thread, or done
            writer.give(connection)
            translated = translate(error)
            if translated is error:
                raise
            raise translated from error
        return OpenTransaction(connection, writer)

    async def _begin_reading(self, readers: Pool[SqliteConnection]) -> OpenTransaction:
        reader = readers.take() or await readers.acquire()
        try:
            await reader.command("BEGIN")
        except BaseException as error:
            await readers.recover(reader, error)
            raise
        readers.lend(reader)
        return OpenTransaction(reader, readers)

    async def _fetch_aside(self, readers: Pool[SqliteConnection], sql: str, parameters: Sequence[Any]) -> Rows:
        """Reads on a connection of its own, because the shared one is busy with a slow statement."""
        reader = readers.take() or await readers.acquire()
        try:
            rows = await reader.read(sql, parameters)
        except BaseException as error:
            await readers.recover(reader, error)
            raise
        readers.give(reader)
        return rows

    async def _enter(self) -> Home:
        """The connections of the running loop; opens them if need be, in a task of its own that all callers share.

        Loops that run at the same time, in several threads, have connections each. A database in memory has but one,
        which moves to the loop that uses it.
        """
        home = self._home
        if home is not None and home.loop is get_running_loop():
            return home
        if (home := self._known()) is not None:
            return home
        if self._opening is None or self._opening.get_loop() is not get_running_loop():
            self._opening = self._cleanup.start(self._open_all())
        return await asyncio.shield(self._opening)

    def _known(self) -> Home | None:
        """What there is for the running loop already. What belonged to a loop that has ended is let go."""
        loop, ended = get_running_loop(), False
        with self._entering:
            homes = self._homes()
            own = next((home for home in homes if home.loop is loop), None)
            others = [home for home in homes if home is not own]
            if own is None and self._in_memory and others and others[0].pid == os.getpid():
                own, others, ended = self._moved(others[0]), [], True
            self._home, self._beside = own, [home for home in others if home.lives()]
            for home in others:
                if home not in self._beside:
                    home.leave()
                    ended = ended or home.pid == os.getpid()
        if ended:
            warnings.warn(
                f"{self!r} is used in another event loop than the one that opened it; "
                "what was open there is rolled back (close it before its loop ends)",
                ORMLoopSwitchWarning,
                stacklevel=5,
            )
        return own

    def _moved(self, old: Home) -> Home:
        """The same connection in the running loop, for threads do not belong to a loop.

        Raises TransactionManagementError while another loop that still runs has a transaction open on it.
        """
        if old.writer.locked() and old.lives():
            raise TransactionManagementError(
                f"{self!r} has a single connection, on which {', '.join(old.holders()) or 'a task'} of another event "
                "loop has a transaction open; use a file, or one loop"
            )
        old.writer.connection.undo()
        return Home(self.path, Writer(old.writer.connection, repr(self), self._timeout, self.watch))

    def _refuse_lost(self, home: Home) -> NoReturn:
        """Lets go of a file that is no longer where it was, and says so."""
        with self._entering:
            self._home, self._beside = None, [each for each in self._beside if each is not home]
        home.leave()
        raise DBConnectionError(
            f"{self!r}: the file was deleted or replaced while it was open, and what was written since then is lost; "
            "the next statement opens the path anew",
            sqlstate=LOST,
        )

    def _homes(self) -> list[Home]:
        return self._beside if self._home is None else [self._home, *self._beside]

    async def _open_all(self) -> Home:
        connection = reader = readers = None
        try:
            connection = await self._open_connection(only_reads=False)
            if connection.journal_mode == "wal":
                reader = await self._open_reader()
                readers = Pool(self._open_reader, self._readers_settings, self.watch)
            home = Home(self.path, Writer(connection, repr(self), self._timeout, self.watch), reader, readers)
            with self._entering:
                if self._home is not None:
                    self._beside = [*self._beside, self._home]
                self._home = home
            return home
        except BaseException:
            if connection is not None:
                connection.stop()
            raise
        finally:
            self._opening = None

    async def _open_reader(self) -> SqliteConnection:
        return await self._open_connection(only_reads=True)

    async def _open_connection(self, *, only_reads: bool) -> SqliteConnection:
        pragmas = {**self._pragmas, "query_only": "ON"} if only_reads else self._pragmas
        try:
            connect = connector(self.path, pragmas, self._cached)
            return await open_connection(connect, only_reads=only_reads, limit=self._limit)
        except Exception as error:
            if isinstance(error, BaseORMException):
                raise
            raise translate_connecting(error, self.path) from error

    def holds_connections(self) -> bool:
        return bool(self._homes())
