"""Which context and which transactions are current: the only mutable globals.

The context of the process is the default, so that tasks made elsewhere find it; a context variable overrides it.
Variables are restored by setting the former value, because exits may run in another context than entries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Generic

from typing_extensions import TypeVar

from ormgen.database.connection import Connection, Database, TransactionConnection
from ormgen.drivers.waiting import current_task

T = TypeVar("T")


class Current(Generic[T]):
    """A value of the process that a task may override for itself."""

    def __init__(self, name: str) -> None:
        self.default: T | None = None
        self.override: ContextVar[T | None] = ContextVar(name, default=None)

    def get(self) -> T | None:
        """The task's own value, else that of the process."""
        return self.override.get() or self.default


open_transactions: ContextVar[Mapping[Database, TransactionConnection] | None] = ContextVar(
    "open_transactions", default=None
)


def transaction_on(database: Database) -> TransactionConnection | None:
    """The transaction on `database` that this task has open, None where there is none."""
    found = open_transactions.get()
    if found is None:
        return None
    transaction = found.get(database)
    if transaction is None or transaction.finished or transaction.owner is not asyncio.current_task():
        return None
    return transaction


Handed = Mapping[Database, TransactionConnection]


def own_transactions() -> Handed | None:
    """The transactions that this task has open, for a question that another task may come to await."""
    found = open_transactions.get()
    if found is None:
        return None
    task = current_task(asyncio.get_running_loop())
    for opened in found.values():
        if opened.owner is not task:
            return {database: opened for database, opened in found.items() if opened.owner is task} or None
    return found or None  # the usual case; it is made anew when a transaction begins or ends


def connection_of(database: Database, handed: Handed | None = None) -> Connection:
    """Where a statement for `database` runs: in this task's transaction, in the one handed to it, or by itself."""
    if handed is None and open_transactions.get() is None:
        return database
    opened = transaction_on(database) or (None if handed is None else handed.get(database))
    return database if opened is None or opened.finished else opened
