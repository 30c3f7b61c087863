"""A MariaDB server that is stopped, crashes and comes back under load."""

import asyncio
import os
import shutil
import signal
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Unavailable
from driver_tools import AnyDriver, make_driver, whole
from ormgen.exceptions import BaseORMException, ConfigurationError, DBConnectionError
from own_mariadb import OwnMariadb
from own_postgres import self_signed

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
    driver, hasty = make_driver(server.url, reconnect_timeout=30), make_driver(server.url, reconnect_timeout=0.5)
    await driver.fetch("SELECT 1", ())
    await hasty.fetch("SELECT 1", ())
    await asyncio.to_thread(server.stop)
    with pytest.raises(DBConnectionError):
        await hasty.fetch("SELECT 1", ())
    await hasty.close()
    waiting = asyncio.create_task(driver.execute("SELECT 5", ()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await asyncio.to_thread(server.start)
    assert [tuple(row) for row in (await waiting).rows] == [(5,)]
    await driver.close()


@pytest.mark.feature(40)
async def test_tls(server: OwnMariadb, tmp_path: Path) -> None:
    """`ssl=True` looks at the certificate, as on PostgreSQL; `require` encrypts whoever answers."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    certificate, key = self_signed(server.folder)
    server.settings += [f"--ssl-cert={certificate}", f"--ssl-key={key}"]
    server.stop()
    server.start()
    in_use = "SELECT variable_value <> '' FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
    for option, expected in (
        (ssl.create_default_context(cafile=str(certificate)), True),
        ("require", True),
        (True, None),  # the certificate must be one that this machine trusts
        ("verify-ca", None),
        ("disable", False),
    ):
        driver = make_driver(server.url, ssl=option)
        if expected is None:
            with pytest.raises(DBConnectionError, match="certificate"):
                await driver.fetch(in_use, ())
        else:
            assert bool((await driver.fetch(in_use, ()))[0][0]) is expected
        await driver.close()
    with pytest.raises(ConfigurationError, match="`ssl` is True"):
        make_driver(server.url, ssl="perhaps")
