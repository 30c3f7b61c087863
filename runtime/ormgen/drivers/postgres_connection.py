"""One connection to PostgreSQL: asyncpg's, able to say what a statement affected and to read a result in chunks."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Protocol

import asyncpg

from ormgen.drivers.connection import Holder
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.postgres_errors import READ_ONLY, STALE, is_stale, translate, translate_connecting
from ormgen.drivers.postgres_server import probe
from ormgen.drivers.postgres_session import changes_session, refuse_lasting
from ormgen.drivers.secret import revealed
from ormgen.drivers.sever import sever
from ormgen.exceptions import OperationalError, TransactionManagementError

__all__ = ["PostgresConnection", "connect", "probe", "translate_connecting"]

HANG_UP_SECONDS = 5.0
LONG = 4_096
LONGER = 15_360  # what asyncpg keeps prepared by itself; the server keeps 1 to 4 MB for a bulk insert
MOST_LONGER = 16
AFFECTED = {b"INSERT 0 1": 1, b"UPDATE 1": 1, b"DELETE 1": 1}  # one look instead of three functions
CANCELLED = "57014"
OUT_OF_DATE = (*STALE, asyncpg.InternalServerError)
PART = "SELECT pg_cancel_backend($2) FROM (SELECT pg_blocking_pids($2) AS pids) AS locks WHERE $1 = ANY(pids)"

new = object.__new__
known_change = lru_cache(maxsize=512)(changes_session)  # 0.1 us instead of 1.0


class Statement(Protocol):
    """A prepared statement of asyncpg's; attached, it is not closed while in use."""

    def attach(self) -> None: ...

    def detach(self) -> None: ...


class PostgresConnection(asyncpg.Connection):  # type: ignore[misc]
    """A session of asyncpg's with the calls that pools and transactions use."""

    refuse_ending = None
    _protocol: Any  # None once the connection was aborted

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder: asyncio.Task[Any] | Holder | None = None
        self.idle_since = 0.0
        self.portals = count(1)
        self._record = self._protocol.get_record_class()
        self._ready: dict[str, Any] = {}
        self._longer: dict[int, None] = {}
        self._changed = False
        self.pooled = False
        self.misplaced = False
        self.doomed: Exception | None = None

    @property
    def place(self) -> Hashable | None:
        return None if self.pooled else self._addr

    async def read(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """As `_execute`, which is four coroutines deep: 3 us less for what is prepared already, of about 35.

        Errors of what is out of date are treated as asyncpg does.
        """
        statement = self._ready.get(sql)
        if statement is None or statement.closed or self._query_loggers:
            rows: Rows = await (
                self._read_pinned(sql, parameters) if self.pooled else self._bound(sql, parameters, False)
            )
            return rows
        try:
            return await self._protocol.bind_execute(statement, parameters, "", 0, False, None)  # type: ignore[no-any-return]
        except OUT_OF_DATE as error:
            return await self._out_of_date(error, sql, parameters, False)  # type: ignore[no-any-return]

    async def _bound(self, sql: str, parameters: Sequence[Any], told: bool) -> Any:
        """As `read`, for what is not ready; from then on it is."""
        statement = self._stmt_cache.get((sql, self._record, False))
        if statement is None or self._query_loggers:
            self._note_use()
            return await self._unbound(sql, parameters, told)
        if not (changes_session(sql) if len(sql) > LONG else known_change(sql)):  # which `run` does not ask again
            self._ready[sql] = statement
        try:
            return await self._protocol.bind_execute(statement, parameters, "", 0, told, None)
        except OUT_OF_DATE as error:
            return await self._out_of_date(error, sql, parameters, told)

    def _note_use(self) -> None:
        """Tell asyncpg which statements were used, before another one is prepared and the oldest is forgotten.

        What is ready is found without asking asyncpg for it each time: 2,000 instructions less for each statement.
        """
        for sql in self._ready:
            self._stmt_cache.get((sql, self._record, False))
        self._ready.clear()

    def _drop_local_statement_cache(self) -> None:
        self._ready.clear()
        super()._drop_local_statement_cache()

    async def _out_of_date(self, error: Exception, sql: str, parameters: Sequence[Any], told: bool) -> Any:
        """After a statement that was prepared before its tables changed."""
        if isinstance(error, asyncpg.OutdatedSchemaCacheError):
            await self.reload_schema_state()
            raise error
        if not is_stale(error):
            raise error
        self._drop_global_statement_cache()
        if self.transaction_open():
            raise error
        return await self._execute(sql, parameters, 0, None, return_status=told)

    async def _unbound(self, sql: str, parameters: Sequence[Any], told: bool) -> Any:
        """As `_bound`, for what is not prepared."""
        if len(sql) > LONGER and not self.pooled and not self._query_loggers and not self._keeps(sql):
            return await self._once(sql, parameters, told)
        return await self._execute(sql, parameters, 0, None, return_status=told)

    def _keeps(self, sql: str) -> bool:
        """Whether a long statement stays prepared: one that came lately, while there are not many.

        Bulk writes of ever other numbers of rows would fill the server's memory.
        """
        text = hash(sql)
        again = text in self._longer
        self._longer.pop(text, None)
        self._longer[text] = None
        if len(self._longer) > MOST_LONGER:
            del self._longer[next(iter(self._longer))]
        return again and sum(len(each.query) > LONGER for each in self._stmt_cache.iter_statements()) < MOST_LONGER

    async def _once(self, sql: str, parameters: Sequence[Any], told: bool) -> Any:
        """As `_bound`, with a statement that ends with its use."""
        statement = await self._get_statement(sql, None, use_cache=False)
        return await self._protocol.bind_execute(statement, parameters, "", 0, told, None)

    async def _read_pinned(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """As `read`. A pooler may send what is prepared to one server and what runs it to another one, where the
        statement of somebody else has the same name: a transaction keeps both together.
        """
        alone = await self._pin()
        rows: Rows = await self._execute(sql, parameters, 0, None)
        if alone:
            await self.execute("COMMIT")
        return rows

    async def _pin(self) -> bool:
        """Begins a transaction unless there is one; whether it did."""
        if self.transaction_open():
            return False
        await self.execute("BEGIN")
        return True

    async def run(self, sql: str, parameters: Sequence[Any]) -> Result:
        statement = self._ready.get(sql)
        if statement is None or statement.closed or self._query_loggers:
            rows, status, _ = await self._run_first(sql, parameters)
        else:  # as `_bound`, one coroutine less
            try:
                rows, status, _ = await self._protocol.bind_execute(statement, parameters, "", 0, True, None)
            except OUT_OF_DATE as error:
                rows, status, _ = await self._out_of_date(error, sql, parameters, True)
        affected = AFFECTED.get(status)
        if affected is None:
            count = status.rpartition(b" ")[2]
            affected = int(count) if count.isdigit() else len(rows)
        made = new(Result)  # as `Result(…)`, which Python calls through three functions of its own
        made.rows = rows
        made.affected = affected
        made.last_id = made.named = None
        return made

    async def _run_first(self, sql: str, parameters: Sequence[Any]) -> Any:
        """As `run`, for what is not ready: looks at whether it changes the session."""
        if changes_session(sql) if len(sql) > LONG else known_change(sql):
            if self.pooled:
                refuse_lasting(sql, inside=self.transaction_open())
            else:
                self._changed = True
        alone = self.pooled and await self._pin()
        answer = await self._bound(sql, parameters, True)
        if alone:
            await self.execute("COMMIT")
        return answer

    async def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        alone = self.pooled and await self._pin()
        await self.executemany(sql, rows)
        if alone:
            await self.execute("COMMIT")

    async def run_script(self, sql: str) -> None:
        if self.pooled:
            refuse_lasting(sql, inside=True)  # a script is one transaction, unless it ends that itself
        else:
            self._changed = True
        await self.execute(sql)

    async def open_chunks(self, sql: str, parameters: Sequence[Any], *, alone: bool) -> Portal:
        if alone:
            await self.execute("BEGIN")
        statement = await self._get_statement(sql, None, named=True)
        return Portal(self, statement, parameters, f"ormgen_{next(self.portals)}", owns_transaction=alone)

    def disturbs(self, *, writes: bool) -> bool:
        return False  # a portal keeps what it began with

    async def start_portal(self, statement: Statement, parameters: Sequence[Any], name: str, size: int) -> Any:
        """Begins a named portal: its first rows, its status, whether that was all."""
        return await self._protocol.bind_execute(statement, parameters, name, size, True, None)

    async def continue_portal(self, statement: Statement, name: str, size: int) -> Any:
        """The next rows of a portal, its status, whether that was all."""
        return await self._protocol.execute(statement, name, size, True, None)

    async def close_portal(self, name: str) -> None:
        """Closes a portal, which otherwise keeps its tables in use until the transaction ends."""
        await self._protocol.close_portal(name, None)

    def let_go(self, statement: Statement) -> None:
        """Ends the use of a statement; asyncpg closes it on the server if it is not cached."""
        statement.detach()
        self._maybe_gc_stmt(statement)

    async def command(self, sql: str) -> None:
        await self.execute(sql)

    async def finish(self) -> None:
        # COMMIT of a failed transaction is no error for PostgreSQL: it rolls back, and only the status says so.
        if await self.execute("COMMIT") != "COMMIT":
            raise TransactionManagementError(
                "the transaction was rolled back instead of committed, because a statement in it failed"
            )

    async def roll_back(self) -> None:
        await self.execute("ROLLBACK")

    def usable(self) -> bool:  # asked twice for each statement: `is_closed` spelled out takes 0.2 us less
        return not (self.misplaced or self._aborted) and self._protocol.is_connected() is True

    def transaction_open(self) -> bool:
        return self._protocol is not None and self._protocol.is_in_transaction() is True

    def unclean(self) -> bool:
        protocol = self._protocol
        return self._changed or (protocol is not None and protocol.is_in_transaction() is True)

    def doubtful(self, error: Exception) -> bool:
        return not isinstance(error, asyncpg.PostgresError)

    def lost_transaction(self, error: Exception) -> bool:
        return self.is_closed() or isinstance(error, asyncpg.InternalClientError)

    async def settle(self) -> None:
        # asyncpg waits for the server's answer to a cancellation before it sends anything; a cancellation that
        # comes late hits this statement instead of the next one of the user's.
        for _ in range(2):
            try:
                await self.execute("SELECT 1")
                return
            except asyncpg.InFailedSQLTransactionError:
                return
            except asyncpg.PostgresError:
                continue

    async def restore(self) -> bool:
        if self.is_closed():
            return False
        await self.settle()
        if self.transaction_open():
            await self.roll_back()
        if self._changed:
            await self.reset()
            await self.execute("DISCARD TEMP")
            self._changed = False
        return not (self.is_closed() or self.unclean())

    def discard(self) -> None:
        sever(self._loop, self._transport)
        self.terminate()

    async def part(self, owner: PostgresConnection, waiting: PostgresConnection) -> bool:
        try:
            return bool(await self.read(PART, (owner.get_server_pid(), waiting.get_server_pid())))
        except asyncpg.PostgresError as error:
            raise OperationalError(str(error)) from error

    async def hang_up(self) -> None:
        await self.close(timeout=HANG_UP_SECONDS)

    def translate(self, error: BaseException) -> BaseException:
        if self.doomed is not None and getattr(error, "sqlstate", None) == CANCELLED:
            doomed, self.doomed = self.doomed, None
            return doomed
        if getattr(error, "sqlstate", None) == READ_ONLY and self._only_reads():
            self.misplaced = True
            return OperationalError(str(error), sqlstate=READ_ONLY, retryable=True)
        return translate(error)

    def _only_reads(self) -> bool:
        """Whether this is a server that takes no writes; before PostgreSQL 14 it does not tell."""
        told = self.get_settings()
        return "on" in (getattr(told, "in_hot_standby", "on"), getattr(told, "default_transaction_read_only", "on"))


class Portal:
    """A result that stays on the server and is read in chunks, inside a transaction."""

    def __init__(
        self,
        connection: PostgresConnection,
        statement: Statement,
        parameters: Sequence[Any],
        name: str,
        *,
        owns_transaction: bool,
    ) -> None:
        self._connection = connection
        self._statement = statement
        self._parameters = parameters
        self._name = name
        self._owns_transaction = owns_transaction
        self._open = False
        self._exhausted = False
        statement.attach()

    async def take(self, size: int) -> Rows:
        if self._exhausted:
            return ()
        connection = self._connection
        if self._open:
            rows, _, self._exhausted = await connection.continue_portal(self._statement, self._name, size)
        else:
            rows, _, self._exhausted = await connection.start_portal(
                self._statement, self._parameters, self._name, size
            )
            self._open = True
        read: Rows = rows
        return read

    async def close(self) -> None:
        if self._open:
            self._open = False
            await self._connection.close_portal(self._name)
        if self._owns_transaction:
            await self._connection.command("COMMIT")

    def __del__(self) -> None:
        self._connection.let_go(self._statement)


async def connect(arguments: Mapping[str, Any]) -> PostgresConnection:
    """Opens a connection; `arguments` are those of `asyncpg.connect`."""
    connection: PostgresConnection = await asyncpg.connect(**revealed(arguments), connection_class=PostgresConnection)
    return connection
