"""A primary that has become read-only is left, and the new one is found; several hosts in one URL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from databases import Unavailable
from driver_tools import AnyDriver, make_driver, whole
from ormgen import ORM, run_transaction
from ormgen.exceptions import ConfigurationError, DBConnectionError, OperationalError
from own_postgres import OwnPostgres

pytestmark = pytest.mark.feature(42, only="postgres")


@pytest.fixture
def primary() -> Iterator[OwnPostgres]:
    try:
        with OwnPostgres.new() as server:
            yield server
    except Unavailable as reason:
        pytest.skip(str(reason))


class Switch:
    """One address that leads to one server, then to another, as a virtual IP or a proxy does at a failover."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with listening:
            yield f"postgres://postgres@127.0.0.1:{listening.sockets[0].getsockname()[1]}/postgres"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.to)
            await asyncio.gather(passed(reader, server_writer), passed(server_reader, writer))


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def until_written(driver: AnyDriver, sql: str) -> list[OperationalError]:
    """The errors before a write goes through."""
    errors: list[OperationalError] = []
    for _ in range(200):
        try:
            await driver.execute(sql, ())
            return errors
        except OperationalError as error:
            errors.append(error)
            await asyncio.sleep(0.05)
    raise AssertionError(errors[-1])


async def test_an_address_that_led_to_a_standby(primary: OwnPostgres) -> None:
    """Each connection of the pool is to the old server; one error is enough to leave them all."""
    with primary.standby() as standby:
        switch = Switch(standby.port)
        async with switch.running() as url:
            driver = make_driver(url, maxsize=4)
            await asyncio.gather(*(driver.fetch("SELECT pg_sleep(0.1)", ()) for _ in range(4)))
            assert driver.idle == 4
            switch.to = primary.port
            with pytest.raises(OperationalError) as caught:
                await driver.execute("CREATE TABLE moved (n int)", ())
            assert (caught.value.sqlstate, caught.value.retryable) == ("25006", True)
            assert not isinstance(caught.value, DBConnectionError)
            await asyncio.gather(*(driver.execute("CREATE TABLE IF NOT EXISTS moved (n int)", ()) for _ in range(1)))
            await asyncio.gather(*(driver.execute("INSERT INTO moved VALUES (1)", ()) for _ in range(8)))
            await whole(driver)
            await driver.close()


async def test_a_transaction_is_repeated_on_the_new_primary(primary: OwnPostgres) -> None:
    with primary.standby() as standby:
        switch = Switch(standby.port)
        async with switch.running() as url:
            await ORM.init(db_url=url, modules={"models": ["models.heroes"]})

            async def write(connection: Any) -> int:
                await connection.execute_query("SELECT 1")
                switch.to = primary.port
                await connection.execute_query("CREATE TABLE moved (n int)")
                return 7

            assert await run_transaction(write) == 7
            await ORM.close_connections()


async def test_a_primary_that_is_fenced_off(primary: OwnPostgres) -> None:
    """Its sessions live on and refuse to write; the URL names both hosts."""
    with primary.standby() as standby:
        url = f"postgres://postgres@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/postgres"
        driver = make_driver(url, maxsize=3)
        await driver.execute("CREATE TABLE moved (n int)", ())
        await asyncio.gather(*(driver.fetch("SELECT pg_sleep(0.1)", ()) for _ in range(3)))
        admin = make_driver(primary.url)
        await admin.execute("ALTER SYSTEM SET default_transaction_read_only = on", ())
        await admin.execute("SELECT pg_reload_conf()", ())
        await admin.close()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(standby.promote)
        errors = await until_written(driver, "INSERT INTO moved VALUES (1)")
        assert {error.sqlstate for error in errors} <= {"25006"}
        assert len(errors) == 1, errors
        assert (await driver.fetch("SHOW port", ()))[0][0] == str(standby.port)
        await whole(driver)
        await driver.close()


async def test_a_transaction_that_only_reads_keeps_its_connection(primary: OwnPostgres) -> None:
    driver = make_driver(primary.url, maxsize=1)
    before = (await driver.fetch("SELECT pg_backend_pid()", ()))[0][0]
    transaction = await driver.begin(read_only=True)
    with pytest.raises(OperationalError) as caught:
        await transaction.execute("CREATE TABLE refused (n int)", ())
    assert (caught.value.sqlstate, caught.value.retryable) == ("25006", False)
    await transaction.rollback()
    assert (await driver.fetch("SELECT pg_backend_pid()", ()))[0][0] == before
    await driver.close()


@pytest.mark.parametrize(("wanted", "standby_first"), [("standby", False), ("prefer-standby", False), ("any", True)])
async def test_which_host_is_taken(primary: OwnPostgres, wanted: str, standby_first: bool) -> None:
    with primary.standby() as standby:
        ports = [standby.port, primary.port] if standby_first else [primary.port, standby.port]
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        driver = make_driver(f"postgres://postgres@{hosts}/postgres?target_session_attrs={wanted}")
        assert (await driver.fetch("SELECT pg_is_in_recovery()", ()))[0][0] is True
        await driver.close()


async def test_no_host_that_takes_writes(primary: OwnPostgres) -> None:
    with primary.standby() as standby:
        url = f"postgres://postgres@127.0.0.1:{standby.port},127.0.0.1:1/postgres"
        driver = make_driver(url)
        with pytest.raises(DBConnectionError) as caught:
            await driver.execute("SELECT 1", ())
        assert (caught.value.sqlstate, caught.value.retryable) == ("08001", True)
        assert f"127.0.0.1:{standby.port},127.0.0.1:1" in str(caught.value)
        await driver.close()


def test_several_hosts_are_for_postgres() -> None:
    with pytest.raises(ConfigurationError, match="for PostgreSQL only"):
        make_driver("mysql://root@a:1,b:2/x")
