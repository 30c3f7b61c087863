"""A server that restarts: connections come back by themselves, and nothing that may have run is run again."""

import asyncio
import os
import shutil
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Unavailable
from driver_tools import AnyDriver, make_driver, whole
from ormgen.drivers.postgres import PostgresDriver
from ormgen.exceptions import BaseORMException, DBConnectionError, OperationalError
from own_postgres import OwnPostgres, self_signed

CRASHES = int(os.environ.get("ORMGEN_TEST_RESTARTS", "2"))


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    try:
        with OwnPostgres.new() as server:
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
            if turn % 2:
                await driver.execute("INSERT INTO ledger VALUES ($1)", (key,))
            else:
                transaction = await driver.begin()
                try:
                    await transaction.execute("INSERT INTO ledger VALUES ($1)", (key,))
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
async def test_restarts_under_load(server: OwnPostgres) -> None:
    driver = make_driver(server.url, maxsize=4)
    await driver.execute("CREATE TABLE ledger (key text)", ())
    acknowledged: list[str] = []
    failed: list[Exception] = []
    end = time.monotonic() + 2.0 * CRASHES
    workers = [asyncio.create_task(work(driver, number, acknowledged, failed, end)) for number in range(8)]
    for mode in (["fast", "immediate"] * CRASHES)[:CRASHES]:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.stop, mode)
        await asyncio.to_thread(server.start)
    await asyncio.gather(*workers)
    written = [row[0] for row in await driver.fetch("SELECT key FROM ledger", ())]
    assert len(written) == len(set(written)), "a statement was repeated"
    assert set(acknowledged) <= set(written), "an acknowledged write is lost"
    assert all(isinstance(error, BaseORMException) for error in failed), {type(error) for error in failed}
    after = max(int(key.partition("-")[2]) for key in acknowledged)
    assert after > 10
    await whole(driver)
    statistics = driver.statistics()
    assert (statistics.size, statistics.in_use, statistics.holders) == (statistics.idle, 0, ())
    assert statistics.lost >= CRASHES
    await driver.close()


async def test_the_back_off_is_bounded(server: OwnPostgres) -> None:
    driver = make_driver(server.url, reconnect_timeout=0.5)
    await driver.fetch("SELECT 1", ())
    server.stop()
    try:
        with pytest.raises(OperationalError):  # the connection that was there
            await driver.fetch("SELECT 1", ())
        began = time.monotonic()
        with pytest.raises(DBConnectionError, match="cannot connect"):
            await driver.fetch("SELECT 1", ())
        assert time.monotonic() - began < 5
    finally:
        server.start()
    assert len(await driver.fetch("SELECT 1", ())) == 1
    await driver.close()


async def test_a_statement_waits_for_the_server_to_come_back(server: OwnPostgres) -> None:
    driver = make_driver(server.url)
    await driver.fetch("SELECT 1", ())
    server.stop()
    with pytest.raises(OperationalError):
        await driver.fetch("SELECT pg_sleep(0)", ())
    waiting = asyncio.create_task(driver.execute("SELECT 5", ()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await asyncio.to_thread(server.start)
    assert [tuple(row) for row in (await waiting).rows] == [(5,)]
    await driver.close()


@pytest.mark.feature(40)
async def test_tls(server: OwnPostgres, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    certificate, _ = self_signed(server.data)
    server.settings.append("ssl=on")
    server.stop()
    server.start()
    trusting = tmp_path / "trusted.crt"
    shutil.copyfile(certificate, trusting)
    in_use = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    for option, expected in (
        (ssl.create_default_context(cafile=str(trusting)), True),
        ("require", True),
        (True, None),  # the certificate must be one that this machine trusts
        (ssl.create_default_context(), None),
        ("disable", False),
    ):
        driver = make_driver(server.url, ssl=option)
        if expected is None:
            with pytest.raises(DBConnectionError, match="certificate"):
                await driver.fetch(in_use, ())
        else:
            assert (await driver.fetch(in_use, ()))[0][0] is expected
        await driver.close()


async def test_the_promoted_standby_is_found(server: OwnPostgres) -> None:
    with server.standby() as standby:
        hosts = {"host": ["127.0.0.1", "127.0.0.1"], "port": [standby.port, server.port]}
        driver = PostgresDriver(**hosts, user="postgres", database="postgres", target_session_attrs="read-write")
        await driver.execute("CREATE TABLE moved (n int)", ())  # on the primary, although the standby stands first
        server.stop("immediate")
        try:
            standby.promote()
            with pytest.raises(DBConnectionError):
                await driver.execute("INSERT INTO moved VALUES (1)", ())
            await driver.execute("INSERT INTO moved VALUES (2)", ())
            assert [tuple(row) for row in await driver.fetch("SELECT n FROM moved", ())] == [(2,)]
        finally:
            await driver.close()
            server.start()
