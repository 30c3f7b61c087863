"""A MariaDB or MySQL server that takes no writes for a while, as one that is fenced off or was made a replica."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from driver_tools import INCREMENT, count, make_driver, make_tables, whole
from models.heroes import Team
from ormgen import ORM, in_transaction, run_transaction
from ormgen.exceptions import OperationalError

LOGIN, PASSWORD = "ormgen_reader", "secret"


@asynccontextmanager
async def fenced(url: str) -> AsyncIterator[tuple[Any, str]]:
    """An administrator, whom `read_only` does not concern, and the URL of a user whom it does."""
    admin = make_driver(url)
    parts = urlsplit(url)
    await admin.script(f"DROP USER IF EXISTS {LOGIN}@'%'; CREATE USER {LOGIN}@'%' IDENTIFIED BY '{PASSWORD}'")
    await admin.script(f"GRANT ALL ON `{parts.path[1:]}`.* TO {LOGIN}@'%'")
    try:
        yield admin, parts._replace(netloc=f"{LOGIN}:{PASSWORD}@{parts.hostname}:{parts.port}").geturl()
    finally:
        await admin.script("SET GLOBAL read_only = 0")
        await admin.script(f"DROP USER {LOGIN}@'%'")
        await admin.close()


async def test_its_connections_are_left(mysql_url: str) -> None:
    async with fenced(mysql_url) as (admin, url):
        await make_tables(admin)
        driver = make_driver(url, maxsize=3)
        await driver.execute(INCREMENT, ())
        before = await driver.fetch("SELECT connection_id()", ())
        await admin.script("SET GLOBAL read_only = 1")
        for write in (driver.execute(INCREMENT, ()), driver.script(INCREMENT)):
            with pytest.raises(OperationalError, match="read-only") as caught:
                await write
            assert (caught.value.sqlstate, caught.value.retryable) == ("25006", True)
        assert await count(driver) == 1
        assert await driver.fetch("SELECT connection_id()", ()) != before
        transaction = await driver.begin()
        with pytest.raises(OperationalError, match="read-only"):
            await transaction.execute(INCREMENT, ())
        await transaction.rollback()
        reading = await driver.begin(read_only=True)
        assert len(await reading.fetch("SELECT 1", ())) == 1
        await reading.commit()
        await admin.script("SET GLOBAL read_only = 0")
        await driver.execute(INCREMENT, ())
        assert await count(driver) == 2
        await whole(driver)
        await driver.close()


async def test_a_transaction_that_only_reads_keeps_its_connection(mysql_url: str) -> None:
    driver = make_driver(mysql_url, maxsize=1)
    await make_tables(driver)
    before = await driver.fetch("SELECT connection_id()", ())
    transaction = await driver.begin(read_only=True)
    with pytest.raises(OperationalError, match="READ ONLY transaction") as caught:
        await transaction.execute(INCREMENT, ())
    assert (caught.value.sqlstate, caught.value.retryable) == ("25006", False)
    await transaction.rollback()
    assert await driver.fetch("SELECT connection_id()", ()) == before
    await driver.close()


async def test_a_transaction_is_repeated_when_the_server_takes_writes_again(mysql_url: str) -> None:
    async with fenced(mysql_url) as (admin, url):
        await ORM.init(db_url=url, modules={"models": ["models.heroes"]})
        await ORM.generate_schemas()
        attempts = 0

        async def write(connection: Any) -> None:
            nonlocal attempts
            attempts += 1
            if attempts == 2:
                await admin.script("SET GLOBAL read_only = 0")
            await Team.create(name="once")

        await admin.script("SET GLOBAL read_only = 1")
        await run_transaction(write)
        assert attempts == 2
        await admin.script("SET GLOBAL read_only = 1")
        async with in_transaction(read_only=True):
            assert await Team.all().count() == 1
        await admin.script("SET GLOBAL read_only = 0")
        await ORM.close_connections()
