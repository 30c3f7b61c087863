"""A pool of connections: who holds one, who waits for one, and what happens to a connection that failed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from ormgen.drivers.cleanup import Cleanup
from ormgen.drivers.connection import Connection, Holder
from ormgen.drivers.lookout import EVERY, Pair, part, suspects
from ormgen.drivers.statistics import PoolStatistics, Watch
from ormgen.drivers.waiting import FIRST_LOOK, LATER_LOOKS, blocked, current_task, waits_for_any
from ormgen.exceptions import DBConnectionError
from ormgen.records import dataclass

C = TypeVar("C", bound=Connection)

RESTORE_SECONDS = 10.0
CLOSE_SECONDS = 10.0
LEFT_TO_PARENT: list[object] = []  # connections made before a fork: touching them here would disturb the parent
POOLS: WeakSet[Pool[Any]] = WeakSet()
POOLS_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Sizes, and times in seconds; `name` says in messages what is pooled.

    A database that has answered before and does not now is asked again for `reconnect_timeout` seconds.
    """

    name: str
    minsize: int = 1
    maxsize: int = 5
    acquire_timeout: float = 30.0
    max_idle: float = 300.0
    reconnect_timeout: float = 5.0


class Pool(Generic[C]):
    """Connections of one event loop. Taking an idle one and giving it back are plain calls, without an await.

    Whoever finds none waits in a queue; connections are opened in tasks of their own, so that a cancelled caller
    breaks off nothing half done, and go to the head of the queue.
    """

    def __init__(self, connect: Callable[[], Awaitable[C]], settings: PoolSettings, watch: Watch | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.cleanup = Cleanup()
        self.watch = Watch() if watch is None else watch
        self.closed = False
        self._connect = connect
        self._settings = settings
        self._pid = os.getpid()
        self._members: set[C] = set()
        self._idle: list[C] = []
        self._opening = 0
        self._filling = asyncio.Lock()
        self._waiters: deque[asyncio.Future[C]] = deque()
        self._asking: dict[asyncio.Future[C], asyncio.Task[Any] | None] = {}
        self._looking_out: asyncio.TimerHandle | None = None
        self._suspects: set[Pair] = set()
        with POOLS_LOCK:
            POOLS.add(self)

    @property
    def size(self) -> int:
        return len(self._members) + self._opening

    @property
    def idle(self) -> int:
        return len(self._idle)

    @property
    def most(self) -> int:
        return self._settings.maxsize

    def has_room(self) -> bool:
        """Whether a connection is to be had without waiting for others."""
        return bool(self._idle) or self.size < self._settings.maxsize

    def take(self) -> C | None:
        """An idle connection that is alive, if there is one; the latest used first."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable():
                if monotonic() - connection.idle_since < self._settings.max_idle:
                    connection.holder = current_task(self.loop)
                    if self.watch.told:
                        self.watch.tell(0.0, connection)
                    return connection
                self.cleanup.start(connection.hang_up())
            else:
                connection.discard()
            self._members.discard(connection)
        return None

    def lend(self, connection: C) -> None:
        """Notes that a transaction has the connection now."""
        connection.holder = Holder(asyncio.current_task(), self.loop.time())
        if self._looking_out is None:  # in a context of its own: it must not keep a forgotten transaction alive
            self._looking_out = self.loop.call_later(EVERY, self._look_out, context=Context())

    def give(self, connection: C) -> None:
        """Takes back a connection whose session is as it was."""
        connection.holder = None
        if self.watch.began:
            self.watch.free(connection)
        if self.closed or not connection.usable():
            self.lose(connection)
            return
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        connection.idle_since = monotonic()
        self._idle.append(connection)

    def take_back(self, connection: C) -> None:
        """As `give`, after a statement that succeeded: whether the connection still lives is asked when it is taken."""
        if self._waiters or self.closed or self.watch.began:
            self.give(connection)
            return
        connection.holder = None
        connection.idle_since = monotonic()
        self._idle.append(connection)

    def lose(self, connection: C) -> None:
        """Ends a connection and makes room for another one."""
        self.watch.free(connection)
        self.watch.lost += connection in self._members
        self._members.discard(connection)
        connection.discard()
        if connection.misplaced:  # the others are connected to the same server
            self._members.difference_update(self._idle)
            while self._idle:
                self.cleanup.start(self._idle.pop().hang_up())
        self._open_for_waiters()

    async def acquire(self) -> C:
        """A connection, waiting for one if need be.

        Raises DBConnectionError after `acquire_timeout` seconds, naming those who hold the others, and at once where
        those hold them in transactions and wait for this task.
        """
        if self.closed:
            raise DBConnectionError(f"{self._settings.name}: closed")
        waiter: asyncio.Future[C] = self.loop.create_future()
        self._waiters.append(waiter)
        self._open_for_waiters()
        began, task = self.loop.time(), asyncio.current_task()
        timer = self.loop.call_later(self._settings.acquire_timeout, self._expire, waiter)
        self._asking[waiter] = task
        look = self.loop.call_later(FIRST_LOOK, self._look, waiter)
        try:
            connection = await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give(waiter.result())  # it came in the moment of the cancellation
            raise
        finally:
            timer.cancel()
            look.cancel()
            del self._asking[waiter]
        connection.holder = task
        seconds = self.loop.time() - began
        self.watch.waited(seconds)
        self.watch.tell(seconds, connection)
        return connection

    async def recover(self, connection: C, error: BaseException) -> None:
        """Takes back a connection on which a statement failed, and raises our exception for a library's."""
        translated = connection.translate(error)
        if self._fit(connection, error):
            self.give(connection)
        else:
            await self.cleanup.finish(self.restore(connection))
        if translated is not error:
            raise translated from error

    async def restore(self, connection: C) -> None:
        """Cleans a connection and takes it back, or discards it."""
        clean = False
        try:
            async with asyncio.timeout(RESTORE_SECONDS):
                clean = await connection.restore()
        except Exception:
            pass  # whatever it was, the connection goes
        finally:
            if clean:
                self.give(connection)
            else:
                self.lose(connection)

    def abandon(self, connection: C) -> None:
        """Discards a connection whose holder was garbage collected; may be called from any thread."""
        with suppress(RuntimeError):  # the loop is closed: so is the connection
            self.loop.call_soon_threadsafe(self.lose, connection)

    async def fill(self) -> None:
        """Opens the first `minsize` connections, at least one; raises DBConnectionError."""
        async with self._filling:
            missing = max(self._settings.minsize, 1) - self.size
            opened = await asyncio.gather(*(self.acquire() for _ in range(missing)), return_exceptions=True)
            for connection in opened:
                if not isinstance(connection, BaseException):
                    self.give(connection)
        for failure in opened:
            if isinstance(failure, BaseException):
                raise failure

    async def close(self) -> None:
        """Turns waiters away, waits for connections in use but for those of the caller, ends all."""
        self.closed = True
        self._disappoint()
        deadline = self.loop.time() + CLOSE_SECONDS
        leaving = [connection.hang_up() for connection in self._idle]
        self._members.difference_update(self._idle)
        self._idle.clear()
        await asyncio.gather(*leaving, return_exceptions=True)
        task = asyncio.current_task()
        while self._opening + sum(not _ends_after(member, task) for member in self._members):
            if self.loop.time() >= deadline:
                break
            await self.cleanup.settle(0.05)
            await asyncio.sleep(0.01)
        for connection in tuple(self._members):
            self.lose(connection)
        await self.cleanup.settle(CLOSE_SECONDS)

    def lives(self) -> bool:
        """Whether its loop runs, in some thread of this process."""
        return self._pid == os.getpid() and self.loop.is_running()

    def _disappoint(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(DBConnectionError(f"{self._settings.name}: closed while waiting for a connection"))
        self._waiters.clear()

    def leave(self) -> int:
        """Lets go of everything without awaiting: the owner is used from another loop, or another process.

        Says how many connections there were.
        """
        self.closed = True
        members, self._members, self._idle = self._members, set(), []
        if self._pid != os.getpid():
            LEFT_TO_PARENT.append((self, members))
            return len(members)
        if self.loop.is_running():
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._disappoint)
        for connection in members:
            with suppress(RuntimeError):
                if self.loop.is_running():
                    self.loop.call_soon_threadsafe(connection.discard)
                else:
                    connection.discard()
        return len(members)

    def holders(self) -> list[str]:
        """The names of the tasks that hold a connection."""
        return sorted(member.holder.get_name() for member in self._members if member.holder is not None)

    @property
    def waiting(self) -> int:
        """How many tasks wait for a connection."""
        return sum(not waiter.done() for waiter in self._waiters)

    def statistics(self) -> PoolStatistics:
        """How things are, and what was counted."""
        return self.watch.statistics(self.size, self.idle, self.waiting, tuple(self.holders()), self.most)

    def _fit(self, connection: C, error: BaseException) -> bool:
        """Whether there is nothing to clean, because the session is in order or gone."""
        if not isinstance(error, Exception) or isinstance(error, TimeoutError):
            return False
        return not connection.usable() or not (connection.unclean() or connection.doubtful(error))

    def _open_for_waiters(self) -> None:
        waiting = self.waiting
        while self._opening < waiting and self.size < self._settings.maxsize and not self.closed:
            self._opening += 1
            self.cleanup.start(self._open_one())

    async def _open_one(self) -> None:
        try:
            connection = await self._connect_again()
        except BaseException as error:
            self._opening -= 1
            self._turn_away(error)
            raise
        self._opening -= 1
        self.watch.opened += 1
        self._members.add(connection)
        self.give(connection)

    async def _connect_again(self) -> C:
        """A new connection. Where there has been one before, the server may be starting again: it is asked for
        `reconnect_timeout` seconds, with pauses that grow from about 25 ms to 1 s.
        """
        deadline = self.loop.time() + (self._settings.reconnect_timeout if self.watch.opened else 0.0)
        pause = 0.05
        while True:
            try:
                return await self._connect()
            except DBConnectionError as error:
                import random

                pause_now = pause * random.uniform(0.5, 1.0)
                if not error.retryable or self.closed or self.loop.time() + pause_now > deadline:
                    raise
            await asyncio.sleep(pause_now)
            pause = min(1.0, pause * 2)

    def _turn_away(self, error: BaseException) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                if isinstance(error, Exception):
                    waiter.set_exception(error)
                else:
                    waiter.cancel()
                break
        self._open_for_waiters()

    def _look(self, waiter: asyncio.Future[Any]) -> None:
        """Turns away a task for which the transactions that have all connections wait."""
        task = self._asking.get(waiter)
        if waiter.done() or task is None:
            return
        asking = {each for each in self._asking.values() if each is not None}
        holders = [member.holder.task if isinstance(member.holder, Holder) else None for member in self._members]
        if not self._opening and all(owner in asking or waits_for_any(owner, asking) for owner in holders):
            for owner in holders:
                if owner is not None and waits_for_any(owner, (task,)) is not None:
                    self.watch.waited(FIRST_LOOK, in_vain=True)
                    waiter.set_exception(blocked(self._settings.name, task, owner))
                    return
        self.loop.call_later(LATER_LOOKS, self._look, waiter)

    def _look_out(self) -> None:
        """While transactions are open: ends statements that wait for one of them, which waits for their task."""
        self._looking_out = None
        lent = [] if self.closed else [each for each in self._members if isinstance(each.holder, Holder)]
        with POOLS_LOCK:
            pools = [pool for pool in POOLS if pool.loop is self.loop]
        found = suspects(lent, [each for pool in pools for each in pool._members]) if lent else set()
        for _, waiting in self._suspects - found:
            waiting.doomed = None
        if again := self._suspects & found:
            self.cleanup.start(self._part(again))
        self._suspects = found
        if lent:
            self._looking_out = self.loop.call_later(EVERY, self._look_out, context=Context())

    async def _part(self, pairs: set[Pair]) -> None:
        idle = self.take()
        connection = idle or await self._connect()
        try:
            await part(connection, pairs)
        except BaseException as error:
            if idle is not None:
                await self.recover(idle, error)
            raise
        finally:
            if idle is None:
                await connection.hang_up()
        if idle is not None:
            self.give(idle)

    def _expire(self, waiter: asyncio.Future[Any]) -> None:
        if waiter.done():
            return
        self.watch.waited(self._settings.acquire_timeout, in_vain=True)
        holders = ", ".join(self.holders()) or "nobody"
        waiter.set_exception(
            DBConnectionError(
                f"{self._settings.name}: no connection within {self._settings.acquire_timeout:g} s, pool size "
                f"{self._settings.maxsize}, {self._opening} being opened, held by: {holders}",
                retryable=True,
            )
        )


def _ends_after(connection: Connection, task: asyncio.Task[Any] | None) -> bool:
    """Whether a connection is in a transaction of `task`, or of one that waits for `task`."""
    owner = connection.holder.task if isinstance(connection.holder, Holder) else None
    return owner is not None and task is not None and (owner is task or waits_for_any(owner, (task,)) is not None)
