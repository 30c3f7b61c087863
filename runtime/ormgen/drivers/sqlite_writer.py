"""The queue for the one SQLite connection that writes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from ormgen.drivers.cleanup import Cleanup
from ormgen.drivers.connection import Holder
from ormgen.drivers.sqlite_connection import SqliteConnection
from ormgen.drivers.statistics import Watch
from ormgen.drivers.waiting import FIRST_LOOK, LATER_LOOKS, blocked, waits_for_any
from ormgen.exceptions import DBConnectionError


class Writer:
    """Lets one transaction after the other have `connection`, in the order they asked; lives in one event loop."""

    def __init__(self, connection: SqliteConnection, name: str, timeout: float, watch: Watch) -> None:
        self.connection = connection
        self.cleanup = Cleanup()
        self.loop = asyncio.get_running_loop()
        self._name = name
        self._timeout = timeout
        self._watch = watch
        self.waiting = 0
        self._lock = asyncio.Lock()
        self._closed = False
        self.locked = self._lock.locked

    async def take(self) -> SqliteConnection:
        """The connection, for a transaction.

        Raises DBConnectionError after `timeout` seconds, naming the task that has it, and at once if that is this one
        or waits for this one.
        """
        task, began = asyncio.current_task(), self.loop.time()
        if not self._lock.locked():
            await self._lock.acquire()
        else:
            await self._wait_for(task)
            self._watch.waited(self.loop.time() - began)
        self._watch.tell(self.loop.time() - began, self.connection)
        if self._closed:
            self._lock.release()
            raise DBConnectionError(f"{self._name}: closed while waiting for the connection")
        self.connection.holder = Holder(task, self.loop.time())
        return self.connection

    async def wait(self) -> SqliteConnection:
        """The connection while no transaction is open; what is handed to it at once runs before the next one."""
        if self._lock.locked():
            taken = await self.take()
            self._watch.began.pop(id(taken), None)  # the statement's time is told on its own
            self.give(taken)
        return self.connection

    def give(self, connection: SqliteConnection) -> None:
        """Takes the connection back from a transaction."""
        connection.holder = None
        if self._watch.began:
            self._watch.free(connection)
        if self._lock.locked():  # what was forgotten may come back after the end
            self._lock.release()

    async def restore(self, connection: SqliteConnection) -> None:
        """Takes the connection back, rolling back what is open."""
        try:
            await connection.restore()
        finally:
            self.give(connection)

    def abandon(self, connection: SqliteConnection) -> None:
        """Takes the connection back from a transaction that was garbage collected; may be called from any thread."""
        connection.undo()
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self.loop.call_soon_threadsafe(self.give, connection)

    async def close(self, seconds: float) -> None:
        """Waits for what is open, at most `seconds` and not for the caller itself, then turns away who waits."""
        await self.cleanup.settle(seconds)
        task, holder = asyncio.current_task(), self.connection.holder
        own = isinstance(holder, Holder) and holder.held_by(task)
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if own or self._hopeless(task) is not None else seconds):
                await self._lock.acquire()
        self._closed = True
        if self._lock.locked():
            self._lock.release()

    async def _wait_for(self, task: asyncio.Task[Any] | None) -> None:
        holder = self.connection.holder
        if isinstance(holder, Holder) and task is not None and holder.held_by(task):
            raise DBConnectionError(f"{self._name}: this task waits for the transaction which it has itself open")
        self.waiting += 1
        owner, began = None, self.loop.time()
        looking: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal owner, looking
            owner = self._hopeless(task)
            if owner is not None:
                deadline.reschedule(self.loop.time())
            else:
                looking = self.loop.call_later(LATER_LOOKS, look)

        looking = self.loop.call_later(FIRST_LOOK, look)
        try:
            async with asyncio.timeout(self._timeout) as deadline:
                await self._lock.acquire()
        except TimeoutError:
            if task is not None and owner is not None:
                self._watch.waited(self.loop.time() - began, in_vain=True)
                raise blocked(self._name, task, owner) from None
            self._watch.waited(self._timeout, in_vain=True)
            raise self._too_late() from None
        finally:
            looking.cancel()
            self.waiting -= 1

    def _hopeless(self, task: asyncio.Task[Any] | None) -> asyncio.Task[Any] | None:
        """The task that has the connection, where it waits for `task`."""
        holder = self.connection.holder
        owner = holder.task if isinstance(holder, Holder) else None
        return None if task is None or waits_for_any(owner, (task,)) is None else owner

    def _too_late(self) -> DBConnectionError:
        holder = self.connection.holder
        return DBConnectionError(
            f"{self._name}: no connection to write with within {self._timeout:g} s, the only one is held by: "
            f"{holder.get_name() if holder is not None else 'nobody'}",
            retryable=True,
        )

    def holders(self) -> tuple[str, ...]:
        """The name of the task that has the connection."""
        holder = self.connection.holder
        return () if holder is None else (holder.get_name(),)
