"""SQLite through aiosqlite: one connection that writes, others that read meanwhile."""

from __future__ import annotations

import asyncio
import math
import os
import warnings
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from ormgen.drivers.cleanup import Cleanup
from ormgen.drivers.connection import ReadChunks
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.forgotten import Closable
from ormgen.drivers.options import PRAGMAS, read_isolation, read_options
from ormgen.drivers.pool import LEFT_TO_PARENT, Pool, PoolSettings
from ormgen.drivers.pooled import stream_chunks
from ormgen.drivers.sqlite_connection import SqliteConnection, connector, open_connection
from ormgen.drivers.sqlite_errors import translate, translate_connecting
from ormgen.drivers.sqlite_writer import Writer
from ormgen.drivers.statistics import PoolStatistics, Watch
from ormgen.drivers.transaction import OpenTransaction
from ormgen.exceptions import BaseORMException, ORMLoopSwitchWarning, UnSupportedError

CLOSE_SECONDS = 10.0
DEFAULT_PRAGMAS = {"busy_timeout": 5000, "foreign_keys": "ON"}


class SqliteDriver(Closable):
    """The connections to one SQLite file, or to a database in memory.

    One connection writes, and serves transactions one after the other in the order they were asked for. In WAL mode
    others read meanwhile: one for all quick statements, up to `readers` more for slow ones, streams and read-only
    transactions. Without WAL, as in memory, one connection does everything, and what is outside a transaction waits
    until the open one ends.

    Options: `acquire_timeout` (seconds to wait for a connection), `readers`, `cached_statements`, and PRAGMAs, of
    which `busy_timeout` (5000), `journal_mode` (WAL) and `foreign_keys` (ON) are set by default.
    SQL can use `REGEXP` and `ormgen_lower(text)`. Raises ConfigurationError for an unknown option.
    """

    dialect = "sqlite"

    def __init__(self, path: str, **options: Any) -> None:
        self.path = path
        given = read_options(self.dialect, {name: value for name, value in options.items() if value is not None})
        self._timeout: float = given.get("acquire_timeout", 30.0)
        self._cached: int = given.get("cached_statements", 256)
        self._pragmas = ordered_pragmas(path, given)
        self._readers_settings = PoolSettings(
            f"readers of the SQLite database {path}", 0, given.get("readers", 4), self._timeout, math.inf
        )
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: Writer | None = None
        self._reader: SqliteConnection | None = None
        self._readers: Pool[SqliteConnection] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._cleanup = Cleanup()
        self.watch = Watch()
        self.facts: Any = None
        super().__init__()

    @property
    def size(self) -> int:
        own = (self._writer is not None) + (self._reader is not None)
        return own + (self._readers.size if self._readers is not None else 0)

    @property
    def idle(self) -> int:
        writer = self._writer is not None and not self._writer.locked() and not self._writer.connection.working()
        reader = self._reader is not None and not self._reader.working()
        return writer + reader + (self._readers.idle if self._readers is not None else 0)

    def statistics(self) -> PoolStatistics:
        writer = () if self._writer is None else self._writer.holders()
        readers = [] if self._readers is None else self._readers.holders()
        waiting = 0 if self._writer is None else self._writer.waiting
        return self.watch.statistics(self.size, self.idle, waiting, (*writer, *readers))

    def __repr__(self) -> str:
        return f"<SqliteDriver {self.path}>"

    async def open(self) -> None:
        await self._open_writer()

    async def close(self) -> None:
        writer, reader, readers = self._writer, self._reader, self._readers
        if writer is None:
            return
        if self._loop is not get_running_loop():
            writer = self._enter_loop(writer)
            readers = self._readers
        await writer.close(CLOSE_SECONDS)
        if readers is not None:
            await readers.close()
        self._writer = self._reader = self._readers = self._loop = None
        for connection in (reader, writer.connection):  # the writer last: it tidies the WAL file away
            if connection is not None:
                await connection.hang_up()

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        reader = self._reader
        if reader is None or self._loop is not get_running_loop():
            reader = await self._shared_reader()
        if reader.held_up() and self._readers is not None and self._readers.has_room():
            return await self._fetch_aside(self._readers, sql, parameters)
        if self.watch.told:
            self.watch.tell(0.0)
        future = reader.read(sql, parameters)
        try:
            return await future
        except Exception as error:
            raise translate(error) from error
        except asyncio.CancelledError:
            reader.stop_running(future)
            raise

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        writer = self._writer
        if writer is None or self._loop is not get_running_loop():
            writer = await self._open_writer()
        connection = await writer.wait() if writer.locked() else writer.connection
        if self.watch.told:
            self.watch.tell(0.0)
        try:
            return await connection.run_alone(sql, parameters)
        except Exception as error:
            raise translate(error) from error

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        connection = await (await self._open_writer()).wait()
        try:
            await connection.run_many(sql, rows)
        except Exception as error:
            raise translate(error) from error

    async def script(self, sql: str) -> None:
        connection = await (await self._open_writer()).wait()
        try:
            await connection.run_script(sql)
        except Exception as error:
            raise translate(error) from error

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        await self._open_writer()
        if self._readers is not None:
            async with aclosing(stream_chunks(self._readers, sql, parameters, size)) as chunked:
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
        writer = await self._open_writer()
        if read_only and self._readers is not None:
            return await self._begin_reading(self._readers)
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

    async def _shared_reader(self) -> SqliteConnection:
        """The connection that reads what is outside transactions."""
        writer = await self._open_writer()
        return self._reader or await writer.wait()

    async def _open_writer(self) -> Writer:
        """The writer of the running loop; connects if need be, in a task of its own that all callers share."""
        writer = self._writer
        if writer is not None and self._loop is not get_running_loop() and self._pid != os.getpid():
            LEFT_TO_PARENT.append((writer, self._reader, self._readers))  # the threads did not come along
            self._writer = self._reader = self._readers = writer = None
        if writer is not None:
            return writer if self._loop is get_running_loop() else self._enter_loop(writer)
        if self._opening is None or self._opening.get_loop() is not get_running_loop():
            self._opening = self._cleanup.start(self._open_all())
        await asyncio.shield(self._opening)
        return await self._open_writer()

    def _enter_loop(self, old: Writer) -> Writer:
        """Begins to live in the running loop. Threads do not belong to a loop, so the connections stay."""
        old.connection.undo()
        self._loop = get_running_loop()
        self._writer = Writer(old.connection, repr(self), self._timeout, self.watch)
        if self._readers is not None:
            self._readers.leave()
            self._readers = Pool(self._open_reader, self._readers_settings, self.watch)
        warnings.warn(
            f"{self!r} is used in another event loop than the one that opened it; "
            "what was open there is rolled back (close it before its loop ends)",
            ORMLoopSwitchWarning,
            stacklevel=4,
        )
        return self._writer

    async def _open_all(self) -> None:
        connection = None
        try:
            connection = await self._open_connection(only_reads=False)
            if connection.journal_mode == "wal":
                self._reader = await self._open_reader()
                self._readers = Pool(self._open_reader, self._readers_settings, self.watch)
            self._loop, self._pid = get_running_loop(), os.getpid()
            self._writer = Writer(connection, repr(self), self._timeout, self.watch)
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
            return await open_connection(connector(self.path, pragmas, self._cached), only_reads=only_reads)
        except Exception as error:
            if isinstance(error, BaseORMException):
                raise
            raise translate_connecting(error, self.path) from error

    def holds_connections(self) -> bool:
        return self._writer is not None


def ordered_pragmas(path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The PRAGMAs for a new connection, in an order that works: the page size, for one, before the journal mode."""
    pragmas: dict[str, Any] = dict(DEFAULT_PRAGMAS)
    in_memory = path in ("", ":memory:") or "mode=memory" in path
    if not in_memory and "mode=ro" not in path and "immutable=1" not in path:
        pragmas["journal_mode"] = "WAL"
    pragmas |= {name: value for name, value in given.items() if name in PRAGMAS}
    return {name: pragmas[name] for name in PRAGMAS if name in pragmas}
