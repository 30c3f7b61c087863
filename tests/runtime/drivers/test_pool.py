"""Connections shared by many tasks, connections that died, loops that changed."""

import asyncio
import gc
import threading
import time
import warnings
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from driver_tools import INCREMENT, LONG_READ, AnyDriver, count, make_driver, make_tables, spelled, whole
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.exceptions import (
    BaseORMException,
    DBConnectionError,
    OperationalError,
    ORMLoopSwitchWarning,
    TransactionManagementError,
)


async def test_fifty_tasks(driver: AnyDriver) -> None:
    async def work(number: int) -> None:
        await driver.execute(spelled(driver, "INSERT INTO team (name) VALUES (?)"), [f"t{number}"])
        transaction = await driver.begin()
        await transaction.execute(INCREMENT, ())
        await transaction.commit()
        sql = spelled(driver, "SELECT name FROM team WHERE name = ?")
        assert [tuple(row) for row in await driver.fetch(sql, [f"t{number}"])] == [(f"t{number}",)]

    await asyncio.gather(*(work(number) for number in range(50)))
    assert await count(driver) == 50
    assert driver.size <= 7


@pytest.mark.feature(31)
async def test_opening_at_once_opens_once(db_url: str) -> None:
    driver = make_driver(db_url)
    await asyncio.gather(*(driver.open() for _ in range(10)))
    assert driver.size == {"sqlite": 2}.get(driver.dialect, 1)
    await driver.open()
    await driver.close()
    await driver.close()
    assert driver.size == 0
    await driver.fetch("SELECT 1", ())
    await driver.close()


async def test_minsize(db_url: str) -> None:
    if db_url.startswith("sqlite"):
        return
    driver = make_driver(db_url, minsize=3, maxsize=4)
    await driver.open()
    assert (driver.size, driver.idle) == (3, 3)
    await driver.close()


async def test_waiting_too_long_names_who_has_it(db_url: str) -> None:
    driver = make_driver(db_url, acquire_timeout=0.1, **({} if db_url.startswith("sqlite") else {"maxsize": 1}))
    release = asyncio.Event()

    async def hold() -> None:
        transaction = await driver.begin()
        await release.wait()
        await transaction.rollback()

    holder = asyncio.create_task(hold(), name="the greedy one")
    await asyncio.sleep(0.05)
    for attempt in (driver.begin(), driver.execute("SELECT 1", ())):
        with pytest.raises(DBConnectionError, match="the greedy one") as caught:
            await attempt
        assert "0.1 s" in str(caught.value)
    release.set()
    await holder
    await whole(driver)
    await driver.fetch("SELECT 1", ())
    await driver.close()


async def test_a_task_that_waits_for_itself_is_told_at_once() -> None:
    driver = SqliteDriver(":memory:")
    transaction = await driver.begin()
    with pytest.raises(DBConnectionError, match="itself"):
        await driver.fetch("SELECT 1", ())
    await transaction.rollback()
    await driver.fetch("SELECT 1", ())
    await driver.close()


async def test_first_come_first_served(db_url: str) -> None:
    driver = make_driver(db_url, **({} if db_url.startswith("sqlite") else {"maxsize": 1}))
    order: list[int] = []

    async def work(number: int) -> None:
        transaction = await driver.begin()
        order.append(number)
        await asyncio.sleep(0)
        await transaction.rollback()

    await asyncio.gather(*(work(number) for number in range(10)))
    assert order == list(range(10))
    await driver.close()


@pytest.mark.feature(42)
async def test_dead_connections_are_replaced(driver: AnyDriver, db_url: str) -> None:
    if driver.dialect == "sqlite":
        return
    other = make_driver(db_url)
    transactions = [await driver.begin() for _ in range(4)]
    own = "SELECT pg_backend_pid()" if driver.dialect == "postgres" else "SELECT connection_id()"
    kill = "SELECT pg_terminate_backend({})" if driver.dialect == "postgres" else "KILL {}"
    for transaction in transactions:
        ((session,),) = await transaction.fetch(own, ())
        await transaction.rollback()
        await other.execute(kill.format(session), ())
    await asyncio.sleep(0.1)
    await asyncio.gather(*(driver.execute(INCREMENT, ()) for _ in range(10)))
    assert await count(driver) == 10
    await other.close()


async def kill_sessions(driver: AnyDriver) -> None:
    """Ends the sessions of other drivers in this database, now and then."""
    while True:
        await asyncio.sleep(0.03)
        if driver.dialect == "postgres":
            sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'UPDATE team%'"
            await driver.execute(f"{sql} AND datname = current_database() AND pid <> pg_backend_pid()", ())
            continue
        sql = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
        for (session,) in await driver.fetch(sql, ()):
            with suppress(OperationalError):
                await driver.execute(f"KILL {session}", ())


@pytest.mark.feature(42)
async def test_connections_killed_under_load(driver: AnyDriver, db_url: str) -> None:
    if driver.dialect == "sqlite":
        return
    other = make_driver(db_url)
    acknowledged = 0

    async def work() -> None:
        nonlocal acknowledged
        for _ in range(20):
            try:
                transaction = await driver.begin()
                try:
                    await transaction.execute(INCREMENT, ())
                except BaseException:
                    await transaction.rollback()
                    raise
                await transaction.commit()
                acknowledged += 1
            except BaseORMException:  # and nothing else
                await asyncio.sleep(0.01)

    killing = asyncio.create_task(kill_sessions(other))
    async with asyncio.timeout(60):
        await asyncio.gather(*(work() for _ in range(15)))
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    await whole(driver)
    with suppress(BaseORMException):  # one that was killed last
        await driver.fetch("SELECT 1", ())
    assert await count(driver) >= acknowledged > 0
    await other.close()


async def test_old_connections_are_replaced(db_url: str) -> None:
    if db_url.startswith("sqlite"):
        return
    driver = make_driver(db_url, max_inactive_connection_lifetime=0.05)
    sql = "SELECT pg_backend_pid()" if driver.dialect == "postgres" else "SELECT connection_id()"
    first, second = [tuple((await driver.fetch(sql, ()))[0]) for _ in range(2)]
    await asyncio.sleep(0.1)
    third = tuple((await driver.fetch(sql, ()))[0])
    assert first == second != third
    await driver.close()


async def test_closing_waits_for_statements(db_url: str) -> None:
    driver = make_driver(db_url)
    await make_tables(driver)
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    closing = asyncio.create_task(driver.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    await transaction.commit()
    await closing
    assert driver.size == 0
    assert await count(driver) == 1
    await driver.close()


async def test_closing_turns_away_who_waits(db_url: str) -> None:
    driver = make_driver(db_url, **({} if db_url.startswith("sqlite") else {"maxsize": 1}))
    transaction = await driver.begin()
    waiting = asyncio.create_task(driver.begin())
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(driver.close())
    await asyncio.sleep(0.01)
    await transaction.rollback()
    (got,) = await asyncio.gather(waiting, return_exceptions=True)
    if not isinstance(got, BaseException):  # it was first in the queue
        await got.rollback()
    else:
        assert isinstance(got, DBConnectionError)
    await closing
    assert driver.size == 0


async def test_slow_readers_do_not_hold_up_others(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.open()
    running = asyncio.create_task(driver.fetch(LONG_READ["sqlite"], ()))
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    for _ in range(10):
        await driver.fetch("SELECT 1", ())
    assert time.perf_counter() - began < 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await driver.close()


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
