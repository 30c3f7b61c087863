"""What pools and transactions ask of one connection, whatever its database."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Protocol

from ormgen.drivers.driver import Result, Rows


class Holder:
    """The task that holds a connection for as long as it likes, known weakly: a transaction that everybody has
    forgotten must not be kept alive by its own connection, through the task and what that task remembers.
    """

    __slots__ = ("_name", "_task", "since")

    def __init__(self, task: asyncio.Task[Any] | None, since: float) -> None:
        self._task = None if task is None else weakref.ref(task)
        self._name = "a task that has ended" if task is None else task.get_name()
        self.since = since

    def get_name(self) -> str:
        """The name of the task, also when it has ended."""
        return self._name

    @property
    def task(self) -> asyncio.Task[Any] | None:
        """The task; None when it is gone."""
        return None if self._task is None else self._task()

    def held_by(self, task: asyncio.Task[Any] | None) -> bool:
        """Whether `task` is the holder."""
        return self._task is not None and self._task() is task


class Chunks(Protocol):
    """An open result that is read piece by piece."""

    async def take(self, size: int) -> Rows:
        """The next rows, at most `size`; none when all were read."""
        ...

    async def close(self) -> None:
        """Lets go of a result that was read to its end, or left early."""
        ...


class Connection(Protocol):
    """One session with a database. Its methods raise what the library raises; `translate` makes it ours.

    The names differ from those of the libraries' connections because each of these is one of them.
    """

    holder: asyncio.Task[Any] | Holder | None
    idle_since: float
    misplaced: bool  # the server has turned out to take no writes, as a primary that became a standby
    doomed: Exception | None  # why the statement that runs has been ended, when somebody else has done that

    @property
    def place(self) -> Hashable | None:
        """The server, None where sessions cannot be asked about."""
        ...

    @property
    def refuse_ending(self) -> Callable[[str], None] | None:
        """Raises TransactionManagementError for a statement that the database commits an open transaction for; None
        where there is no such statement.
        """
        ...

    def read(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Rows]: ...

    def run(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Result]: ...

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> Awaitable[None]: ...

    def run_script(self, sql: str) -> Awaitable[None]: ...

    async def open_chunks(self, sql: str, parameters: Sequence[Any], *, alone: bool) -> Chunks:
        """Begins to read a result; `alone` says that there is no transaction around it."""
        ...

    def disturbs(self, *, writes: bool) -> bool:
        """Whether results that are being read have to be put aside before another statement, which `writes` or not."""
        ...

    async def command(self, sql: str) -> None:
        """Runs one statement that begins, marks or undoes."""
        ...

    async def finish(self) -> None:
        """Commits; raises TransactionManagementError if the database rolls back instead."""
        ...

    def usable(self) -> bool:
        """Whether the connection is alive, as far as can be told without asking the server."""
        ...

    def transaction_open(self) -> bool:
        """Whether the database has a transaction open."""
        ...

    def unclean(self) -> bool:
        """Whether a transaction is open or the session was changed."""
        ...

    def doubtful(self, error: Exception) -> bool:
        """Whether the session may be out of step after `error`, and has to prove itself before it is used again."""
        ...

    def lost_transaction(self, error: Exception) -> bool:
        """Whether the transaction no longer exists after a statement failed with `error`."""
        ...

    async def roll_back(self) -> None:
        """Undoes the open transaction."""
        ...

    async def settle(self) -> None:
        """Waits until the session listens again after a cancelled statement; the transaction stays open."""
        ...

    async def restore(self) -> bool:
        """Makes the session as new; False when the connection has to go."""
        ...

    def discard(self) -> None:
        """Ends the connection at once, without a word to the server."""
        ...

    async def part(self, owner: Any, waiting: Any) -> bool:
        """Ends the statement of the connection `waiting` if it waits for a lock of `owner`; whether it did.

        Raises OperationalError where the server does not tell.
        """
        ...

    async def hang_up(self) -> None:
        """Ends the connection politely."""
        ...

    def translate(self, error: BaseException) -> BaseException:
        """The exception of ours for one of the library's; anything that is no Exception stays."""
        ...


class ReadChunks:
    """A result that was read whole, handed out in chunks."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._given = 0

    async def take(self, size: int) -> Rows:
        chunk = self._rows[self._given : self._given + size]
        self._given += size
        return chunk

    async def close(self) -> None:
        self._rows = ()
