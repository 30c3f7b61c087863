"""Drivers for tests: one whose every change is undone at the end, one whose transactions fail for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from ormgen.drivers.driver import Driver, Result, Rows, Transaction
from ormgen.exceptions import BaseORMException, OperationalError

T = TypeVar("T")


class Passing:
    """A driver that passes everything on to another one."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.dialect = driver.dialect
        self.watch = driver.watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)


class UndoingDriver(Passing):
    """Runs everything in one transaction, begun by the first statement, in whichever task and event loop that is.

    What begins a transaction gets a savepoint; those of several tasks take turns.
    """

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver)
        self._open: Transaction | None = None
        self._opening: asyncio.Lock | None = None
        self._turn: asyncio.Lock | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        return await self._kept(lambda session: session.fetch(sql, parameters))

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        return await self._kept(lambda session: session.execute(sql, parameters))

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._kept(lambda session: session.execute_many(sql, rows))

    async def script(self, sql: str) -> None:
        await self._kept(lambda session: session.script(sql))

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        rows = await self.fetch(sql, parameters)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    async def begin(self, **modes: Any) -> Any:
        _, turn = self._locks()
        outer = await self._transaction()
        await turn.acquire()
        try:
            return Turn(await outer.savepoint(), turn)
        except BaseException:
            turn.release()
            raise

    async def undo(self) -> None:
        """Undo everything; the next statement begins anew."""
        opened, self._open = self._open, None
        if opened is not None and self._loop is asyncio.get_running_loop():
            with suppress(BaseORMException):
                await opened.rollback()

    async def close(self) -> None:
        """Undo everything and close the connections."""
        await self.undo()
        await self.driver.close()

    async def _kept(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """A statement outside of transactions: where it fails, what was there before stays."""
        _, turn = self._locks()
        outer = await self._transaction()
        async with turn:
            inside = await outer.savepoint()
            try:
                result = await work(inside)
            except BaseException:
                await inside.rollback()
                raise
            await inside.commit()
            return result

    def _locks(self) -> tuple[asyncio.Lock, asyncio.Lock]:
        loop = asyncio.get_running_loop()
        if self._opening is None or self._turn is None or self._loop is not loop:
            self._open = None  # what another loop had begun went with its connections
            self._opening, self._turn, self._loop = asyncio.Lock(), asyncio.Lock(), loop
        return self._opening, self._turn

    async def _transaction(self) -> Transaction:
        opening, _ = self._locks()
        async with opening:
            if self._open is None:
                self._open = await self.driver.begin()
            return self._open


class Turn:
    """A savepoint that lets the next one begin when it has ended."""

    def __init__(self, savepoint: Any, turn: asyncio.Lock) -> None:
        self._savepoint = savepoint
        self._turn = turn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._savepoint, name)

    async def commit(self) -> None:
        try:
            await self._savepoint.commit()
        finally:
            self._turn.release()

    async def rollback(self) -> None:
        try:
            await self._savepoint.rollback()
        finally:
            self._turn.release()


class FailingDriver(Passing):
    """Its first `times` transactions fail when they are committed, as after a serialization failure."""

    def __init__(self, driver: Driver, times: int) -> None:
        super().__init__(driver)
        self.left = times

    async def begin(self, **modes: Any) -> Any:
        opened = await self.driver.begin(**modes)
        if self.left <= 0:
            return opened
        self.left -= 1
        return Failing(opened)


class Failing:
    """A transaction that is rolled back instead of committed."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)

    async def commit(self) -> None:
        await self._opened.rollback()
        raise OperationalError("could not serialize access (injected by a test)", sqlstate="40001", retryable=True)


class Replaced:
    """A block in which databases run on other drivers."""

    def __init__(self, databases: Sequence[Any], make: Any) -> None:
        self._databases = databases
        self._make = make
        self._former: list[Any] = []

    def __enter__(self) -> list[Any]:
        self._former = [database.driver for database in self._databases]
        made = [self._make(driver) for driver in self._former]
        for database, driver in zip(self._databases, made, strict=True):
            database.use(driver)
        return made

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for database, driver in zip(self._databases, self._former, strict=True):
            database.use(driver)
