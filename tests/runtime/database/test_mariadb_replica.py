"""Reads from a replica of MariaDB: for a while after a write from the primary, from the replica otherwise."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from databases import Unavailable
from models.heroes import Team
from ormgen import ORM, connections, in_transaction
from own_mariadb import OwnMariadb

HEROES = {"models": {"models": ["models.heroes"], "default_connection": "primary"}}
STICKY = 1.5


class Router:
    sticky = STICKY

    def db_for_read(self, model: type) -> list[str]:
        return ["replica"]

    def db_for_write(self, model: type) -> str:
        return "primary"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[OwnMariadb, OwnMariadb]]:
    try:
        with OwnMariadb.new(1) as primary, OwnMariadb.new(2) as replica:
            replica.follow(primary)
            yield primary, replica
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
async def replica(pair: tuple[OwnMariadb, OwnMariadb]) -> AsyncIterator[OwnMariadb]:
    """The ORM on both servers, with empty tables; gives the replica, which has caught up."""
    primary, replica = pair
    await ORM.init({"connections": {"primary": primary.url}, "apps": HEROES})
    await ORM.generate_schemas()
    await Team.all().delete()
    await ORM.init(
        {"connections": {"primary": primary.url, "replica": replica.url}, "apps": HEROES, "routers": [Router]}
    )
    await seen_by_others(0)
    yield replica
    await ORM.close_connections()


async def count() -> int:
    return await Team.all().count()


async def seen_by_others(rows: int) -> None:
    """Until a task that has not written reads so many rows: from the replica."""
    deadline = time.monotonic() + 20
    while True:
        found = await connections.databases["replica"].execute_query_dict(
            "SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'team'"
        )
        if found[0]["n"] and await count() == rows:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def write(name: str) -> None:
    await Team.create(name=name)


async def test_the_writer_reads_its_write_and_others_what_the_replica_has(replica: OwnMariadb) -> None:
    await asyncio.to_thread(replica.run, "STOP SLAVE SQL_THREAD")
    await write("new")
    assert await count() == 1
    assert (await Team.get(name="new")).name == "new"

    async def elsewhere() -> int:
        return await connections.get("replica").execute_query_dict("SELECT COUNT(*) AS n FROM team") == [{"n": 0}]

    assert await elsewhere()
    await asyncio.sleep(STICKY + 0.1)
    assert await count() == 0  # the window is over, and nobody can ask this replica what it has seen
    await asyncio.to_thread(replica.run, "START SLAVE SQL_THREAD")
    await seen_by_others(1)


async def test_a_task_that_has_not_written_reads_from_the_replica(replica: OwnMariadb) -> None:
    await asyncio.to_thread(replica.run, "STOP SLAVE SQL_THREAD")
    await asyncio.create_task(write("new"))
    assert await count() == 0
    async with in_transaction("primary"):
        assert await count() == 1
    assert await Team.filter(name="new").using_db(connections.get("primary")).exists()
    await asyncio.to_thread(replica.run, "START SLAVE SQL_THREAD")
    await seen_by_others(1)


async def test_a_window_that_is_longer_than_the_delay(replica: OwnMariadb) -> None:
    """Whoever writes and reads without pause never misses a write of its own."""
    sql = "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY={}; START SLAVE"
    await asyncio.to_thread(replica.run, sql.format(1))

    async def write_and_read(number: int) -> None:
        for step in range(5):
            await write(f"{number} {step}")
            assert await Team.filter(name__startswith=f"{number} ").count() == step + 1
            await asyncio.sleep(0.05)

    await asyncio.gather(*(asyncio.create_task(write_and_read(number)) for number in range(4)))
    await asyncio.to_thread(replica.run, sql.format(0))
    await asyncio.create_task(seen_by_others(20))
