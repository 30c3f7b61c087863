"""A task cancelled at any await leaves the pool whole, and what it wrote is all there or not at all."""

import asyncio
import os
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from driver_tools import cancelled_at
from models.heroes import Hero, Team
from ormgen import F, connections, in_transaction, run_transaction
from ormgen.exceptions import OperationalError

SOAK = int(os.environ.get("ORMGEN_TEST_SOAK", "400"))  # the nightly run takes 20000
SEED = int(os.environ.get("ORMGEN_TEST_SEED", "1"))
TASKS = 20


async def whole() -> None:
    """Waits until nobody holds a connection."""
    database = connections.databases["default"]
    deadline = asyncio.get_running_loop().time() + 10
    while database.statistics().in_use:
        assert asyncio.get_running_loop().time() < deadline, database.statistics()
        await asyncio.sleep(0.005)


async def create() -> None:
    await Team.create(name="a", city="x")


async def two_in_a_transaction() -> None:
    async with in_transaction():
        await Team.create(name="a", city="x")
        await Team.create(name="b", city="x")


async def a_savepoint_undone() -> None:
    async with in_transaction():
        await Team.create(name="a", city="x")
        try:
            async with in_transaction():
                await Team.create(name="c", city="x")
                raise KeyError
        except KeyError:
            pass
        await Team.create(name="b", city="x")


async def repeated() -> None:
    await run_transaction(lambda connection: two_in_a_transaction())


async def in_bulk() -> None:
    await Team.bulk_create([Team(name="a", city="x"), Team(name="b", city="x")], batch_size=1)


async def found_or_made() -> None:
    await Team.get_or_create(name="kept", defaults={"city": "x"})


async def changed_or_made() -> None:
    await Team.update_or_create(name="kept", defaults={"city": "y"})


async def loaded() -> None:
    await Team.all().prefetch_related("heroes")


async def streamed() -> None:
    async for _ in Team.all():
        pass


async def locked() -> None:
    async with in_transaction():
        await Team.filter(name="kept").select_for_update()


async def told_afterwards() -> None:
    async def look() -> None:
        assert await Team.filter(city="x", name="a").exists()
        await asyncio.sleep(0)

    async with in_transaction() as connection:
        connection.on_commit(look)
        connection.on_rollback(look_again)
        await two_in_a_transaction()


async def look_again() -> None:
    await Team.filter(city="x", name="a").exists()


async def streamed_inside() -> None:
    async with in_transaction():
        await Team.create(name="a", city="x")
        async for _ in Team.all():
            await Team.filter(name="b").exists()
        await Team.create(name="b", city="x")


async def put_in_or_changed() -> None:
    teams = [Team(name="a", city="x"), Team(name="b", city="x")]
    await Team.bulk_create(teams, update_fields=["city"], on_conflict=["name"])


async def changed_in_bulk() -> None:
    kept = await Team.get(name="kept")
    kept.city = "y"
    await Team.bulk_update([kept], fields=["city"])


async def failing() -> None:
    try:
        async with in_transaction():
            await Hero.create(name="h", team_id=10**6)
            await Team.create(name="b", city="x")
    except OperationalError:
        pass


OPERATIONS: list[Callable[[], Coroutine[Any, Any, None]]] = [
    create,
    two_in_a_transaction,
    a_savepoint_undone,
    repeated,
    in_bulk,
    found_or_made,
    changed_or_made,
    loaded,
    streamed,
    locked,
    told_afterwards,
    streamed_inside,
    put_in_or_changed,
    changed_in_bulk,
    failing,
]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_cancelled_at_every_await(orm: str, operation: Callable[[], Coroutine[Any, Any, None]]) -> None:
    kept = await Team.create(name="kept", city="x")
    at = 0
    while True:
        ended, suspensions = await cancelled_at(operation(), at)
        await whole()
        written = sorted([team.name for team in await Team.filter(id__not=kept.id)])
        assert written in ([], ["a"]) if operation is create else written in ([], ["a", "b"]), (at, written)
        await Team.filter(id__not=kept.id).delete()
        if ended and suspensions <= at:
            break
        at += 1
    assert at > 0


async def test_a_soak(orm: str) -> None:
    """Transactions cancelled at random moments: the ledger balances, and what was acknowledged is there."""
    chance = random.Random(SEED)
    ledger = await Hero.create(name="ledger", power=0)
    acknowledged: set[str] = set()

    async def write(key: str) -> None:
        async with in_transaction():
            await Team.create(name=key, city="soak")
            await Hero.filter(id=ledger.id).update(power=F("power") + 1)

    async def cancelled(key: str, after: float) -> None:
        task = asyncio.create_task(write(key))
        await asyncio.sleep(after)
        task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        if result is None:
            acknowledged.add(key)
        else:
            assert isinstance(result, asyncio.CancelledError | OperationalError), result

    for start in range(0, SOAK, TASKS):
        keys = [f"k{start + number}" for number in range(TASKS)]
        await asyncio.wait_for(asyncio.gather(*(cancelled(key, chance.random() * 0.03) for key in keys)), 60)
    await whole()
    written = {team.name for team in await Team.filter(city="soak")}
    assert acknowledged <= written
    assert (await Hero.get(id=ledger.id)).power == len(written)
