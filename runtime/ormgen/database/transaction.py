"""Transactions: `in_transaction()` for a block, `@atomic()` for a function; nested ones are savepoints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from types import TracebackType
from typing import Any, TypedDict

from typing_extensions import ParamSpec, TypeVar

from ormgen.database.connection import Callback, Connection, Database, TransactionConnection
from ormgen.database.context import require_context
from ormgen.database.current import open_transactions, own_transactions, transaction_on
from ormgen.exceptions import (
    NotInitialised,
    OperationalError,
    ParamsError,
    TransactionManagementError,
    UnSupportedError,
)


class Modes(TypedDict):
    """How a transaction begins."""

    isolation: str | None
    read_only: bool
    deferrable: bool


P = ParamSpec("P")
T = TypeVar("T")


class in_transaction:
    """A block whose changes all happen or none: `async with in_transaction() as conn:`.

    `connection_name` is the alias of a connection, or a connection; it may be left out where there is only one.
    Inside another transaction of the same task on the same database it is a savepoint; so it is in a task that is
    given the transaction of another one, and such tasks take turns. An exception that leaves the block undoes its
    changes. `isolation` is the level as SQL names it; like `read_only` and `deferrable` (PostgreSQL only) it is for
    the outermost transaction.

    Raises:
        ParamsError: there are several connections and none is named.
    """

    def __init__(
        self,
        connection_name: str | Connection | None = None,
        *,
        isolation: str | None = None,
        read_only: bool = False,
        deferrable: bool = False,
    ) -> None:
        self.connection_name = connection_name
        self.modes: Modes = {"isolation": isolation, "read_only": read_only, "deferrable": deferrable}
        self._opened: list[TransactionConnection] = []
        self._waited: list[TransactionConnection | None] = []

    def _database(self) -> Database:
        name = self.connection_name
        if isinstance(name, TransactionConnection):
            return name.database
        if isinstance(name, Database):
            return name
        connections = require_context().connections
        if name is None:
            if not connections.databases:
                raise NotInitialised("the context is closed or was never initialised: call `await ORM.init(...)` first")
            if len(connections.databases) > 1:
                raise ParamsError(
                    "You are running with multiple databases, so you should specify connection_name:"
                    f" {list(connections.databases)}"
                )
            return next(iter(connections.databases.values()))
        return connections.database(str(name))

    async def __aenter__(self) -> TransactionConnection:
        database = self._database()
        outer = transaction_on(database)
        if outer is None and isinstance(self.connection_name, TransactionConnection):
            outer = self.connection_name
        foreign = outer if outer is not None and outer.owner is not asyncio.current_task() else None
        if foreign is not None:
            await foreign.turn.acquire()
        try:
            if outer is not None:
                if not database.capabilities.savepoints:
                    raise UnSupportedError(f"{database!r} has no savepoints, so that transactions cannot be nested")
                with database.hooks.transaction(database.alias, "savepoint"):
                    handle: Any = await outer.handle.savepoint()
            else:
                with database.hooks.transaction(database.alias, "begin"):
                    handle = await database.driver.begin(**self.modes)
        except BaseException:
            if foreign is not None:
                foreign.turn.release()
            raise
        self._waited.append(foreign)
        opened = TransactionConnection(database, handle, outer)
        self._opened.append(opened)
        _set(database, opened)
        return opened

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, waited = self._opened.pop(), self._waited.pop()
        _set(opened.database, opened.outer)
        try:
            if not opened.finished:
                await (opened.commit() if error is None else opened.undo())
        except TransactionManagementError:
            await opened.undo()  # one inside it is still open: nobody else would end either of them
            raise
        finally:
            if waited is not None:
                waited.turn.release()


def _set(database: Database, transaction: TransactionConnection | None) -> None:
    known = {key: value for key, value in (open_transactions.get() or {}).items() if key is not database}
    if transaction is not None:
        known[database] = transaction
    open_transactions.set(known or None)


def on_commit(function: Callback, connection_name: str | None = None) -> None:
    """Call `function` after the transaction that this task has open has committed, never if it is rolled back.

    With several open ones, that of `connection_name`, else the one opened last. Where none is open it is called now.
    See `Connection.on_commit`.
    """
    opened = [each for each in (own_transactions() or {}).values() if not each.finished]
    chosen = [each for each in opened if connection_name in (None, each.alias)]
    connection = chosen[-1] if chosen else require_context().db(connection_name)
    connection.on_commit(function)


def on_rollback(function: Callback, connection_name: str | None = None) -> None:
    """Call `function` after the transaction that this task has open was rolled back; never, where none is open.

    The transaction is chosen as for `on_commit`. See `Connection.on_rollback`.
    """
    opened = [each for each in (own_transactions() or {}).values() if not each.finished]
    for connection in [each for each in opened if connection_name in (None, each.alias)][-1:]:
        connection.on_rollback(function)


def atomic(
    connection_name: str | Connection | None = None,
    *,
    isolation: str | None = None,
    read_only: bool = False,
    deferrable: bool = False,
    retries: int = 0,
) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Run a coroutine function in a transaction of its own, or in a savepoint inside another one.

    With `retries`, it is run again as `run_transaction` does.
    """

    def decorate(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            modes: Modes = {"isolation": isolation, "read_only": read_only, "deferrable": deferrable}
            return await _repeated(lambda _: function(*args, **kwargs), connection_name, retries, modes)

        return wrapper

    return decorate


async def run_transaction(
    function: Callable[[TransactionConnection], Coroutine[Any, Any, T]],
    *,
    retries: int = 3,
    connection_name: str | Connection | None = None,
    isolation: str | None = None,
    read_only: bool = False,
    deferrable: bool = False,
) -> T:
    """What `function` gives for a transaction, which is run again where the database asks for that.

    After a serialization failure or a deadlock it is undone and begun anew, up to `retries` times, with a pause that
    grows from about 10 ms to 1 s. Inside another transaction nothing is repeated, because that one has failed too.

    Raises:
        OperationalError: the last attempt failed, or an attempt failed for another reason.
    """
    modes: Modes = {"isolation": isolation, "read_only": read_only, "deferrable": deferrable}
    return await _repeated(function, connection_name, retries, modes)


async def _repeated(
    function: Callable[[TransactionConnection], Coroutine[Any, Any, T]],
    connection_name: str | Connection | None,
    retries: int,
    modes: Modes,
) -> T:
    attempt = 0
    while True:
        nested = True
        try:
            async with in_transaction(connection_name, **modes) as connection:
                nested = connection.outer is not None
                return await function(connection)
        except OperationalError as error:
            if not error.retryable or nested or attempt >= retries:
                raise
        attempt += 1
        import random

        await asyncio.sleep(min(1.0, 0.01 * 2**attempt) * random.uniform(0.5, 1.0))
