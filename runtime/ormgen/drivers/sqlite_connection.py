"""One connection to a SQLite file: aiosqlite's, on a thread that never keeps the process alive."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from time import perf_counter
from typing import Any

import aiosqlite

from ormgen.drivers import sqlite_thread as thread
from ormgen.drivers.connection import Chunks, Holder
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.sqlite_errors import is_waiting, translate
from ormgen.drivers.sqlite_functions import add_functions
from ormgen.drivers.sqlite_outbox import Outbox
from ormgen.exceptions import DBConnectionError

HELD_UP_SECONDS = 0.005
BUSY_SECONDS = 10.0
STEPS = 10_000  # instructions of SQLite's machine between two looks at the clock: about 0.1 ms


class SqliteConnection(aiosqlite.Connection):
    """A session with the calls that pools and transactions use; each hands a function to the thread.

    The thread runs them in order, so what is handed over later never overtakes.
    """

    misplaced = False
    refuse_ending = None
    place = None
    doomed: Exception | None = None

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, only_reads: bool, limit: float) -> None:
        self._opened: list[sqlite3.Connection] = []
        super().__init__(partial(begin, self._opened, connector), iter_chunk_size=64)
        self.holder: asyncio.Task[Any] | Holder | None = None
        self.idle_since = 0.0
        self.journal_mode = ""
        self._only_reads = only_reads
        self._cursors: list[sqlite3.Cursor] = []
        self._desk = thread.Desk(limit)
        self._outbox = Outbox(asyncio.get_running_loop())
        self._thread = Thread(
            target=thread.serve, args=(self._tx, self._desk, self._outbox), name="ormgen-sqlite", daemon=True
        )

    def hop(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """Hands `function(connection, *arguments)` to the thread; cancelling the future drops it if not begun."""
        if self._connection is None:
            raise DBConnectionError("the SQLite connection is closed")
        future = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, partial(function, self._connection, *arguments)))
        return future

    def listen(self) -> None:
        """Have the loop of this thread look for what the connection's thread has done."""
        self._outbox.listen()

    async def watch_time(self) -> None:
        """Lets SQLite end statements that take longer than the limit."""
        await self.hop(sqlite3.Connection.set_progress_handler, self._desk.late, STEPS)

    def read(self, sql: str, parameters: Sequence[Any]) -> asyncio.Future[Rows]:
        return self.hop(thread.fetch_rows, sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any]) -> asyncio.Future[Result]:
        return self.hop(thread.run_statement, sql, parameters)

    def run_alone(self, sql: str, parameters: Sequence[Any]) -> asyncio.Future[Result]:
        """As `run`, outside a transaction."""
        return self.hop(thread.run_alone, sql, parameters)

    def run_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> asyncio.Future[list[Result]]:
        """Runs several statements in a transaction of their own."""
        return self.hop(thread.run_together, statements)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> asyncio.Future[None]:
        return self.hop(thread.run_many, sql, rows)

    def run_script(self, sql: str) -> asyncio.Future[None]:
        return self.hop(thread.run_script, sql)

    async def open_chunks(self, sql: str, parameters: Sequence[Any], *, alone: bool) -> Chunks:
        cursor = await self.hop(sqlite3.Connection.execute, sql, parameters)
        self._cursors.append(cursor)
        return CursorChunks(self, cursor)

    def disturbs(self, *, writes: bool) -> bool:
        return writes  # a cursor may or may not meet what is written while it is open

    async def read_chunk(self, cursor: sqlite3.Cursor, size: int) -> Rows:
        """The next rows of an open cursor."""
        rows: Rows = await self.hop(thread.fetch_chunk, cursor, size)
        return rows

    async def close_cursor(self, cursor: sqlite3.Cursor) -> None:
        """Closes an open cursor, and with it the view of the database it had."""
        await self.hop(thread.close_cursor, cursor)
        if cursor in self._cursors:
            self._cursors.remove(cursor)

    async def command(self, sql: str) -> None:
        await self.hop(thread.run_command, sql)

    async def finish(self) -> None:
        await self.hop(thread.commit)

    async def roll_back(self) -> None:
        # What still runs here was cancelled, and is to be undone anyway.
        self.stop_running()
        await asyncio.shield(self.hop(thread.roll_back))

    def usable(self) -> bool:
        return self._connection is not None

    def transaction_open(self) -> bool:
        """Whether a transaction is open; False on a closed connection."""
        return self._connection is not None and self._connection.in_transaction

    def unclean(self) -> bool:
        return self.transaction_open()

    def doubtful(self, error: Exception) -> bool:
        return False

    def lost_transaction(self, error: Exception) -> bool:
        return not self.transaction_open()

    async def settle(self) -> None:
        """The thread gets to the next statement by itself."""

    async def restore(self) -> bool:
        if self._only_reads:
            self.stop_running()
        for cursor in [*self._cursors]:
            await asyncio.shield(self.close_cursor(cursor))
        done: bool = await asyncio.shield(self.hop(thread.roll_back))
        return done

    def undo(self) -> None:
        """Queues a ROLLBACK without waiting for it."""
        if self._connection is not None:
            self._tx.put_nowait((None, partial(thread.roll_back, self._connection)))

    def held_up(self) -> bool:
        """Whether the thread has been at one statement for long."""
        desk = self._desk
        return desk.current is not None and perf_counter() - desk.started > HELD_UP_SECONDS

    def working(self) -> bool:
        """Whether the thread is at a statement."""
        return self._desk.current is not None

    def stop_running(self, future: asyncio.Future[Any] | None = None) -> None:
        """Interrupts the statement `future` waits for, or whatever runs; SQLite may roll its transaction back."""
        with self._desk.held():  # the next statement would be hit instead
            if self._connection is not None and (future is None or self._desk.current is future):
                self._connection.interrupt()

    async def part(self, owner: Any, waiting: Any) -> bool:
        return False  # whoever waits for the writer is told by that

    def discard(self) -> None:
        self.stop()

    async def hang_up(self) -> None:
        if self._connection is not None:
            future = asyncio.get_running_loop().create_future()
            self._connection = None
            self._running = False
            self._tx.put_nowait((future, partial(end, self._opened)))
            await asyncio.shield(future)

    def stop(self) -> None:
        """Closes the connection and ends the thread, after what is queued."""
        self._running = False
        self._connection = None
        self._tx.put_nowait((None, partial(end, self._opened)))

    def translate(self, error: BaseException) -> BaseException:
        return translate(error)

    def __del__(self) -> None:
        if self._running:
            self.stop()


class CursorChunks:
    """A result that is read step by step, on a connection that does nothing else meanwhile."""

    def __init__(self, connection: SqliteConnection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    async def take(self, size: int) -> Rows:
        return await self._connection.read_chunk(self._cursor, size)

    async def close(self) -> None:
        await self._connection.close_cursor(self._cursor)


def begin(opened: list[sqlite3.Connection], connect: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
    """Opens a connection, and keeps it to be closed even if whoever asked for it is gone."""
    opened.append(connect())
    return opened[0]


def end(opened: list[sqlite3.Connection]) -> object:
    while opened:
        with suppress(sqlite3.Error):
            opened.pop().close()
    return thread.STOP


def connector(path: str, pragmas: Mapping[str, object], cached_statements: int) -> Callable[[], sqlite3.Connection]:
    """A function that opens a connection in the thread that calls it."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, isolation_level=None, cached_statements=cached_statements, uri=path.startswith("file:")
        )
        try:
            add_functions(connection)
            for name, value in pragmas.items():
                with suppress_read_only(name):
                    set_pragma(connection, name, value)
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # a file that is no database is refused here
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


@contextmanager
def suppress_read_only(pragma: str) -> Iterator[None]:
    """A file that may not be written keeps the journal mode that it has."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if pragma != "journal_mode" or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise


def set_pragma(connection: sqlite3.Connection, name: str, value: object) -> None:
    """Sets a PRAGMA, waiting while other processes hold the file: for `journal_mode` SQLite does not wait itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
            return
        except sqlite3.OperationalError as error:
            if not is_waiting(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


async def open_connection(
    connect: Callable[[], sqlite3.Connection], *, only_reads: bool, limit: float
) -> SqliteConnection:
    """Opens a connection on a thread of its own, whose statements take `limit` seconds at most."""
    connection = SqliteConnection(connect, only_reads=only_reads, limit=limit)
    await connection
    if limit < math.inf:
        await connection.watch_time()
    ((connection.journal_mode,),) = await connection.read("PRAGMA journal_mode", ())
    connection.listen()  # at last: what did not open leaves no counter behind
    return connection
