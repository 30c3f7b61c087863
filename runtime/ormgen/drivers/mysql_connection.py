"""One connection to MySQL or MariaDB: asyncmy's, with interpolation of its own and a way to stop what was cancelled."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

from asyncmy.connection import Connection
from asyncmy.converters import conversions
from asyncmy.cursors import SSCursor
from asyncmy.errors import MySQLError, OperationalError

from ormgen.drivers.connection import Chunks, Holder
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.mysql_errors import (
    HANGS_UP,
    READ_ONLY_SERVER,
    ROLLED_BACK,
    error_number,
    error_text,
    translate,
    translate_connecting,
)
from ormgen.drivers.sever import sever
from ormgen.exceptions import DBConnectionError, TransactionManagementError
from ormgen.exceptions import OperationalError as OperationalFailure

__all__ = ["MysqlConnection", "connect", "translate_connecting"]

FOUND_ROWS = 2  # a client flag: an UPDATE counts the rows it matched, not those it changed
KILL_SECONDS = 5.0
BATCH_CHARACTERS = 1_000_000
SESSION_WORDS = r"SET|LOCK|UNLOCK|USE|PREPARE|DEALLOCATE|HANDLER|CREATE\s+(OR\s+REPLACE\s+)?TEMPORARY|DROP\s+TEMPORARY"
SESSION_COMMAND = re.compile(rf"\s*({SESSION_WORDS})\b", re.IGNORECASE)
SESSION_SCRIPT = re.compile(rf"\b({SESSION_WORDS}|GET_LOCK)\b", re.IGNORECASE)
COMMITTING = re.compile(  # statements for which the server commits by itself what is open
    r"\s*((?:ALTER|CREATE(?!\s+(?:OR\s+REPLACE\s+)?TEMPORARY)|DROP(?!\s+TEMPORARY)|RENAME|TRUNCATE|GRANT|REVOKE"
    r"|LOCK\s+TABLES?|UNLOCK\s+TABLES?|ANALYZE|OPTIMIZE|REPAIR|FLUSH|BEGIN|START\s+TRANSACTION"
    r"|SET\s+PASSWORD)\b)",
    re.IGNORECASE,
)
NO_SUCH_TABLE = 1109
ENDED = frozenset((1317, 1205))  # a statement that was killed, or that has waited too long for a lock
# MariaDB and MySQL 5.7 have the first of these, both others the second one
BLOCKED = (
    """SELECT 1 FROM information_schema.innodb_lock_waits AS waits
JOIN information_schema.innodb_trx AS waiting ON waiting.trx_id = waits.requesting_trx_id
JOIN information_schema.innodb_trx AS owner ON owner.trx_id = waits.blocking_trx_id
WHERE owner.trx_mysql_thread_id = %s AND waiting.trx_mysql_thread_id = %s""",
    "SELECT 1 FROM sys.innodb_lock_waits WHERE blocking_pid = %s AND waiting_pid = %s",
)
INSERT_ROWS = re.compile(
    r"(?P<head>\s*(?:INSERT|REPLACE)\b.*\bVALUES\s*)(?P<row>\((?:\s*%s\s*,)*\s*%s\s*\))\s*", re.IGNORECASE | re.DOTALL
)


def refuse_committing(sql: str) -> None:
    """Refuse, inside a transaction, what this server commits it for.

    Raises:
        TransactionManagementError: the statement, or the first one of a script, changes tables, rights or locks.
    """
    if (found := COMMITTING.match(sql)) is not None:
        raise TransactionManagementError(
            f"{' '.join(found[1].upper().split())} inside a transaction commits it on MariaDB and MySQL: run the "
            "statement before the transaction or after it"
        )


def refuse(value: object, mapping: object = None) -> str:
    raise TypeError(f"a {type(value).__name__} cannot be a parameter")


def finite(value: Decimal, mapping: object = None) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} cannot be a parameter: no column holds it")
    return f"{value:f}"


# asyncmy spells containers as SQL of its own, and whatever it does not know (the entry for `str`) as its `str()`.
CONVERSIONS: dict[Any, Any] = {
    **conversions,
    **dict.fromkeys((str, dict, list, tuple, set, frozenset), refuse),
    Decimal: finite,
}


class MysqlConnection(Connection):
    """A session of asyncmy's with the calls that pools and transactions use.

    SQL is interpolated always, with or without parameters: `%s` is a value, `%%` a percent sign.
    """

    refuse_ending = staticmethod(refuse_committing)
    query: Any  # asyncmy's own stubs leave these without types, or out
    next_result: Any
    _result: Any
    _loop: Any
    _transport: Any
    _stream_broken: bool

    def __init__(self, **arguments: Any) -> None:
        unset: Any = None
        super().__init__(  # type: ignore[no-untyped-call]
            **arguments, client_flag=FOUND_ROWS, conv=CONVERSIONS, autocommit=unset
        )
        self.holder: asyncio.Task[Any] | Holder | None = None
        self.idle_since = 0.0
        self.streaming = False
        self.misplaced = False
        self.doomed: Exception | None = None
        self._over = False
        self._arguments = arguments
        self._changed = False
        self._cut_short = False

    async def read(self, sql: str, parameters: Sequence[Any]) -> Rows:
        await self.send(sql % tuple(map(self.literal, parameters)))
        result = self._result
        rows = result.rows
        while result.has_next:
            result = await self._read_next()
        return rows or ()

    async def run(self, sql: str, parameters: Sequence[Any]) -> Result:
        if SESSION_COMMAND.match(sql) or "GET_LOCK" in sql[:200].upper():
            self._changed = True
        await self.send(sql % tuple(map(self.literal, parameters)))
        first = self._result
        result = first
        while result.has_next:
            result = await self._read_next()
        return Result(
            first.rows or (),
            first.affected_rows,
            first.insert_id or None,
            partial(map, itemgetter(0), first.description or ()),
        )

    async def send(self, sql: str) -> None:
        """Runs a finished text and reads its first result; remembers that one was cut short."""
        try:
            await self.query(sql)
        except BaseException as error:
            self._cut_short = not isinstance(error, Exception) or "read timeout" in str(error)
            raise

    async def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        inside = self.transaction_open()
        await self.send("SAVEPOINT ormgen_many" if inside else "START TRANSACTION")
        try:
            for text in self._batches(sql, rows):
                await self.send(text)
        except Exception as error:
            if inside and not self.lost_transaction(error):
                await self.send("ROLLBACK TO SAVEPOINT ormgen_many")
            raise
        await self.send("RELEASE SAVEPOINT ormgen_many" if inside else "COMMIT")

    async def run_script(self, sql: str) -> None:
        if SESSION_SCRIPT.search(sql):
            self._changed = True
        await self.command(sql)

    async def open_chunks(self, sql: str, parameters: Sequence[Any], *, alone: bool) -> Chunks:
        self.streaming = True
        cursor = self.cursor(SSCursor)
        try:
            await cursor.execute(sql, tuple(parameters))
        except BaseException as error:
            self._cut_short = not isinstance(error, Exception)
            self.streaming = self._cut_short
            raise
        return UnreadChunks(self, cursor)

    def disturbs(self, *, writes: bool) -> bool:
        return True  # the server sends one result after the other

    def cut_short(self) -> None:
        """Remembers that a result was left in the middle of being read."""
        self._cut_short = True

    def flow(self, *, on: bool) -> None:
        """Lets the server go on sending, or holds it back: asyncmy would take in everything at once."""
        transport = self._transport
        if transport is not None:
            transport.resume_reading() if on else transport.pause_reading()

    async def command(self, sql: str) -> None:
        await self.send(sql)
        result = self._result
        while result.has_next:
            result = await self._read_next()

    async def finish(self) -> None:
        await self._end("COMMIT")

    async def roll_back(self) -> None:
        await self._end("ROLLBACK")

    def usable(self) -> bool:
        return not (self.misplaced or self._over or self._stream_broken)

    def transaction_open(self) -> bool:
        open_: bool = self.get_transaction_status()
        return open_

    def unclean(self) -> bool:
        return self._changed or self.streaming or self.transaction_open()

    def doubtful(self, error: Exception) -> bool:
        return error_number(error) is None

    def lost_transaction(self, error: Exception) -> bool:
        return error_number(error) in ROLLED_BACK or not self.usable()

    async def settle(self) -> None:
        if self._cut_short:
            await self._kill()

    async def restore(self) -> bool:
        if self._cut_short or self.streaming:
            await self._kill()
        elif self.usable():
            await self.roll_back()
            return not (self._changed or self.transaction_open())
        return False

    def discard(self) -> None:
        sever(self._loop, self._transport)
        self.close()

    def settled(self) -> None:
        """Takes the session as it is now for the state that `restore` gives back."""
        self._changed = False

    @property
    def place(self) -> Hashable | None:
        return self._arguments.get("unix_socket") or (self._arguments.get("host"), self._arguments.get("port"))

    async def part(self, owner: MysqlConnection, waiting: MysqlConnection) -> bool:
        sessions = (int(owner.thread_id()), int(waiting.thread_id()))
        try:
            rows = await self.read(BLOCKED[0], sessions)
        except MySQLError as error:
            if error_number(error) != NO_SUCH_TABLE:
                raise OperationalFailure(error_text(error)) from error
            rows = await self.read(BLOCKED[1], sessions)
        if rows:
            await self.send(f"KILL QUERY {sessions[1]}")
        return bool(rows)

    async def hang_up(self) -> None:
        await self.ensure_closed()

    def translate(self, error: BaseException) -> BaseException:
        if error_number(error) in READ_ONLY_SERVER and "read" in (text := error_text(error)).lower():
            self.misplaced = True
            return OperationalFailure(text, sqlstate="25006", retryable=True)
        if self.doomed is not None and error_number(error) in ENDED:
            doomed, self.doomed = self.doomed, None
            return doomed
        translated = translate(error)
        if isinstance(translated, DBConnectionError) or error_number(error) in HANGS_UP:
            self._over = True
        return translated

    async def _end(self, sql: str) -> None:
        if self._arguments.get("read_timeout") is None:
            await self.send(sql)
        else:  # asyncmy's timeout belongs to a task, and the caller may be carried on in another one
            await asyncio.shield(asyncio.get_running_loop().create_task(self.send(sql)))

    async def _read_next(self) -> Any:
        await self.next_result()
        return self._result

    def _batches(self, sql: str, rows: Sequence[Sequence[Any]]) -> Any:
        """The texts to send for `rows`: few long INSERTs if it is one, else a text for each row."""
        match = INSERT_ROWS.fullmatch(sql)
        if match is None:
            for row in rows:
                yield sql % tuple(map(self.literal, row))
            return
        head, values = match["head"] % (), match["row"]
        batch: list[str] = []
        length = 0
        for row in rows:
            text = values % tuple(map(self.literal, row))
            if batch and length + len(text) > BATCH_CHARACTERS:
                yield head + ",".join(batch)
                batch, length = [], 0
            batch.append(text)
            length += len(text)
        if batch:
            yield head + ",".join(batch)

    async def _kill(self) -> None:
        """Ends the session on the server, and sees it gone; a best effort, over a connection of its own.

        KILL QUERY would not do: a statement the server has not begun to read runs after it.
        """
        self._cut_short = False
        self.close()
        session = int(self.thread_id())
        with suppress(Exception):
            async with asyncio.timeout(KILL_SECONDS):
                other = MysqlConnection(**self._arguments)
                try:
                    await other.connect()
                    with suppress(OperationalError):  # it may have gone by itself
                        await other.query(f"KILL {session}")
                    listed = f"SELECT 1 FROM information_schema.processlist WHERE id = {session}"
                    while await other.read(listed, ()):  # noqa: ASYNC110 - the server tells nobody
                        await asyncio.sleep(0.01)
                finally:
                    other.close()


class UnreadChunks:
    """A result that the server sends while it is read; the connection can do nothing else meanwhile."""

    def __init__(self, connection: MysqlConnection, cursor: Any) -> None:
        self._connection = connection
        self._cursor = cursor

    async def take(self, size: int) -> Rows:
        self._connection.flow(on=True)
        try:
            rows: Rows = await self._cursor.fetchmany(size)
        except BaseException:
            self._connection.cut_short()
            raise
        self._connection.flow(on=False)
        return rows

    async def close(self) -> None:
        self._connection.flow(on=True)
        try:
            await self._cursor.close()
        except BaseException:
            self._connection.cut_short()
            raise
        self._connection.streaming = False


async def connect(arguments: Mapping[str, Any], setup: str) -> MysqlConnection:
    """Opens a connection and runs `setup` on it; `arguments` are those of `asyncmy.connect`."""
    connection = MysqlConnection(**arguments)
    try:
        await connection.connect()
        await connection.query(setup)
    except BaseException:
        connection.close()
        raise
    return connection
