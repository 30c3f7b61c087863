"""Open transactions and savepoints: statements one at a time, an end that always completes, and no life after it."""

from __future__ import annotations

import asyncio
import warnings
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from itertools import count
from typing import Any, Protocol, TypeVar

from ormgen.drivers.aside import Stream
from ormgen.drivers.cleanup import Cleanup
from ormgen.drivers.connection import Connection
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.turn import Turn
from ormgen.exceptions import TransactionManagementError

T = TypeVar("T")

OVER = "Transaction already finalised"
ENDED = (
    "the statement ended the transaction, and what it wrote was committed or undone with that: leave the block, or use "
    "commit() and rollback() of the connection, and change tables outside of transactions"
)
ELSEWHERE = "the transaction belongs to another event loop than the one that runs here; begin one in this loop"
SETTLE_SECONDS = 10.0


class Owner(Protocol):
    """Where a connection goes after its transaction."""

    cleanup: Cleanup

    def give(self, connection: Any) -> None:
        """Takes back a clean connection."""
        ...

    async def restore(self, connection: Any) -> None:
        """Cleans a connection, and takes it back or discards it."""
        ...

    def abandon(self, connection: Any) -> None:
        """Gets rid of a connection nobody holds any more; may be called from any thread."""
        ...


class Held:
    """A connection while a transaction has it; shared with the savepoints inside."""

    __slots__ = ("connection", "guarded", "lock", "loop", "lost", "names", "owner", "refuse_ending", "streams")

    def __init__(self, connection: Connection, owner: Owner) -> None:
        self.connection = connection
        self.loop = asyncio.get_running_loop()
        self.owner = owner
        self.lock = Turn()
        self.lost: BaseException | None = None
        self.names = count(1)
        self.streams: list[Stream] = []
        self.guarded = True
        self.refuse_ending = connection.refuse_ending

    async def make_way(self, *, writes: bool) -> None:
        """Put aside what is being read, where another statement could not run beside it or would change it."""
        if self.streams and self.connection.disturbs(writes=writes):
            for stream in self.streams:
                await stream.put_aside()

    async def close_streams(self) -> None:
        """Let go of what was left in the middle."""
        while self.streams:
            await self.streams.pop().close()

    async def failed(self, error: BaseException) -> None:
        """After a failed statement: lets the next one in once the session listens, raises our exception."""
        if isinstance(error, Exception):
            ended = isinstance(error, TransactionManagementError) and not self.connection.transaction_open()
            if ended or self.connection.lost_transaction(error):
                self.lost = error
            if not isinstance(error, TimeoutError):
                self.lock.release()
                self.complain(error)
                return
        await self.owner.cleanup.finish(self._settle(error))
        self.complain(error)

    def complain(self, error: BaseException) -> None:
        """Raises our exception for `error`, unless it is one already."""
        translated = self.connection.translate(error)
        if translated is not error:
            raise translated from error

    async def _settle(self, error: BaseException) -> None:
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.connection.settle()
        except BaseException:
            self.connection.discard()
        finally:
            if not self.connection.usable():
                self.lost = self.lost or error
            self.lock.release()


class OpenSession:
    """What a transaction and a savepoint have in common: statements, and the one savepoint that may be open inside."""

    __slots__ = ("_child", "_held", "_over")

    def __init__(self, held: Held) -> None:
        self._held = held
        self._over = False
        self._child: OpenSavepoint | None = None

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        held = self._held
        if self._over or held.lost is not None or held.loop is not get_running_loop() or not held.lock.take():
            await self._turn()
        try:
            if held.streams:
                await held.make_way(writes=False)
            rows = await held.connection.read(sql, parameters)
        except BaseException as error:
            await held.failed(error)
            raise
        held.lock.release()
        return rows

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        held = self._held
        if self._over or held.lost is not None or held.loop is not get_running_loop() or not held.lock.take():
            await self._turn()
        try:
            if held.streams:
                await held.make_way(writes=True)
            if held.refuse_ending is not None:
                held.refuse_ending(sql)
            result = await held.connection.run(sql, parameters)
            if held.guarded and not held.connection.transaction_open():
                raise TransactionManagementError(ENDED)
        except BaseException as error:
            await held.failed(error)
            raise
        held.lock.release()
        return result

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        held = await self._turn()
        try:
            await held.make_way(writes=True)
            await held.connection.run_many(sql, rows)
        except BaseException as error:
            await held.failed(error)
            raise
        held.lock.release()

    async def script(self, sql: str) -> None:
        held = await self._turn()
        try:
            await held.make_way(writes=True)
            if held.refuse_ending is not None:
                held.refuse_ending(sql)
            await held.connection.run_script(sql)
            if held.guarded and not held.connection.transaction_open():
                raise TransactionManagementError(ENDED)
        except BaseException as error:
            await held.failed(error)
            raise
        held.lock.release()

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        held = self._held

        async def opened() -> Stream:
            await held.make_way(writes=False)
            stream = Stream(await held.connection.open_chunks(sql, parameters, alone=False), size)
            held.streams.append(stream)
            return stream

        stream = await self._locked(opened)
        try:
            while rows := await self._locked(stream.take):
                yield rows
                if len(rows) < size:
                    break
        finally:
            if not self._over and held.lost is None:
                await self._locked(stream.close)
            stream.drop()
            if stream in held.streams:
                held.streams.remove(stream)

    async def savepoint(self) -> OpenSavepoint:
        if self._has_open_child() and not self._over:
            raise TransactionManagementError(
                "another transaction is open inside this one; concurrent tasks need transactions of their own"
            )
        child = OpenSavepoint(self, self._held, f"ormgen_{next(self._held.names)}")
        self._child = child
        try:
            await self._locked(lambda: self._marked(child.name))
        except BaseException:
            child.expire()
            self._child = None
            raise
        return child

    async def _marked(self, name: str) -> None:
        await self._held.make_way(writes=True)
        await self._held.connection.command(f"SAVEPOINT {name}")

    def unguard(self) -> None:
        self._held.guarded = False
        self._held.refuse_ending = None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over

    def expire(self) -> None:
        """Ends this session and what is open inside it, without a word to the database."""
        self._over = True
        if self._child is not None:
            self._child.expire()

    def child_ended(self, child: OpenSavepoint) -> None:
        """The savepoint `child` was released or undone."""
        if self._child is child:
            self._child = None

    def _has_open_child(self) -> bool:
        return self._child is not None and not self._child._over

    async def _turn(self) -> Held:
        """The connection, when it is this caller's turn; whoever gets it releases the lock."""
        if self._over:
            raise TransactionManagementError(OVER)
        held = self._held
        if held.loop is not asyncio.get_running_loop():
            raise TransactionManagementError(ELSEWHERE)
        await held.lock.acquire()
        if self._over or held.lost is not None:
            held.lock.release()
            raise TransactionManagementError(OVER if self._over else rolled_back(held.lost)) from held.lost
        return held

    async def _locked(self, work: Callable[[], Awaitable[T]]) -> T:
        held = await self._turn()
        try:
            value = await work()
        except BaseException as error:
            await held.failed(error)
            raise
        held.lock.release()
        return value

    def _end(self) -> None:
        if self._over:
            raise TransactionManagementError(OVER)
        if self._held.loop is not asyncio.get_running_loop():
            raise TransactionManagementError(ELSEWHERE)
        if self._child is not None:
            self._child.expire()
        self._over = True


class OpenTransaction(OpenSession):
    """A transaction on a connection of its own; the connection goes back to `owner` at the end."""

    __slots__ = ()

    def __init__(self, connection: Connection, owner: Owner) -> None:
        super().__init__(Held(connection, owner))

    async def commit(self) -> None:
        if self._has_open_child() and not self._over:
            raise TransactionManagementError("a transaction inside this one is still open")
        self._end()
        await self._held.owner.cleanup.see_through(self._commit())

    async def rollback(self) -> None:
        self._end()
        await self._held.owner.cleanup.see_through(self._rollback())

    async def _commit(self) -> None:
        held = self._held
        try:
            await held.lock.acquire()
            if held.lost is not None:
                raise TransactionManagementError(rolled_back(held.lost)) from held.lost
            await held.close_streams()
            await held.connection.finish()
        except BaseException as error:
            await self._let_go(clean=False)
            held.complain(error)
            raise
        await self._let_go(clean=not held.connection.unclean())

    async def _rollback(self) -> None:
        held, clean = self._held, False
        try:
            await held.lock.acquire()
            if held.lost is None:
                await held.close_streams()
                await held.connection.roll_back()
                clean = not held.connection.unclean()
        except Exception:
            pass  # a connection that cannot roll back is discarded, and the server rolls back
        finally:
            await self._let_go(clean=clean)

    async def _let_go(self, *, clean: bool) -> None:
        held = self._held
        while held.streams:  # those of a connection that is lost
            held.streams.pop().drop()
        if held.lock.locked:
            held.lock.release()
        if clean:
            held.owner.give(held.connection)
        else:
            await held.owner.cleanup.finish(held.owner.restore(held.connection))

    def __del__(self) -> None:
        if not self._over:
            self._held.owner.abandon(self._held.connection)
            warnings.warn("a transaction was neither committed nor rolled back", ResourceWarning, source=self)


class OpenSavepoint(OpenSession):
    """A transaction inside `parent`."""

    __slots__ = ("_parent", "name")

    def __init__(self, parent: OpenSession, held: Held, name: str) -> None:
        super().__init__(held)
        self._parent = parent
        self.name = name

    async def commit(self) -> None:
        if self._has_open_child() and not self._over:
            raise TransactionManagementError("a transaction inside this one is still open")
        await self._finish(self._release())

    async def rollback(self) -> None:
        await self._finish(self._undo())

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            self._end()
        except TransactionManagementError:
            work.close()
            raise
        await self._held.owner.cleanup.finish(work)

    async def _release(self) -> None:
        held = self._held
        await held.lock.acquire()
        try:
            if held.lost is not None:
                raise TransactionManagementError(rolled_back(held.lost)) from held.lost
            try:
                await held.make_way(writes=True)
                await held.connection.command(f"RELEASE SAVEPOINT {self.name}")
            except Exception as error:
                await self._undo_locked()
                held.complain(error)
                raise
        finally:
            self._leave()

    async def _undo(self) -> None:
        await self._held.lock.acquire()
        try:
            await self._undo_locked()
        finally:
            self._leave()

    async def _undo_locked(self) -> None:
        held = self._held
        if held.lost is not None:
            return
        try:
            await held.make_way(writes=True)
            await held.connection.command(f"ROLLBACK TO SAVEPOINT {self.name}")
            await held.connection.command(f"RELEASE SAVEPOINT {self.name}")
        except Exception as error:
            held.lost = error  # without its savepoint the outer transaction must not be committed
            held.complain(error)
            raise

    def _leave(self) -> None:
        self._parent.child_ended(self)
        self._held.lock.release()


def rolled_back(error: BaseException | None) -> str:
    return f"the database has rolled this transaction back, or lost it: {str(error) or type(error).__name__}"
