"""Behind a pooler in transaction mode: one setting, or none, and nothing meets the statements of others."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from databases import Unavailable
from driver_tools import AnyDriver, make_driver, whole
from ormgen.exceptions import ConfigurationError, OperationalError, UnSupportedError
from pgbouncer import pgbouncer
from transaction_pooler import TransactionPooler


@pytest.fixture(params=["emulated", "pgbouncer"])
async def pooled_url(request: pytest.FixtureRequest, postgres_url: str) -> AsyncIterator[str]:
    """The URL of a pooler in transaction mode in front of an empty database."""
    parts = urlsplit(postgres_url)
    if request.param == "emulated":
        async with TransactionPooler(parts.port or 5432).running() as url:
            yield (
                urlsplit(url)._replace(path=parts.path, netloc=f"{parts.username}@{urlsplit(url).netloc[9:]}").geturl()
            )
        return
    try:
        with pgbouncer(postgres_url) as url:
            yield url
    except Unavailable as reason:
        pytest.skip(str(reason))


async def job(driver: AnyDriver, number: int) -> None:
    """Statements of different shapes, so that a mix-up with another client's would show."""
    assert [tuple(row) for row in await driver.fetch("SELECT $1::int, $2::text", (number, "a"))] == [(number, "a")]
    await driver.execute("INSERT INTO jobs VALUES ($1)", (number,))
    transaction = await driver.begin()
    await transaction.execute("UPDATE jobs SET n = n + $1 WHERE n = $2", (1000, number))
    assert [tuple(row) for row in await transaction.fetch("SELECT $1::text, 5", (str(number),))] == [(str(number), 5)]
    await transaction.commit()
    rows = [row async for chunk in driver.stream("SELECT generate_series(1, $1)", (number,), 3) for row in chunk]
    assert len(rows) == number


@pytest.mark.parametrize("option", [{"pooler": "transaction"}, {}])
async def test_many_jobs(pooled_url: str, option: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    drivers = [make_driver(pooled_url, maxsize=4, **option) for _ in range(3)]
    with caplog.at_level(logging.WARNING, "ormgen"):
        await drivers[0].execute("CREATE TABLE jobs (n int)", ())
        await asyncio.gather(*(job(drivers[number % 3], number) for number in range(1, 61)))
        await drivers[0].execute_many("INSERT INTO jobs VALUES ($1)", [(1,), (2,)])
    assert ("is behind a pooler" in caplog.text) is (not option)
    assert (await drivers[1].fetch("SELECT count(*) FROM jobs", ()))[0][0] == 62
    for driver in drivers:
        assert driver.facts.pooled is True
        await whole(driver)
        await driver.close()


async def test_without_it_statements_fail_with_the_remedy(pooled_url: str) -> None:
    drivers = [make_driver(pooled_url, maxsize=4, pooler="session") for _ in range(2)]

    async def ask(number: int) -> None:
        for turn in range(20):
            await drivers[number % 2].fetch(f"SELECT {turn % 5} + $1::int", (number,))

    answers = await asyncio.gather(*(ask(number) for number in range(8)), return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, BaseException)]
    assert errors
    assert all(isinstance(error, OperationalError) for error in errors)
    assert any('pooler="transaction"' in str(error) for error in errors)
    for driver in drivers:
        await driver.close()


async def test_settings_of_a_session_are_refused(pooled_url: str) -> None:
    driver = make_driver(pooled_url, pooler="transaction")
    for sql in ("SET work_mem = '1MB'", "SELECT pg_advisory_lock(1)", "LISTEN news"):
        with pytest.raises(UnSupportedError, match="SET LOCAL"):
            await driver.execute(sql, ())
    transaction = await driver.begin()
    await transaction.execute("SET LOCAL work_mem = '1MB'", ())
    assert (await transaction.fetch("SHOW work_mem", ()))[0][0] == "1MB"
    await transaction.rollback()
    assert (await driver.fetch("SHOW work_mem", ()))[0][0] != "1MB"
    await whole(driver)
    await driver.close()


async def test_errors_leave_no_transaction_open(pooled_url: str) -> None:
    driver = make_driver(pooled_url, pooler="transaction", maxsize=1)
    for _ in range(5):
        with pytest.raises(OperationalError):
            await driver.fetch("SELECT 1 / $1::int", (0,))
        with pytest.raises(OperationalError):
            await driver.execute("SELECT nonsense", ())
    task = asyncio.create_task(driver.fetch("SELECT pg_sleep(5)", ()))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    task.cancel()
    await asyncio.wait((task,))
    await whole(driver, 20)
    assert (await driver.fetch("SELECT 7", ()))[0][0] == 7
    assert time.monotonic() - began < 20
    await driver.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooler": "statement"}, "`pooler` is one of session, transaction"),
        ({"pooler": "transaction", "schema": "x"}, "does not keep search_path"),
        ({"pooler": "transaction", "server_settings": {"work_mem": "1MB"}}, "does not keep work_mem"),
    ],
)
def test_what_a_pooler_does_not_keep(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_driver("postgres://localhost/x", **options)


async def test_what_a_server_can_do(postgres_url: str) -> None:
    """A user who may not lock is what an engine without advisory locks looks like."""
    owner = await asyncpg.connect(postgres_url)
    name = f"{urlsplit(postgres_url).path[1:]}_guest"
    function = "pg_advisory_xact_lock(bigint)"
    await owner.execute(f"CREATE ROLE {name} LOGIN; REVOKE EXECUTE ON FUNCTION {function} FROM public")
    try:
        address = urlsplit(postgres_url).netloc.rpartition("@")[2]
        guest = urlsplit(postgres_url)._replace(netloc=f"{name}@{address}").geturl()
        for url, locks in ((postgres_url, True), (guest, False)):
            driver = make_driver(url)
            await driver.fetch("SELECT 1", ())
            facts = driver.facts
            assert (facts.product, facts.pooled, facts.transactional_ddl) == ("postgresql", False, True)
            assert facts.advisory_locks is locks
            await driver.close()
    finally:
        await owner.execute(f"GRANT EXECUTE ON FUNCTION {function} TO public; DROP ROLE {name}")
        await owner.close()
