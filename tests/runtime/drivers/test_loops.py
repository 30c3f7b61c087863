"""Event loops that change, end, or run at the same time in several threads; files that go away."""

import asyncio
import gc
import threading
import warnings
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from driver_tools import INCREMENT, AnyDriver, count, make_driver, make_tables, whole
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.exceptions import (
    DBConnectionError,
    OperationalError,
    ORMLoopSwitchWarning,
    TransactionManagementError,
)


@pytest.mark.feature(27)
def test_another_loop(db_url: str) -> None:
    driver = make_driver(db_url)

    async def first() -> None:
        await make_tables(driver)
        await driver.execute(INCREMENT, ())

    async def second() -> None:
        with pytest.warns(RuntimeWarning, match="another event loop"):
            await driver.execute(INCREMENT, ())
        assert await count(driver) == 2
        await whole(driver)
        await driver.close()

    asyncio.run(first())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, about sockets of the first loop
        asyncio.run(second())
        gc.collect()


def test_memory_outlives_its_loop() -> None:
    driver = SqliteDriver(":memory:")

    async def first() -> None:
        await driver.script("CREATE TABLE t (a)")
        forgotten.append(await driver.begin())
        await forgotten[0].execute("INSERT INTO t VALUES (1)", ())

    async def second() -> None:
        with pytest.warns(RuntimeWarning, match="another event loop"):
            assert await driver.fetch("SELECT * FROM t", ()) == []
        await driver.close()

    forgotten: list[Any] = []
    asyncio.run(first())
    asyncio.run(second())
    with pytest.warns(ResourceWarning):
        forgotten.clear()


@pytest.mark.feature(27)
def test_a_loop_in_another_thread(db_url: str) -> None:
    """The first loop still runs: what it has in hand is not touched, and each loop has its own connections."""
    driver = make_driver(db_url)
    started, finish = threading.Event(), threading.Event()
    results: list[object] = []

    async def first() -> None:
        await make_tables(driver)
        transaction = await driver.begin()
        await transaction.execute(INCREMENT, ())
        started.set()
        await asyncio.to_thread(finish.wait, 10)
        await transaction.execute(INCREMENT, ())
        await transaction.commit()
        results.append(await count(driver))

    thread = threading.Thread(target=asyncio.run, args=(first(),))
    thread.start()
    started.wait(10)

    async def second() -> None:
        assert await count(driver) == 0
        assert driver.size >= 2
        finish.set()
        await asyncio.to_thread(thread.join, 10)
        assert await count(driver) == 2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, about sockets of the loop that nobody closed
        warnings.simplefilter("ignore", ORMLoopSwitchWarning)  # the first loop has ended by then
        asyncio.run(finished(second(), driver))
        gc.collect()
    assert not thread.is_alive()
    assert results == [2]


async def finished(work: Coroutine[Any, Any, None], driver: AnyDriver) -> None:
    await work
    await driver.close()


def test_loops_of_several_threads_at_once(db_url: str) -> None:
    driver = make_driver(db_url)
    errors: list[BaseException] = []

    async def work() -> None:
        for turn in range(10):
            if turn % 2:
                await driver.execute(INCREMENT, ())
            else:
                transaction = await driver.begin()
                await transaction.execute(INCREMENT, ())
                await transaction.commit()
            await count(driver)

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            errors.append(error)

    async def all_of_them() -> None:
        await make_tables(driver)
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        await work()
        for thread in threads:
            await asyncio.to_thread(thread.join, 30)
        assert await count(driver) == 40

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.simplefilter("ignore", ORMLoopSwitchWarning)  # the threads do not close what they used
        asyncio.run(finished(all_of_them(), driver))
        gc.collect()
    assert errors == []
    assert driver.size == 0


def test_a_transaction_stays_in_its_loop(db_url: str) -> None:
    driver = make_driver(db_url)

    async def elsewhere(transaction: Any) -> None:
        for attempt in (transaction.fetch("SELECT 1", ()), transaction.execute(INCREMENT, ()), transaction.commit()):
            with pytest.raises(TransactionManagementError, match="belongs to another event loop"):
                await attempt

    async def work() -> None:
        await make_tables(driver)
        transaction = await driver.begin()
        await asyncio.to_thread(asyncio.run, elsewhere(transaction))
        await transaction.execute(INCREMENT, ())
        await transaction.commit()
        assert await count(driver) == 1

    asyncio.run(finished(work(), driver))


def test_memory_is_one_connection_for_all_loops() -> None:
    driver = SqliteDriver(":memory:")

    async def ask() -> int:
        return await count(driver)

    async def work() -> None:
        await make_tables(driver)
        transaction = await driver.begin()
        with pytest.raises(TransactionManagementError, match="another event loop has a transaction open; use a file"):
            await asyncio.to_thread(asyncio.run, ask())
        await transaction.execute(INCREMENT, ())
        await transaction.commit()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ORMLoopSwitchWarning)
            assert await asyncio.to_thread(asyncio.run, ask()) == 1
            assert await count(driver) == 1

    asyncio.run(finished(work(), driver))


async def test_closed_while_it_opens(db_url: str) -> None:
    driver = make_driver(db_url)
    asking = asyncio.create_task(driver.fetch("SELECT 1", ()))
    await asyncio.sleep(0)
    await driver.close()
    await asyncio.gather(asking, return_exceptions=True)
    assert driver.size == 0


@pytest.mark.parametrize("way", ["execute", "begin"])
async def test_a_file_that_was_deleted_while_it_was_open(sqlite_url: str, way: str) -> None:
    driver = SqliteDriver(sqlite_url.removeprefix("sqlite://"))
    await make_tables(driver)
    for file in Path(driver.path).parent.glob("test.sqlite3*"):
        file.unlink()
    await asyncio.sleep(0.3)
    with pytest.raises(DBConnectionError, match="the file was deleted or replaced while it was open"):
        await (driver.execute(INCREMENT, ()) if way == "execute" else driver.begin())
    with pytest.raises(OperationalError, match="no such table"):
        await driver.execute(INCREMENT, ())
    await make_tables(driver)
    await driver.execute(INCREMENT, ())
    assert await count(driver) == 1
    await driver.close()
