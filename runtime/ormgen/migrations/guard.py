"""Lets one process at a time change a database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Final

from ormgen.database.capabilities import known
from ormgen.drivers.driver import Driver, Transaction
from ormgen.exceptions import IntegrityError, OperationalError, TransactionManagementError

LOCK_KEY: Final = 8_244_930_217_461
LOCK_NAME: Final = "CONCAT('ormgen:', SHA2(DATABASE(), 224))"
LOCK_TABLE: Final = "ormgen_migrations_lock"
PAUSE: Final = 0.05  # seconds
ADVISORY: Final[Mapping[str, str]] = {
    "postgres": f"SELECT pg_try_advisory_xact_lock({LOCK_KEY})",
    "mysql": f"SELECT GET_LOCK({LOCK_NAME}, 0)",
}
REFUSED: Final = ("42501", "42883", "0A000", "42000")  # no right to it, no such function, not supported; of MySQL too


async def alone(driver: Driver, patience: float) -> Transaction:
    """A transaction of the only process that migrates this database now; `end` lets the next one in.

    Others wait, at most `patience` seconds. On SQLite the transaction itself keeps them out, on PostgreSQL an advisory
    lock in it, on MySQL and MariaDB a named lock of its session. Where a server has no such locks, or the user has no
    right to them, it is a row of the table `ormgen_migrations_lock`. A process that dies lets go of each of them.

    Raises:
        OperationalError: another process has been migrating for longer.
    """
    deadline = time.monotonic() + patience
    transaction = await _begun(driver, deadline)
    if driver.dialect == "sqlite":
        return transaction
    try:
        if known(driver.dialect, driver.facts).advisory_locks:
            try:
                await _advisory(driver, transaction, deadline)
                return transaction
            except OperationalError as error:
                if error.sqlstate not in REFUSED:
                    raise
        await transaction.rollback()
        await _make_lock_table(driver, deadline)
        transaction = await _begun(driver, deadline)
        await _row(transaction, deadline)
        await _release_snapshot(driver, transaction)
    except BaseException:
        with contextlib.suppress(TransactionManagementError):
            await transaction.rollback()
        raise
    return transaction


async def _advisory(driver: Driver, transaction: Transaction, deadline: float) -> None:
    while (await transaction.fetch(ADVISORY[driver.dialect], ()))[0][0] not in (True, 1):
        await _wait(deadline)
    await _release_snapshot(driver, transaction)


async def _release_snapshot(driver: Driver, transaction: Transaction) -> None:
    """What was read with parameters stays open in PostgreSQL until something else is run, and indexes that are built
    concurrently wait for whoever has something open.
    """
    if driver.dialect == "postgres":
        await transaction.script("SELECT 1")


async def _row(transaction: Transaction, deadline: float) -> None:
    """Lock the one row that there is; it is passed over while another process has it."""
    while not await transaction.fetch(f"SELECT id FROM {LOCK_TABLE} WHERE id = 1 FOR UPDATE SKIP LOCKED", ()):
        await _wait(deadline)


async def _make_lock_table(driver: Driver, deadline: float) -> None:
    insert = {
        "postgres": f"INSERT INTO {LOCK_TABLE} (id) VALUES (1) ON CONFLICT DO NOTHING",
        "mysql": f"INSERT IGNORE INTO {LOCK_TABLE} (id) VALUES (1)",
    }
    while True:
        try:
            await driver.execute(f"CREATE TABLE IF NOT EXISTS {LOCK_TABLE} (id INTEGER PRIMARY KEY)", ())
            await driver.execute(insert[driver.dialect], ())
            return
        except OperationalError as error:  # PostgreSQL, where several processes make a table at the same moment
            made = isinstance(error, IntegrityError) or error.sqlstate in ("42710", "42P07")
            if not (made or error.retryable):
                raise
            await _wait(deadline)


async def end(driver: Driver, transaction: Transaction) -> None:
    """Undo what the transaction has not committed, and let the next process in."""
    with contextlib.suppress(TransactionManagementError):
        if driver.dialect == "mysql":
            with contextlib.suppress(OperationalError):
                await transaction.fetch(f"SELECT RELEASE_LOCK({LOCK_NAME})", ())
        await transaction.rollback()


async def _begun(driver: Driver, deadline: float) -> Transaction:
    while True:
        try:
            # an older snapshot would be waited for by indexes that are built concurrently
            return await driver.begin(isolation="READ COMMITTED" if driver.dialect == "postgres" else None)
        except OperationalError as error:
            if not error.retryable:
                raise
            await _wait(deadline)


async def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise OperationalError("another process is migrating this database; it holds the lock", retryable=True)
    await asyncio.sleep(PAUSE)
