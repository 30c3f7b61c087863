"""Connections shared by many tasks, connections that died, loops that changed."""

import asyncio
import time
from contextlib import suppress

import pytest

from driver_tools import INCREMENT, LONG_READ, AnyDriver, count, make_driver, make_tables, spelled, whole
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.exceptions import (
    BaseORMException,
    DBConnectionError,
    OperationalError,
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
