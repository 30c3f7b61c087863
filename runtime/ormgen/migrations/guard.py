"""Lets one process at a time change a database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final

from ormgen.drivers.driver import Driver, Transaction
from ormgen.exceptions import OperationalError, TransactionManagementError

LOCK_KEY: Final = 8_244_930_217_461
LOCK_NAME: Final = "CONCAT('ormgen_migrations:', SHA1(DATABASE()))"
PAUSE: Final = 0.05  # seconds


async def alone(driver: Driver, patience: float) -> Transaction:
    """A transaction of the only process that migrates this database now; `end` lets the next one in.

    Others wait, at most `patience` seconds. On SQLite the transaction itself keeps them out, on PostgreSQL an advisory
    lock in it, on MySQL and MariaDB a named lock of its session; a process that dies lets go of each of them.

    Raises:
        OperationalError: another process has been migrating for longer.
    """
    deadline = time.monotonic() + patience
    transaction = await _begun(driver, deadline)
    try:
        if driver.dialect == "postgres":
            while not (await transaction.fetch(f"SELECT pg_try_advisory_xact_lock({LOCK_KEY})", ()))[0][0]:
                await _wait(deadline)
        elif driver.dialect == "mysql":
            while (await transaction.fetch(f"SELECT GET_LOCK({LOCK_NAME}, 0)", ()))[0][0] != 1:
                await _wait(deadline)
    except BaseException:
        await transaction.rollback()
        raise
    return transaction


async def end(driver: Driver, transaction: Transaction) -> None:
    """Undo what the transaction has not committed, and let the next process in."""
    with contextlib.suppress(TransactionManagementError):
        if driver.dialect == "mysql":
            await transaction.fetch(f"SELECT RELEASE_LOCK({LOCK_NAME})", ())
        await transaction.rollback()


async def _begun(driver: Driver, deadline: float) -> Transaction:
    while True:
        try:
            return await driver.begin()
        except OperationalError as error:
            if not error.retryable:
                raise
            await _wait(deadline)


async def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise OperationalError("another process is migrating this database; it holds the lock", retryable=True)
    await asyncio.sleep(PAUSE)
