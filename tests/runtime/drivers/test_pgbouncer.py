"""The distribution's PgBouncer before a real server: what is lost behind it, and what is refused instead."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from databases import Unavailable
from driver_tools import ADVISORY_LOCKS, AnyDriver, make_driver, whole
from models.heroes import Hero, Team
from ormgen import ORM, F, connections, in_transaction, run_transaction
from ormgen.exceptions import ConfigurationError, DBConnectionError, IntegrityError, OperationalError, UnSupportedError
from pgbouncer import pgbouncer

pytestmark = pytest.mark.feature(34, only="postgres")


def behind(postgres_url: str, mode: str = "transaction", size: int = 3, **settings: object) -> Any:
    try:
        return pgbouncer(postgres_url, mode, size, **settings)
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
async def url(postgres_url: str) -> AsyncIterator[str]:
    with behind(postgres_url) as url:
        yield url


@pytest.fixture
async def one(postgres_url: str) -> AsyncIterator[AnyDriver]:
    """A driver behind a pooler with a single connection to the server, so that whatever stays on it is met again."""
    with behind(postgres_url, size=1, query_wait_timeout=5) as url:
        driver = make_driver(url, pooler="transaction", maxsize=2)
        yield driver
        await whole(driver)
        await driver.close()


LASTING = [
    "SET work_mem = '1MB'",
    "set session work_mem = '1MB'",
    "RESET ALL",
    "SELECT set_config('work_mem', '1MB', false)",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock_shared(1)",
    "LISTEN news",
    "PREPARE kept AS SELECT 1",
    "CREATE TEMP TABLE mine (n int)",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "DISCARD ALL",
]


@pytest.mark.parametrize("sql", LASTING)
async def test_what_outlives_a_transaction_is_refused(one: AnyDriver, sql: str) -> None:
    for run in (one.execute(sql, ()), one.script(f"SELECT 1; {sql}")):
        with pytest.raises(UnSupportedError, match="SET LOCAL"):
            await run
    transaction = await one.begin()
    with pytest.raises(UnSupportedError, match="SET LOCAL"):
        await transaction.execute(sql, ())
    await transaction.rollback()


LOCAL = [
    "SET LOCAL work_mem = '1MB'",
    "SELECT set_config('work_mem', '1MB', true)",
    "SELECT pg_advisory_xact_lock(1)",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SET TRANSACTION READ WRITE",
    "SET CONSTRAINTS ALL DEFERRED",
    "CREATE TEMP TABLE mine (n int) ON COMMIT DROP",
    "DECLARE c CURSOR FOR SELECT 1",
    "SELECT 'SET x = 1; LISTEN a', $$ ; RESET ALL; $$ -- ; DISCARD ALL",
]


@pytest.mark.parametrize("sql", LOCAL)
async def test_what_ends_with_its_transaction_is_not(one: AnyDriver, sql: str) -> None:
    usual = (await one.fetch("SHOW work_mem", ()))[0][0]
    for run_alone in (True, False):
        transaction = await one.begin()
        await (transaction.execute(sql, ()) if run_alone else transaction.script(f"SELECT 1; {sql}"))
        await transaction.commit()
    assert (await one.fetch("SHOW work_mem", ()))[0][0] == usual
    assert await one.fetch(ADVISORY_LOCKS, ()) == []


async def test_settings_of_a_connection(postgres_url: str, url: str) -> None:
    """What PgBouncer refuses to take is an error of the connection; what it was told to ignore is refused by us."""
    driver = make_driver(url, schema="x")
    with pytest.raises(DBConnectionError, match="search_path"):
        await driver.fetch("SELECT 1", ())
    await driver.close()
    with behind(postgres_url, ignore_startup_parameters="search_path,statement_timeout") as ignoring:
        for option in ({"schema": "x"}, {"server_settings": {"statement_timeout": "1"}}):
            driver = make_driver(ignoring, **option)
            with pytest.raises(ConfigurationError, match=r"does not keep (search_path|statement_timeout): set it for"):
                await driver.fetch("SELECT 1", ())
            await driver.close()
    driver = make_driver(url, application_name="heroes")
    assert (await driver.fetch("SHOW application_name", ()))[0][0] == "heroes"
    assert (await driver.fetch("SHOW timezone", ()))[0][0] == "UTC"
    await driver.close()


async def test_session_mode_keeps_a_session(postgres_url: str) -> None:
    with behind(postgres_url, "session", size=5) as url:
        driver = make_driver(url, pooler="session")
        transaction = await driver.begin()
        await transaction.execute("SET work_mem = '1MB'", ())
        await transaction.commit()
        await whole(driver)
        assert driver.facts.pooled
        assert (await driver.fetch("SHOW work_mem", ()))[0][0] != "1MB"
        for turn in range(20):
            assert (await driver.fetch(f"SELECT {turn % 3} + $1::int", (1,)))[0][0] == turn % 3 + 1
        await driver.close()


async def test_statement_mode_is_refused(postgres_url: str) -> None:
    with behind(postgres_url, "statement") as url:
        driver = make_driver(url)
        with pytest.raises(DBConnectionError, match="pool_mode = transaction"):
            await driver.fetch("SELECT 1", ())
        await driver.close()


@pytest.mark.parametrize("option", ["", "?pooler=transaction"])
async def test_an_application(url: str, option: str) -> None:
    """Everything that an application does, in many tasks, on three connections to the server."""
    await ORM.init(db_url=url + option, modules={"models": ["models.heroes"]})
    await ORM.generate_schemas()
    counter = await Hero.create(name="counter", power=0)

    async def visit(number: int) -> None:
        async with in_transaction():
            team = await Team.create(name=f"t{number}")
            async with in_transaction():
                await Hero.bulk_create([Hero(name=f"h{number}-{at}", team=team) for at in range(3)])
            await Hero.filter(id=counter.id).update(power=F("power") + 1)
        loaded = await Team.get(id=team.id).prefetch_related("heroes")
        assert len(loaded.heroes) == 3
        assert len([hero async for hero in Hero.filter(team=team)]) == 3
        with pytest.raises(IntegrityError):
            await Hero.create(name="nobody", team_id=10**6)
        await Hero.filter(team=team).order_by("-id").limit(1).delete()

    async def add(connection: Any) -> None:
        found = await Hero.filter(id=counter.id).select_for_update().get()
        found.power += 1
        await found.save()

    await asyncio.gather(*(asyncio.create_task(visit(number)) for number in range(12)))
    await asyncio.gather(*(asyncio.create_task(run_transaction(add, retries=20)) for _ in range(8)))
    assert await Hero.all().count() == 25
    await counter.refresh_from_db()
    assert counter.power == 20
    assert connections.databases["default"].statistics().in_use == 0
    await ORM.close_connections()


async def test_a_pooler_that_goes_away(postgres_url: str) -> None:
    with behind(postgres_url) as url:
        driver = make_driver(url, reconnect_timeout=0.3)
        await driver.fetch("SELECT 1", ())
    with pytest.raises(OperationalError):
        await driver.fetch("SELECT 1", ())
    with pytest.raises(DBConnectionError, match="cannot connect"):
        await driver.fetch("SELECT 1", ())
    await driver.close()
