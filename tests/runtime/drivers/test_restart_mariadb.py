"""A MariaDB server that is stopped, crashes and comes back under load."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import pytest

from databases import Unavailable
from driver_tools import AnyDriver, make_driver, whole
from ormgen.exceptions import BaseORMException, DBConnectionError
from own_mariadb import OwnMariadb

CRASHES = int(os.environ.get("ORMGEN_TEST_RESTARTS", "2"))


@pytest.fixture(scope="module")
def server() -> Iterator[OwnMariadb]:
    try:
        with OwnMariadb.new(1) as server:
            yield server
    except Unavailable as reason:
        pytest.skip(str(reason))


async def work(driver: AnyDriver, number: int, acknowledged: list[str], failed: list[Exception], end: float) -> None:
    """Writes a row at a time, each once whatever happens, and notes what the database has acknowledged."""
    turn = 0
    while time.monotonic() < end:
        turn += 1
        key = f"{number}-{turn}"
        try:
            transaction = await driver.begin()
            try:
                await transaction.execute("INSERT INTO ledger VALUES (%s)", (key,))
            except BaseException:
                await transaction.rollback()
                raise
            await transaction.commit()
        except Exception as error:
            failed.append(error)
        else:
            acknowledged.append(key)
        await asyncio.sleep(0.005)


@pytest.mark.feature(42)
async def test_restarts_under_load(server: OwnMariadb) -> None:
    driver = make_driver(server.url, maxsize=4)
    await driver.execute("CREATE TABLE ledger (label VARCHAR(40))", ())
    acknowledged: list[str] = []
    failed: list[Exception] = []
    end = time.monotonic() + 4.0 * CRASHES
    workers = [asyncio.create_task(work(driver, number, acknowledged, failed, end)) for number in range(8)]
    for sent in ([signal.SIGTERM, signal.SIGKILL] * CRASHES)[:CRASHES]:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.stop, sent)
        await asyncio.to_thread(server.start)
    before = len(acknowledged)
    await asyncio.gather(*workers)
    await asyncio.gather(*(work(driver, 100 + each, acknowledged, failed, time.monotonic() + 0.5) for each in range(8)))
    assert len(acknowledged) > before
    written = [row[0] for row in await driver.fetch("SELECT label FROM ledger", ())]
    assert len(written) == len(set(written)), "a statement was repeated"
    assert set(acknowledged) <= set(written), "an acknowledged write is lost"
    assert all(isinstance(error, BaseORMException) for error in failed), {type(error) for error in failed}
    assert failed
    await whole(driver)
    statistics = driver.statistics()
    assert (statistics.size, statistics.in_use, statistics.holders) == (statistics.idle, 0, ())
    await driver.close()


async def test_a_statement_waits_for_the_server_to_come_back(server: OwnMariadb) -> None:
    driver = make_driver(server.url, reconnect_timeout=30)
    await driver.fetch("SELECT 1", ())
    await asyncio.to_thread(server.stop)
    with pytest.raises(DBConnectionError):
        await driver.fetch("SELECT 1", ())
    waiting = asyncio.create_task(driver.execute("SELECT 5", ()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await asyncio.to_thread(server.start)
    assert [tuple(row) for row in (await waiting).rows] == [(5,)]
    await driver.close()
