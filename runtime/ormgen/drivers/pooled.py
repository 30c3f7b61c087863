"""What the drivers of database servers share: statements on connections from a pool, one pool for each event loop."""

from __future__ import annotations

import math
import threading
import warnings
from asyncio import get_running_loop
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from ormgen.drivers.connection import Connection
from ormgen.drivers.driver import Result, Rows
from ormgen.drivers.forgotten import Closable
from ormgen.drivers.pool import Pool, PoolSettings
from ormgen.drivers.statistics import PoolStatistics, Watch
from ormgen.drivers.transaction import OpenTransaction
from ormgen.exceptions import ConfigurationError, ORMLoopSwitchWarning, TransactionManagementError

C = TypeVar("C", bound=Connection)

LEFT_OPEN = "the statement left a transaction open, so it was rolled back; use `in_transaction()`"


async def stream_chunks(pool: Pool[C], sql: str, parameters: Sequence[Any], size: int) -> AsyncGenerator[Rows, None]:
    """Reads a result in chunks on a connection that nobody else uses meanwhile."""
    connection = pool.take() or await pool.acquire()
    try:
        chunks = await connection.open_chunks(sql, parameters, alone=True)
        while rows := await chunks.take(size):
            yield rows
            if len(rows) < size:
                break
        await chunks.close()
    except BaseException as error:  # a GeneratorExit too: the reader left early
        await pool.recover(connection, error)
        raise
    pool.give(connection)


class PooledDriver(Closable, Generic[C]):
    """A driver on top of `_connect`, which opens one connection.

    The calls of the hot path spell out take, run and give instead of sharing them: a shared helper
    or a context manager would cost more than all the rest of them.
    """

    dialect: str

    def __init__(self, settings: PoolSettings) -> None:
        super().__init__()
        self.watch = Watch()
        self.facts: Any = None
        self._settings = settings
        self._pool: Pool[C] | None = None
        self._beside: list[Pool[C]] = []  # those of other loops that still run
        self._entering = threading.Lock()

    @property
    def size(self) -> int:
        return sum(pool.size for pool in self._pools())

    @property
    def idle(self) -> int:
        return sum(pool.idle for pool in self._pools())

    def statistics(self) -> PoolStatistics:
        pools = self._pools()
        holders = tuple(name for pool in pools for name in pool.holders())
        most = self._settings.maxsize * max(1, len(pools))
        return self.watch.statistics(self.size, self.idle, sum(pool.waiting for pool in pools), holders, most)

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # not there while an option is refused
        return f"<{type(self).__name__} {'' if settings is None else settings.name}>"

    async def open(self) -> None:
        await self._enter().fill()

    async def close(self) -> None:
        with self._entering:
            pools, self._pool, self._beside = self._pools(), None, []
        for pool in pools:
            if pool.loop is get_running_loop():
                await pool.close()
            else:
                pool.leave()

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        pool = self._pool
        if pool is None or pool.loop is not get_running_loop():
            pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            rows = await connection.read(sql, parameters)
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        pool.take_back(connection)
        return rows

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        pool = self._pool
        if pool is None or pool.loop is not get_running_loop():
            pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            result = await connection.run(sql, parameters)
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        if connection.unclean():
            await self._clean(pool, connection)
        else:
            pool.take_back(connection)
        return result

    async def execute_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Result]:
        pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            await connection.command(self._begin_sql(None, False, False))
            results = [await connection.run(sql, parameters) for sql, parameters in statements]
            await connection.finish()
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        if connection.unclean():
            await self._clean(pool, connection)
        else:
            pool.give(connection)
        return results

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            await connection.run_many(sql, rows)
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        pool.give(connection)

    async def script(self, sql: str) -> None:
        pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            await connection.run_script(sql)
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        await self._clean(pool, connection)

    def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        return stream_chunks(self._enter(), sql, parameters, size)

    async def begin(
        self, *, isolation: str | None = None, read_only: bool = False, deferrable: bool = False
    ) -> OpenTransaction:
        begin = self._begin_sql(isolation, read_only, deferrable)
        pool = self._enter()
        connection = pool.take() or await pool.acquire()
        try:
            await connection.command(begin)
        except BaseException as error:
            await pool.recover(connection, error)
            raise
        pool.lend(connection)
        return OpenTransaction(connection, pool)

    async def _connect(self) -> C:
        raise NotImplementedError

    def _begin_sql(self, isolation: str | None, read_only: bool, deferrable: bool) -> str:
        raise NotImplementedError

    async def _clean(self, pool: Pool[C], connection: C) -> None:
        """Takes back a connection whose session was changed; raises if a transaction was left open."""
        left_open = connection.transaction_open()
        await pool.cleanup.finish(pool.restore(connection))
        if left_open:
            raise TransactionManagementError(LEFT_OPEN)

    def _enter(self) -> Pool[C]:
        """The pool of the running loop.

        Loops that run at the same time, in several threads, have a pool each.
        """
        loop, dropped, ended = get_running_loop(), 0, False
        with self._entering:
            pools = self._pools()
            own = next((pool for pool in pools if pool.loop is loop), None)
            self._beside = [pool for pool in pools if pool is not own and pool.lives()]
            for pool in pools:
                if pool is not own and pool not in self._beside:
                    dropped, ended = dropped + pool.leave(), True
            self._pool = own = own or Pool(self._connect, self._settings, self.watch)
        if ended:
            warnings.warn(
                f"{self!r} is used in another event loop than the one that opened it; "
                f"{dropped} connections are dropped and opened anew (close it before its loop ends)",
                ORMLoopSwitchWarning,
                stacklevel=4,
            )
        return own

    def _pools(self) -> list[Pool[C]]:
        return self._beside if self._pool is None else [self._pool, *self._beside]

    def holds_connections(self) -> bool:
        return self.size > 0


def read_pool_settings(name: str, options: Mapping[str, Any]) -> PoolSettings:
    """Pool sizes and times from a driver's options; raises ConfigurationError if they do not fit together."""
    minsize = options.get("minsize", options.get("min_size", 1))
    maxsize = options.get("maxsize", options.get("max_size", max(5, minsize)))
    if not 0 <= minsize <= maxsize or maxsize < 1:
        raise ConfigurationError(f"{name}: a pool needs 0 <= minsize <= maxsize and maxsize >= 1")
    max_idle = options.get("max_inactive_connection_lifetime", options.get("pool_recycle", 300.0))
    return PoolSettings(
        name,
        minsize=minsize,
        maxsize=maxsize,
        acquire_timeout=options.get("acquire_timeout", 30.0),
        reconnect_timeout=options.get("reconnect_timeout", 5.0),
        max_idle=max_idle if max_idle > 0 else math.inf,
    )
