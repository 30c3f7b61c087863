"""What statements run on: a database, or an open transaction on it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime, time
from logging import DEBUG
from typing import Any, Final

from ormgen.database.capabilities import Capabilities, known
from ormgen.database.hooks import LEVELS, Hooks, Watched, debugging
from ormgen.database.writes import Noting, note_write
from ormgen.drivers.driver import Driver, Result, Rows, Session, Transaction
from ormgen.drivers.statistics import PoolStatistics
from ormgen.exceptions import TransactionManagementError
from ormgen.query.statements import Compound, Select, Statement
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.compiler import Compiler
from ormgen.sql.explain import explain_prefix

Callback = Callable[[], Any]

running: Final[set[Any]] = set()  # what `on_commit` began without a transaction; a task that nobody holds may vanish


class Connection:
    """Runs statements and raw SQL; `alias` is the name of the connection in the configuration."""

    __slots__ = ("_session", "alias", "compiler", "hooks", "replicated")

    def __init__(self, alias: str, compiler: Compiler, session: Session, hooks: Hooks) -> None:
        self.alias = alias
        self.compiler = compiler
        self._session = session
        self.hooks = hooks
        self.replicated = False

    @property
    def session(self) -> Session:
        """What runs the text of statements; watched while somebody wants to know of them."""
        hooks = self.hooks
        session = Noting(self._session, self) if self.replicated else self._session
        if hooks.queries or hooks.comment is not None or (LEVELS.get(DEBUG, True) and debugging(DEBUG)):
            return Watched(session, hooks, self.alias, self.dialect)
        return session

    def send(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Result]:
        """What runs a statement that changes rows; without the property, which Python calls through three others."""
        hooks = self.hooks
        if self.replicated or hooks.queries or hooks.comment is not None or LEVELS.get(DEBUG, True):
            return self.session.execute(sql, parameters)
        return self._session.execute(sql, parameters)

    @property
    def dialect(self) -> str:
        """ "sqlite", "postgres" or "mysql"."""
        return self.compiler.dialect_name

    @property
    def facts(self) -> Any:
        """What the server has told of itself with the first connection, where its driver asks; else None."""
        return None

    @property
    def capabilities(self) -> Capabilities:
        """What this database can do."""
        return known(self.dialect, self.facts)

    async def fetch(self, statement: Select | Compound) -> tuple[CompiledQuery, Rows]:
        """The rows of a question, with the compiled query that tells what they hold."""
        compiled, parameters = self.compiler.prepare(statement)
        return compiled, await self.session.fetch(compiled.sql, parameters)

    def fetch_known(
        self, shape: Hashable, make: Callable[[], Select], values: Sequence[Any]
    ) -> tuple[CompiledQuery, Awaitable[Rows]]:
        """As `fetch`, for the question that `make` makes the first time; see `Compiler.prepare_known`.

        What is awaited for the rows is the driver's own: one level less is 0.1 us.
        """
        compiled = self.compiler.kept.get(shape)
        if compiled is None:
            compiled, _ = self.compiler.prepare_known(shape, make, values)
        hooks = self.hooks
        if self.replicated or hooks.queries or hooks.comment is not None or LEVELS.get(DEBUG, True):
            return compiled, self.session.fetch(compiled.sql, compiled.bind(values))
        return compiled, self._session.fetch(compiled.sql, compiled.bind(values))

    def run_known(
        self, shape: Hashable, make: Callable[[], Statement], values: Sequence[Any]
    ) -> tuple[CompiledQuery, Awaitable[Result]]:
        """As `run`, for the statement that `make` makes the first time."""
        compiled = self.compiler.kept.get(shape)
        if compiled is None:
            compiled, _ = self.compiler.prepare_known(shape, make, values)
        return compiled, self.send(compiled.sql, compiled.bind(values))

    def run_stored(
        self, shape: Hashable, make: Callable[[], Statement], parameters: list[Any]
    ) -> tuple[CompiledQuery, Awaitable[Result]]:
        """As `run_known`, for values that were made parameters already; see `Compiler.prepare_stored`."""
        compiled, parameters = self.compiler.prepare_stored(shape, make, parameters)
        return compiled, self.session.execute(compiled.sql, parameters)

    async def run(self, statement: Statement) -> tuple[CompiledQuery, Result]:
        """The result of a statement that changes rows."""
        compiled, parameters = self.compiler.prepare(statement)
        return compiled, await self.session.execute(compiled.sql, parameters)

    def stream(self, statement: Select | Compound, size: int) -> tuple[CompiledQuery, AsyncIterator[Rows]]:
        """The rows of a question, `size` at a time."""
        compiled, parameters = self.compiler.prepare(statement)
        return compiled, self.session.stream(compiled.sql, parameters, size)

    async def run_text(self, query: str, values: Sequence[Any] | None) -> Result:
        """The result of SQL of a user's own; a percent sign is one on every database where no values are given."""
        if not values:
            return await self.session.execute(self.compiler.dialect.escaped(query), ())
        return await self.session.execute(query, self._zoned(values))

    def _zoned(self, values: Sequence[Any]) -> Sequence[Any]:
        """`values` with moments in UTC, as they are stored, where the driver would write or forget their own zones."""
        if self.dialect == "postgres" or all(getattr(value, "tzinfo", None) is None for value in values):
            return values
        plain = self.compiler.codec.plain
        return [plain(value) if isinstance(value, datetime | time) else value for value in values]

    async def explain(
        self, statement: Select | Compound, output_fmt: str | None, options: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """How the database finds the rows of a question, in its own words.

        Raises:
            UnSupportedError: it knows no such format or option.
        """
        prefix = explain_prefix(self.dialect, output_fmt, options)
        if self.dialect == "mysql" and options.get("analyze"):
            version = (await self.session.fetch("SELECT VERSION()", ()))[0][0]
            prefix = explain_prefix(self.dialect, output_fmt, options, "mariadb" in str(version).lower())
        compiled, parameters = self.compiler.prepare(statement)
        return dictionaries(await self.session.execute(prefix + compiled.sql, parameters))

    async def execute_query(self, query: str, values: Sequence[Any] | None = None) -> tuple[int, list[dict[str, Any]]]:
        """The number of rows concerned and the rows as dictionaries."""
        result = await self.run_text(query, values)
        rows = dictionaries(result)
        return (len(rows) if result.columns else result.affected), rows

    async def execute_query_dict_with_affected(
        self, query: str, values: Sequence[Any] | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """The rows as dictionaries, and the number of rows concerned."""
        affected, rows = await self.execute_query(query, values)
        return rows, affected

    async def execute_query_dict(self, query: str, values: Sequence[Any] | None = None) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return dictionaries(await self.run_text(query, values))

    async def execute_insert(self, query: str, values: Sequence[Any] | None = None) -> Any:
        """The generated key of an INSERT: its first returned value, or the last row's number."""
        result = await self.run_text(query, values)
        return result.rows[0][0] if result.rows else result.last_id

    async def execute_many(self, query: str, values: Sequence[Sequence[Any]]) -> None:
        """One write for each row of values; all of them or none."""
        await self.session.execute_many(query, [self._zoned(row) for row in values])

    async def execute_script(self, query: str) -> None:
        """Several statements at once, without values."""
        await self.session.script(query)

    def on_commit(self, function: Callback) -> None:
        """Call `function` once what was written is there to stay: now, where no transaction is open on this.

        It may be a coroutine function. Inside a transaction it is called after the outermost one has committed, in the
        order of registration, and never if that or the savepoint it was registered in is rolled back. An exception in
        it reaches whoever commits, after the other functions were called; what was written stays.
        """
        result = function()
        if isinstance(result, Awaitable):
            running.add(task := asyncio.ensure_future(result))
            task.add_done_callback(running.discard)

    def on_rollback(self, function: Callback) -> None:
        """Call `function` once what was written inside a transaction is undone: never, where none is open on this.

        It may be a coroutine function. It is called after the rollback of the savepoint that it was registered in, or
        of a transaction around that, or after a COMMIT that failed.
        """

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"{self!r} cannot be pickled; what is asked on it can, where it is no transaction")

    def __deepcopy__(self, memo: Any) -> Connection:
        return self

    def __copy__(self) -> Connection:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.alias!r} ({self.dialect})>"


class Database(Connection):
    """One database of the configuration: each statement takes a connection and gives it back.

    `replicated` says that its models are read from other databases as well.
    """

    __slots__ = ("driver",)

    def __init__(self, alias: str, compiler: Compiler, driver: Driver, hooks: Hooks | None = None) -> None:
        super().__init__(alias, compiler, driver, Hooks() if hooks is None else hooks)
        self.driver = driver
        self.hooks.watch(alias, driver.watch)

    @property
    def facts(self) -> Any:
        return self.driver.facts

    def use(self, driver: Driver) -> None:
        """Run statements on another driver from now on."""
        self.driver = self._session = driver

    def statistics(self) -> PoolStatistics:
        """How many connections there are, who holds them, how long they were waited for."""
        return self.driver.statistics()

    async def close(self) -> None:
        """Close every connection; a later statement opens them anew."""
        await self.driver.close()


class TransactionConnection(Connection):
    """An open transaction; it belongs to the task that opened it."""

    __slots__ = ("callbacks", "database", "finished", "handle", "outer", "owner", "turn", "undone")

    def __init__(self, database: Database, handle: Transaction, outer: TransactionConnection | None) -> None:
        super().__init__(database.alias, database.compiler, handle, database.hooks)
        self.database = database
        self.handle = handle
        self.outer = outer
        self.owner = asyncio.current_task()
        self.turn = asyncio.Lock()
        self.callbacks: list[Callback] = []
        self.undone: list[Callback] = []
        self.finished = False

    @property
    def facts(self) -> Any:
        return self.database.facts

    async def commit(self) -> None:
        """Make the changes last.

        Raises:
            TransactionManagementError: the transaction has ended already.
        """
        self._finish()
        try:
            with self.hooks.transaction(self.alias, "commit"):
                await self.handle.commit()
        except Exception:
            self.finished = self.handle.over  # one inside is open still, so that this has not ended
            if self.finished:
                await _call(self.undone)
            raise
        if self.database.replicated:
            note_write(self.database)
        if self.outer is not None:
            self.outer.callbacks += self.callbacks
            self.outer.undone += self.undone
            return
        await _call(self.callbacks)

    def on_commit(self, function: Callback) -> None:
        """Call `function` after the outermost transaction has committed; see `Connection.on_commit`.

        Raises:
            TransactionManagementError: the transaction has ended already.
        """
        if self.finished:
            raise TransactionManagementError("Transaction already finalised")
        self.callbacks.append(function)

    def on_rollback(self, function: Callback) -> None:
        """Call `function` after this transaction, or one around it, was undone; see `Connection.on_rollback`.

        Raises:
            TransactionManagementError: the transaction has ended already.
        """
        if self.finished:
            raise TransactionManagementError("Transaction already finalised")
        self.undone.append(function)

    async def rollback(self) -> None:
        """Undo the changes.

        Raises:
            TransactionManagementError: the transaction has ended already.
        """
        self._finish()
        with self.hooks.transaction(self.alias, "rollback"):
            await self.handle.rollback()
        await _call(self.undone)

    def _finish(self) -> None:
        if self.finished:
            raise TransactionManagementError("Transaction already finalised")
        self.finished = True

    async def undo(self) -> None:
        """Roll back unless that has happened."""
        with contextlib.suppress(TransactionManagementError):
            await self.rollback()


async def _call(functions: list[Callback]) -> None:
    """Call each of `functions` once, in order, whatever those before it raised.

    Raises:
        ExceptionGroup: several of them failed; the exception of one alone is raised as it is.
    """
    waiting = functions[:]
    functions.clear()
    errors: list[Exception] = []
    for function in waiting:
        try:
            result = function()
            if isinstance(result, Awaitable):
                await result
        except Exception as error:
            errors.append(error)
    if len(errors) > 1:
        raise ExceptionGroup("several functions that wait for the end of a transaction failed", errors)
    if errors:
        raise errors[0]


def dictionaries(result: Result) -> list[dict[str, Any]]:
    """Rows by column name."""
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]
