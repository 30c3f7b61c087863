"""Transactions: `in_transaction()` for a block, `@atomic()` for a function; nested ones are savepoints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from types import TracebackType
from typing import Any

from typing_extensions import ParamSpec, TypeVar

from ormgen.database.connection import Connection, Database, TransactionConnection
from ormgen.database.context import require_context
from ormgen.database.current import open_transactions, transaction_on
from ormgen.exceptions import ParamsError

P = ParamSpec("P")
T = TypeVar("T")


class in_transaction:
    """A block whose changes all happen or none: `async with in_transaction() as conn:`.

    `connection_name` is the alias of a connection, or a connection; it may be left out where there is only one.
    Inside another transaction of the same task on the same database it is a savepoint; so it is in a task that is
    given the transaction of another one, and such tasks take turns. An exception that leaves the block undoes its
    changes. `isolation` is the level as SQL names it, for the outermost transaction only.

    Raises:
        ParamsError: there are several connections and none is named.
    """

    def __init__(
        self,
        connection_name: str | Connection | None = None,
        *,
        isolation: str | None = None,
        read_only: bool = False,
    ) -> None:
        self.connection_name = connection_name
        self.isolation = isolation
        self.read_only = read_only
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
            if len(connections.databases) > 1:
                choices = ", ".join(connections.databases)
                raise ParamsError(f"there are several connections, give connection_name: one of {choices}")
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
                handle: Any = await outer.handle.savepoint()
            else:
                handle = await database.driver.begin(isolation=self.isolation, read_only=self.read_only)
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
        finally:
            if waited is not None:
                waited.turn.release()


def _set(database: Database, transaction: TransactionConnection | None) -> None:
    known = {key: value for key, value in (open_transactions.get() or {}).items() if key is not database}
    if transaction is not None:
        known[database] = transaction
    open_transactions.set(known or None)


def atomic(
    connection_name: str | Connection | None = None,
    *,
    isolation: str | None = None,
    read_only: bool = False,
) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Run a coroutine function in a transaction of its own, or in a savepoint inside another one."""

    def decorate(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            async with in_transaction(connection_name, isolation=isolation, read_only=read_only):
                return await function(*args, **kwargs)

        return wrapper

    return decorate
