"""Reads from a replica see what their task wrote, and never come from one that is down or too far behind."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from databases import Unavailable
from models.heroes import Team
from ormgen import ORM, connections, in_transaction
from ormgen.exceptions import ConfigurationError
from ormgen.hooks import QueryEvent
from own_postgres import OwnPostgres

HEROES = {"models": {"models": ["models.heroes"], "default_connection": "primary"}}


class Router:
    def db_for_read(self, model: type[Any]) -> list[str]:
        return ["replica"]

    def db_for_write(self, model: type[Any]) -> str:
        return "primary"


class Sticky(Router):
    sticky = 0.3


class Limited(Router):
    max_lag = 0.6


@pytest.fixture(scope="module")
def primary() -> Iterator[OwnPostgres]:
    try:
        with OwnPostgres.new() as server:
            yield server
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def standby(primary: OwnPostgres) -> Iterator[OwnPostgres]:
    with primary.standby() as server:
        yield server


Start = Callable[[type[Any]], Awaitable[list[str]]]


@pytest.fixture
async def start(primary: OwnPostgres, standby: OwnPostgres) -> AsyncIterator[Start]:
    """Initialises the ORM with a router; gives the aliases of the connections that models were read on."""

    async def started(router: type[Any]) -> list[str]:
        await ORM.init({"connections": {"primary": primary.url}, "apps": HEROES})
        await ORM.generate_schemas()
        await Team.all().delete()
        await ORM.init(
            {"connections": {"primary": primary.url, "replica": standby.url}, "apps": HEROES, "routers": [router]}
        )
        read: list[str] = []

        def note(event: QueryEvent) -> None:
            if event.sql.startswith("SELECT") and '"team"' in event.sql:
                read.append(event.connection)

        ORM.hooks.on_query(note)
        await caught_up(primary, standby)
        return read

    yield started
    ORM.hooks.queries = ()
    await ORM.close_connections()


async def caught_up(primary: OwnPostgres, standby: OwnPostgres) -> None:
    database = connections.databases
    ((lsn,),) = await database["primary"].session.fetch("SELECT pg_current_wal_insert_lsn()::text", ())
    deadline = time.monotonic() + 20
    while True:
        replayed = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
        ((done,),) = await database["replica"].session.fetch(replayed, (lsn,))
        if done:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def pause(on: bool) -> None:
    await connections.databases["replica"].session.fetch(f"SELECT pg_wal_replay_{'pause' if on else 'resume'}()", ())


@pytest.mark.feature(53)
async def test_a_task_reads_its_own_writes(start: Start, primary: OwnPostgres, standby: OwnPostgres) -> None:
    read = await start(Router)
    assert await Team.all().count() == 0
    await pause(True)
    await Team.create(name="new")
    assert [team.name for team in await Team.all()] == ["new"]
    assert read == ["replica", "primary"]
    async with in_transaction("primary"):
        await Team.create(name="second")
    assert await Team.all().count() == 2
    assert read[2:] == ["primary"]

    async def child() -> int:
        return await Team.all().count()

    assert await asyncio.create_task(child()) == 2
    await pause(False)
    await caught_up(primary, standby)
    assert await Team.all().count() == 2
    assert read[-2:] == ["primary", "replica"]


async def test_who_has_not_written_reads_from_the_replica(start: Start) -> None:
    read = await start(Router)
    await pause(True)

    async def write() -> None:
        await Team.create(name="new")

    await asyncio.create_task(write())
    assert await Team.all().count() == 0
    assert read == ["replica"]
    await pause(False)


@pytest.mark.parametrize("times", [20])
async def test_under_delayed_replay(start: Start, times: int) -> None:
    await start(Router)
    for sql in ("ALTER SYSTEM SET recovery_min_apply_delay = '200ms'", "SELECT pg_reload_conf()"):
        await connections.databases["replica"].driver.execute(sql, ())

    async def write_and_read(number: int) -> None:
        team = await Team.create(name=f"t{number}")
        assert await Team.filter(name=f"t{number}").exists()
        team.city = "Rome"
        await team.save()
        assert (await Team.get(id=team.id)).city == "Rome"
        await team.delete()
        assert not await Team.filter(id=team.id).exists()

    await asyncio.gather(*(asyncio.create_task(write_and_read(number)) for number in range(times)))


async def test_a_sticky_window(start: Start) -> None:
    read = await start(Sticky)
    await Team.create(name="new")
    assert await Team.all().count() == 1
    assert read == ["primary"]
    await asyncio.sleep(0.35)
    deadline = time.monotonic() + 5
    while read[-1] != "replica":
        assert await Team.all().count() == 1
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_a_replica_that_is_too_far_behind(start: Start, primary: OwnPostgres, standby: OwnPostgres) -> None:
    read = await start(Limited)
    await Team.all().count()
    assert read == ["replica"]
    await pause(True)

    async def write() -> None:
        await Team.create(name="new")

    await asyncio.create_task(write())
    await asyncio.sleep(1.3)
    assert await Team.all().count() == 1
    assert read[1:] == ["primary"]
    await pause(False)


async def test_a_replica_that_is_down(start: Start, standby: OwnPostgres) -> None:
    read = await start(Router)
    assert await Team.all().count() == 0
    await asyncio.to_thread(standby.stop, "immediate")
    await connections.databases["replica"].close()
    assert await Team.all().count() == 0
    assert read[-1] == "primary"
    began = time.monotonic()
    for _ in range(20):
        await Team.all().count()
    assert time.monotonic() - began < 3
    await asyncio.to_thread(standby.start)
    deadline = time.monotonic() + 20
    while read[-1] != "replica":
        assert await Team.all().count() == 0
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_a_promotion(start: Start, primary: OwnPostgres, standby: OwnPostgres) -> None:
    read = await start(Router)
    await Team.create(name="before")
    await caught_up(primary, standby)
    assert await Team.all().count() == 1
    await asyncio.to_thread(standby.promote)
    await Team.create(name="after")  # on the primary, which lives on
    assert await Team.all().count() == 2
    assert read[-1] == "primary"


@pytest.mark.parametrize("kind", ["sticky", "max_lag"])
@pytest.mark.parametrize("value", [-1, "5", True])
async def test_limits_that_make_no_sense(sqlite_url: str, kind: str, value: object) -> None:
    router = type("Wrong", (Router,), {kind: value})
    with pytest.raises(ConfigurationError, match=f"Wrong.{kind} is a number of seconds"):
        await ORM.init(
            {"connections": {"primary": sqlite_url, "replica": sqlite_url}, "apps": HEROES, "routers": [router]}
        )


async def test_lag_is_known_on_postgres_only(sqlite_url: str) -> None:
    with pytest.raises(ConfigurationError, match="only PostgreSQL tells"):
        await ORM.init(
            {"connections": {"primary": sqlite_url, "replica": sqlite_url}, "apps": HEROES, "routers": [Limited]}
        )


async def test_a_sticky_window_on_any_database(db_url: str) -> None:
    class Long(Router):
        sticky = 60

    await ORM.init({"connections": {"primary": db_url, "replica": db_url}, "apps": HEROES, "routers": [Long]})
    read: list[str] = []
    ORM.hooks.on_query(lambda event: read.append(event.connection))
    await ORM.generate_schemas()
    read.clear()

    async def count() -> None:
        await Team.all().count()

    await asyncio.create_task(count())
    await Team.create(name="a")
    await count()
    assert read[-1] == "primary"
    await ORM.close_connections()
