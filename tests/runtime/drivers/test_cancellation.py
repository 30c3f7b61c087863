"""Cancelled at every await, once and twice: no connection is lost, no transaction stays open, nothing is half done."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest

from driver_tools import INCREMENT, LONG_READ, AnyDriver, cancelled_at, count, make_driver, spelled, whole
from ormgen.drivers.driver import Session

Work = Callable[[AnyDriver], Coroutine[Any, Any, None]]


async def fetch(driver: AnyDriver) -> None:
    await driver.fetch("SELECT * FROM team", ())


async def execute(driver: AnyDriver) -> None:
    await driver.execute(INCREMENT, ())


async def execute_many(driver: AnyDriver) -> None:
    await driver.execute_many(spelled(driver, "UPDATE team SET score = score + ? WHERE name = ?"), [(1, "counter")])


async def script(driver: AnyDriver) -> None:
    await driver.script(f"{INCREMENT};")


async def stream(driver: AnyDriver) -> None:
    chunks: Any = driver.stream("SELECT a.id FROM team a, team b", (), 2)
    async with aclosing(chunks):  # else the garbage collector closes what a cancelled loop body leaves behind
        async for _ in chunks:
            await asyncio.sleep(0)


async def commit(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await guarded(transaction, transaction.execute(INCREMENT, ()))
    await transaction.commit()


async def roll_back(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await guarded(transaction, transaction.execute(INCREMENT, ()))
    await transaction.rollback()


async def nested(driver: AnyDriver) -> None:
    transaction = await driver.begin()

    async def inside() -> None:
        savepoint = await transaction.savepoint()
        await guarded(savepoint, savepoint.execute(INCREMENT, ()))
        await savepoint.commit()

    await guarded(transaction, inside())
    await transaction.commit()


async def guarded(session: Any, work: Coroutine[Any, Any, object]) -> None:
    """As `async with in_transaction()` does: what fails is rolled back."""
    try:
        await work
    except BaseException:
        await session.rollback()
        raise


WRITES: dict[Work, int] = {
    execute: 1,
    execute_many: 1,
    script: 1,
    commit: 1,
    nested: 1,
    fetch: 0,
    stream: 0,
    roll_back: 0,
}


async def sweep(driver: AnyDriver, work: Work, *offsets: int) -> None:
    """Cancels `work` at each of its suspensions in turn, and `offsets` later again; checks what is left each time."""
    for first in range(100):
        before = await count(driver)
        done, suspensions = await cancelled_at(work(driver), first, *(first + offset for offset in offsets))
        await whole(driver)
        # On MySQL a cancelled statement is killed, and its locks fall, a moment later.
        async with asyncio.timeout(10):
            written = await count(driver) - before
            await driver.execute("UPDATE team SET score = score WHERE name = 'counter'", ())
        assert written in ((WRITES[work],) if done else (0, WRITES[work]))
        if done and suspensions <= first:
            return
    pytest.fail("the sweep found no end")


@pytest.mark.parametrize("work", WRITES)
async def test_one_cancellation(driver: AnyDriver, work: Work) -> None:
    await sweep(driver, work)


@pytest.mark.parametrize("work", WRITES)
async def test_two_cancellations(driver: AnyDriver, work: Work) -> None:
    await sweep(driver, work, 1)


@pytest.mark.parametrize("work", WRITES)
async def test_cancelled_again_and_again(driver: AnyDriver, work: Work) -> None:
    await sweep(driver, work, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("work", [fetch, commit, nested])
async def test_cancelled_while_connecting(db_url: str, driver: AnyDriver, work: Work) -> None:
    for first in range(100):
        fresh = make_driver(db_url)
        done, suspensions = await cancelled_at(work(fresh), first)
        await whole(fresh)
        await fresh.fetch("SELECT 1", ())
        await fresh.close()
        if done and suspensions <= first:
            return
    pytest.fail("the sweep found no end")


async def test_cancelled_while_waiting_for_a_connection(db_url: str, driver: AnyDriver) -> None:
    if driver.dialect != "sqlite":
        driver = make_driver(db_url, maxsize=1)
    for turns in range(12):
        transaction = await driver.begin()
        waiting = [asyncio.create_task(commit(driver)) for _ in range(3)]
        await asyncio.sleep(0.001)
        end = asyncio.create_task(transaction.rollback())
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[1].cancel()
        results = await asyncio.gather(*waiting, end, return_exceptions=True)
        assert not isinstance(results[2], BaseException)
        await whole(driver)
    await driver.close()


async def drain(session: Session, sql: str) -> None:
    async for _ in session.stream(sql, ()):
        pass


async def others_running(driver: AnyDriver) -> int:
    """How many statements of other sessions the server runs in this database."""
    sql = {
        "sqlite": "SELECT 0",
        "postgres": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'",
        "mysql": "SELECT count(*) - 1 FROM information_schema.processlist"
        " WHERE db = database() AND info LIKE 'SELECT%%'",
    }
    ((number,),) = await driver.fetch(sql[driver.dialect], ())
    return int(number)


@pytest.mark.parametrize("where", ["driver", "transaction", "stream"])
async def test_a_long_statement_is_stopped(driver: AnyDriver, db_url: str, where: str) -> None:
    sql = LONG_READ[driver.dialect]
    async with asyncio.timeout(10):
        transaction = await driver.begin()
        if where != "transaction":
            await transaction.rollback()
        session: Session = transaction if where == "transaction" else driver
        work = drain(session, sql) if where == "stream" else session.fetch(sql, ())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work, 0.2)
        if where == "transaction":
            await transaction.rollback()
        await whole(driver)
        await driver.execute(INCREMENT, ())
        assert await count(driver) == 1
        other = make_driver(db_url)
        while await others_running(other):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
        await other.close()


async def test_a_transaction_goes_on_after_a_cancelled_statement(driver: AnyDriver) -> None:
    if driver.dialect == "mysql":
        return  # the connection had to go
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    inner = await transaction.savepoint()
    sql = LONG_READ[driver.dialect].replace("99000000", "3000000")  # SQLite goes on with it
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(inner.fetch(sql, ()), 0.1)
    await inner.rollback()
    await transaction.execute(INCREMENT, ())
    await transaction.commit()
    assert await count(driver) == 2


async def test_what_was_cancelled_before_it_began_does_not_happen(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.execute("CREATE TABLE t (a)", ())
    slow = asyncio.create_task(driver.execute(LONG_READ["sqlite"].replace("99000000", "1000000"), ()))
    late = asyncio.create_task(driver.execute("INSERT INTO t VALUES (1)", ()))
    await asyncio.sleep(0.01)
    late.cancel()
    await slow
    assert (late.cancelled(), (await driver.execute("SELECT * FROM t", ())).rows) == (True, [])
    await driver.close()


async def test_a_transaction_is_lost_with_its_connection(mysql_url: str) -> None:
    driver = make_driver(mysql_url)
    transaction = await driver.begin()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(transaction.fetch("SELECT sleep(60)", ()), 0.1)
    with pytest.raises(Exception, match="lost"):
        await transaction.fetch("SELECT 1", ())
    with pytest.raises(Exception, match="lost"):
        await transaction.commit()
    await whole(driver)
    await driver.close()


async def test_a_storm_of_cancellations(driver: AnyDriver) -> None:
    acknowledged = started = 0

    async def worker(number: int) -> None:
        nonlocal acknowledged, started
        for turn in range(10):
            task = asyncio.create_task((commit, nested, execute)[turn % 3](driver))
            started += 1
            await asyncio.sleep((number * 7 + turn * 3) % 11 / 2000)
            task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            assert result is None or isinstance(result, asyncio.CancelledError)
            acknowledged += result is None

    async with asyncio.timeout(60):
        await asyncio.gather(*(worker(number) for number in range(20)))
        await whole(driver)
        assert acknowledged <= await count(driver) <= started
        await driver.execute(INCREMENT, ())
