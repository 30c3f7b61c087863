"""How long migrations wait for locked tables: not long at a time, so that nobody queues behind them, but often."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from math import ceil
from typing import Final, TypeVar

from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import DBConnectionError, OperationalError
from ormgen.records import dataclass

T = TypeVar("T")
LOCK_TIMEOUT: Final = 5.0  # seconds
WAIT: Final = 600.0  # seconds, for other processes and for locked tables
LONGEST_PAUSE: Final = 30.0  # seconds
LOCKED: Final = ("55P03", "40P01")  # a lock was not had in time; a deadlock


@dataclass(frozen=True, slots=True)
class Patience:
    """How migrations wait, in seconds.

    A statement waits `lock_timeout` for a lock (None: as long as the server lets it), because whoever comes after it
    waits too. Then it is undone and tried again, after a pause that grows, for as long as `wait`. So long it is also
    waited for other processes that migrate.
    """

    lock_timeout: float | None = LOCK_TIMEOUT
    wait: float = WAIT

    def local_sql(self, dialect: str) -> str | None:
        """What a transaction begins with."""
        if self.lock_timeout is None or dialect != "postgres":
            return None
        return f"SET LOCAL lock_timeout = {max(1, round(self.lock_timeout * 1000))}"

    async def again(self, work: Callable[[], Awaitable[T]], tell: Callable[[str], None]) -> T:
        """What `work` gives, tried again where a table is locked.

        Raises:
            OperationalError: it was locked for too long, or something else is wrong.
        """
        deadline, pause = time.monotonic() + self.wait, 0.5
        while True:
            try:
                return await work()
            except OperationalError as error:
                locked = error.sqlstate in LOCKED and not isinstance(error, DBConnectionError)
                if not locked or time.monotonic() + pause > deadline:
                    raise
                tell(f"locked by others ({error}); trying again in {pause:.1f} s")
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE)

    def configured(self, config: ConnectionConfig) -> ConnectionConfig:
        """A connection whose sessions wait no longer for a lock; on PostgreSQL each transaction is told."""
        if self.lock_timeout is None or config.dialect != "mysql":
            return config
        given = dict(config.credentials)
        seconds = max(1, ceil(self.lock_timeout))
        command = f"SET SESSION lock_wait_timeout = {seconds}, SESSION innodb_lock_wait_timeout = {seconds}"
        before = f"{given['init_command']}; " if given.get("init_command") else ""
        return ConnectionConfig(config.engine, {**given, "init_command": before + command})
