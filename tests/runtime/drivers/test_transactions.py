"""Transactions and savepoints: what they keep, what they undo, and that they are dead afterwards."""

import asyncio

import pytest

from driver_tools import INCREMENT, AnyDriver, count, make_driver, whole
from ormgen.exceptions import (
    DBConnectionError,
    IntegrityError,
    OperationalError,
    ParamsError,
    TransactionManagementError,
)

FINALISED = "Transaction already finalised"
DUPLICATE = "INSERT INTO team (name) VALUES ('counter')"


async def test_commit_keeps_and_rollback_undoes(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    assert [tuple(row) for row in await transaction.fetch("SELECT score FROM team", ())] == [(1,)]
    await transaction.commit()
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    await transaction.rollback()
    assert await count(driver) == 1


async def test_others_do_not_see_what_is_open(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    assert await count(driver) == 0
    await transaction.commit()
    assert await count(driver) == 1


@pytest.mark.feature(203)
async def test_dead_after_the_end(driver: AnyDriver) -> None:
    for end in ("commit", "rollback"):
        transaction = await driver.begin()
        savepoint = await transaction.savepoint()
        if end == "commit":
            with pytest.raises(TransactionManagementError, match="still open"):
                await transaction.commit()
            await savepoint.rollback()
        await getattr(transaction, end)()
        for dead in (transaction, savepoint):
            for attempt in (
                dead.fetch("SELECT 1", ()), dead.execute(INCREMENT, ()), dead.execute_many(INCREMENT, [()]),
                dead.script("SELECT 1"), dead.savepoint(), dead.commit(), dead.rollback(),
                anext(aiter(dead.stream("SELECT 1", ()))),
            ):  # fmt: skip
                with pytest.raises(TransactionManagementError, match=FINALISED):
                    await attempt
    assert await count(driver) == 0


@pytest.mark.feature(202)
async def test_savepoints(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    inner = await transaction.savepoint()
    await inner.execute(INCREMENT, ())
    innermost = await inner.savepoint()
    await innermost.execute(INCREMENT, ())
    await innermost.rollback()
    await inner.commit()
    again = await transaction.savepoint()
    await again.execute(INCREMENT, ())
    await again.rollback()
    await transaction.commit()
    assert await count(driver) == 2


async def test_a_failed_statement_can_be_undone_by_its_savepoint(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    inner = await transaction.savepoint()
    with pytest.raises(IntegrityError):
        await inner.execute(DUPLICATE, ())
    await inner.rollback()
    await transaction.execute(INCREMENT, ())
    await transaction.commit()
    assert await count(driver) == 2


async def test_only_one_savepoint_at_a_time(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    inner = await transaction.savepoint()
    with pytest.raises(TransactionManagementError, match="concurrent"):
        await transaction.savepoint()
    await inner.commit()
    await transaction.rollback()


async def test_a_failed_transaction_cannot_be_committed_on_postgres(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    await driver.script("CREATE TABLE team (name TEXT UNIQUE); INSERT INTO team VALUES ('counter')")
    transaction = await driver.begin()
    await transaction.execute("INSERT INTO team VALUES ('a')", ())
    with pytest.raises(IntegrityError):
        await transaction.execute("INSERT INTO team VALUES ('counter')", ())
    with pytest.raises(TransactionManagementError, match="aborted"):
        await transaction.execute("SELECT 1", ())
    with pytest.raises(TransactionManagementError, match="rolled back"):
        await transaction.commit()
    inner = await (transaction := await driver.begin()).savepoint()
    with pytest.raises(IntegrityError):
        await inner.execute("INSERT INTO team VALUES ('counter')", ())
    with pytest.raises(TransactionManagementError):
        await inner.commit()
    await transaction.execute("INSERT INTO team VALUES ('b')", ())
    await transaction.commit()
    assert [row[0] for row in await driver.fetch("SELECT name FROM team ORDER BY name", ())] == ["b", "counter"]
    assert (driver.size, driver.idle) == (1, 1)
    await driver.close()


async def test_sqlite_says_so_when_it_has_rolled_back(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.script("CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT ROLLBACK); INSERT INTO t VALUES (1)")
    transaction = await driver.begin()
    await transaction.execute("INSERT INTO t VALUES (2)", ())
    with pytest.raises(IntegrityError):
        await transaction.execute("INSERT INTO t VALUES (1)", ())
    with pytest.raises(TransactionManagementError, match="rolled"):
        await transaction.execute("INSERT INTO t VALUES (3)", ())
    with pytest.raises(TransactionManagementError, match="rolled"):
        await transaction.commit()
    assert await driver.fetch("SELECT a FROM t", ()) == [(1,)]
    await driver.close()


async def test_statements_of_many_tasks_take_turns(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await asyncio.gather(*(transaction.execute(INCREMENT, ()) for _ in range(20)))
    waiting = asyncio.gather(*(transaction.execute(INCREMENT, ()) for _ in range(5)), return_exceptions=True)
    await asyncio.sleep(0)
    await transaction.commit()
    late = [result for result in await waiting if isinstance(result, TransactionManagementError)]
    assert await count(driver) == 25 - len(late)


@pytest.mark.parametrize("level", ["READ UNCOMMITTED", "read committed", "repeatable_read", "Serializable"])
@pytest.mark.feature(206)
async def test_isolation_levels(driver: AnyDriver, level: str) -> None:
    transaction = await driver.begin(isolation=level)
    questions = {"postgres": "SHOW transaction_isolation", "mysql": "SELECT trx_isolation_level FROM "}
    if driver.dialect == "postgres":
        ((actual,),) = await transaction.fetch(questions["postgres"], ())
        assert actual == level.replace("_", " ").lower()
    await transaction.execute(INCREMENT, ())
    await transaction.rollback()


async def test_an_unknown_isolation_level_is_refused(driver: AnyDriver) -> None:
    with pytest.raises(ParamsError):
        await driver.begin(isolation="SERIALIZABLE; DROP TABLE team")


async def test_read_only(driver: AnyDriver) -> None:
    transaction = await driver.begin(read_only=True)
    assert len(await transaction.fetch("SELECT 1 FROM team", ())) == 1
    if driver.dialect == "sqlite":  # its writer stays free
        await driver.execute(INCREMENT, ())
        assert [row[0] for row in await transaction.fetch("SELECT score FROM team", ())] == [0]
        await driver.execute("UPDATE team SET score = 0", ())
    with pytest.raises(OperationalError):
        await transaction.execute(INCREMENT, ())
    await transaction.rollback()
    assert await count(driver) == 0


async def test_a_forgotten_transaction_gives_its_connection_back(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    with pytest.warns(ResourceWarning, match="neither committed nor rolled back"):
        del transaction
    await asyncio.sleep(0.05)
    await whole(driver)
    assert await count(driver) == 0
    await driver.execute(INCREMENT, ())


async def test_a_connection_that_dies_in_a_transaction(driver: AnyDriver, db_url: str) -> None:
    if driver.dialect == "sqlite":
        return
    other = make_driver(db_url)
    for end in ("commit", "rollback"):
        transaction = await driver.begin()
        await transaction.execute(INCREMENT, ())
        own = "SELECT pg_backend_pid()" if driver.dialect == "postgres" else "SELECT connection_id()"
        ((session,),) = await transaction.fetch(own, ())
        kill = f"SELECT pg_terminate_backend({session})" if driver.dialect == "postgres" else f"KILL {session}"
        await other.execute(kill, ())
        await asyncio.sleep(0.05)
        with pytest.raises(DBConnectionError):
            await transaction.execute(INCREMENT, ())
        with pytest.raises(TransactionManagementError):
            await transaction.fetch("SELECT 1", ())
        if end == "commit":
            with pytest.raises(TransactionManagementError):
                await transaction.commit()
        else:
            await transaction.rollback()
        assert driver.size == driver.idle
    assert await count(driver) == 0
    await other.close()
