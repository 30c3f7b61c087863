"""The thread behind one SQLite connection, and the functions it runs: each statement is one trip there and back."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from queue import SimpleQueue
from threading import Lock
from time import perf_counter
from typing import Any, TypeAlias

from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.sqlite_outbox import ORDERED, Outbox
from ormgen.exceptions import TransactionManagementError

Task: TypeAlias = tuple[asyncio.Future[Any] | None, Callable[[], Any]]

STOP = object()
FIRST = itemgetter(0)
LEFT_OPEN = "the statement left a transaction open, so it was rolled back; use `in_transaction()`"


class Desk:
    """What the thread is doing now, since when, and how many seconds that may take."""

    __slots__ = ("current", "limit", "lock", "overdue", "started", "watched")

    def __init__(self, limit: float) -> None:
        self.lock = Lock()
        self.current: asyncio.Future[Any] | None = None
        self.started = 0.0
        self.limit = limit
        self.overdue = False
        self.watched = not ORDERED

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps the thread from going on to its next statement.

        It takes the lock only when it finds itself `watched`, which is said before `current` is looked at and asked
        after that has changed: 3,500 instructions less for each statement than to take it always. That order is the
        GIL's; where there is none the thread is `watched` always, and takes the lock each time.
        """
        with self.lock:
            self.watched = True
            try:
                yield
            finally:
                self.watched = not ORDERED

    def late(self) -> bool:
        """Whether the statement has taken too long; SQLite asks while it runs, and ends it then."""
        self.overdue = self.current is not None and perf_counter() - self.started > self.limit
        return self.overdue


def serve(queue: SimpleQueue[Task], desk: Desk, outbox: Outbox) -> None:
    """Runs functions from `queue` until one returns STOP. One whose future was cancelled before is left out."""
    while True:
        future, function = queue.get()
        if future is not None:
            if future.cancelled():
                continue
            desk.started = perf_counter()
            desk.current = future
        value, error = None, None
        try:
            value = function()
        except BaseException as caught:
            error = TimeoutError() if desk.overdue else caught
        if future is not None:
            desk.current = None
            desk.overdue = False
            if desk.watched:
                with desk.lock:
                    pass
            loop = future.get_loop()
            if outbox.loop is not loop:
                outbox.end()
                outbox = Outbox(loop)
            outbox.put((future, value, error))
        if value is STOP:
            outbox.end()
            return
        del future, function, value, error


def fetch_rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> Rows:
    return connection.execute(sql, parameters).fetchall()


def fetch_chunk(connection: sqlite3.Connection, cursor: sqlite3.Cursor, size: int) -> Rows:
    return cursor.fetchmany(size)


def close_cursor(connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
    cursor.close()


def run_command(connection: sqlite3.Connection, sql: str) -> None:
    connection.execute(sql)


def run_statement(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> Result:
    """Runs a statement in whatever transaction there is."""
    before = connection.total_changes
    cursor = connection.execute(sql, parameters)
    description = cursor.description
    rows: Rows = () if description is None else cursor.fetchall()
    columns = None if description is None else partial(map, FIRST, description)
    written = cursor.rowcount
    if written < 0 and connection.total_changes != before:
        # sqlite3 counts only what begins with INSERT, UPDATE, DELETE or REPLACE
        written = connection.execute("SELECT changes()").fetchone()[0]
    if written < 0:
        return Result(rows, len(rows), None, columns)
    return Result(rows, written, cursor.lastrowid if written else None, columns)


def run_alone(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> Result:
    """Runs a statement that commits by itself; raises TransactionManagementError if it opened a transaction."""
    result = run_statement(connection, sql, parameters)
    if connection.in_transaction:
        connection.execute("ROLLBACK")
        raise TransactionManagementError(LEFT_OPEN)
    return result


def run_together(connection: sqlite3.Connection, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Result]:
    """Runs several statements in a transaction of their own, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [run_statement(connection, sql, parameters) for sql, parameters in statements]
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return results


def run_many(connection: sqlite3.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Runs a statement for each of `rows`, all or none, inside a transaction or not."""
    inside = connection.in_transaction
    connection.execute("SAVEPOINT ormgen_many" if inside else "BEGIN IMMEDIATE")
    try:
        connection.executemany(sql, rows)
        connection.execute("RELEASE ormgen_many" if inside else "COMMIT")
    except BaseException:
        if connection.in_transaction:
            if inside:
                connection.execute("ROLLBACK TO ormgen_many")
                connection.execute("RELEASE ormgen_many")
            else:
                connection.execute("ROLLBACK")
        raise


def run_script(connection: sqlite3.Connection, sql: str) -> None:
    """Runs several statements; sqlite3's own `executescript` would commit the open transaction first."""
    inside = connection.in_transaction
    for statement in split_script(sql):
        connection.execute(statement).fetchall()
    if connection.in_transaction and not inside:
        connection.execute("ROLLBACK")
        raise TransactionManagementError(LEFT_OPEN)


def split_script(sql: str) -> list[str]:
    """The statements of a script, as SQLite judges them complete: texts and triggers hold `;` too."""
    statements: list[str] = []
    start = 0
    for match in re.finditer(";", sql):
        statement = sql[start : match.end()]
        if sqlite3.complete_statement(statement):
            statements.append(statement)
            start = match.end()
    rest = sql[start:]
    return [*statements, rest] if rest.strip() else statements


def roll_back(connection: sqlite3.Connection) -> bool:
    """Ends the transaction if there is one; whether none is left."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    return not connection.in_transaction


def commit(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        raise TransactionManagementError("SQLite has rolled this transaction back, because a statement in it failed")
    connection.execute("COMMIT")
