"""Streams inside of transactions: in constant memory, with other statements in the middle."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from models.large import Parent
from ormgen import in_transaction
from ormgen.exceptions import TransactionManagementError

MODELS = {"models": ["models.large", "models.heroes"]}


async def fill(size: int) -> None:
    await Parent.bulk_create([Parent(number=number) for number in range(size)])


@pytest.mark.feature(159, 200)
async def test_constant_memory(orm: str) -> None:
    await fill(30_000)

    async def streamed(question: Any) -> int:
        return sum([1 async for _ in question if _ is None]) + 1

    async def peak(asked: Awaitable[Any]) -> int:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        await asked
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        async with in_transaction():
            for question in (Parent.all(), Parent.all().values_list("id", flat=True)):
                held = await peak(streamed(question))
                assert held < await peak(question) / (3 if orm != "mysql" else 1.5)
    finally:
        tracemalloc.stop()


@pytest.mark.feature(159, 200)
async def test_statements_in_the_middle(orm: str) -> None:
    """What is written while a stream is read is not met by it."""
    await fill(3_500)
    async with in_transaction():
        seen = []
        async for parent in Parent.all().order_by("number"):
            seen.append(parent.number)
            if parent.number % 700 == 0:
                assert await Parent.get(number=parent.number) == parent
                await Parent.create(number=10_000 + parent.number)
                await Parent.filter(number=parent.number + 1).update(number=-1 - parent.number)
        assert seen == list(range(3_500))
        assert await Parent.all().count() == 3_505
        endless = [parent.number async for parent in Parent.all() if await again(parent)]
        assert len(endless) == 3_505
    assert await Parent.all().count() == 3_507


async def again(parent: Parent) -> bool:
    if parent.number in (0, 10_000):
        await Parent.create(number=20_000 + parent.number)
    return True


@pytest.mark.feature(159, 200)
async def test_several_at_once(orm: str) -> None:
    await fill(2_600)
    async with in_transaction():
        pairs = []
        other = aiter(Parent.all().order_by("-number").values_list("number", flat=True))
        async for parent in Parent.all().order_by("number"):
            pairs.append((parent.number, await anext(other)))
        assert pairs == [(number, 2_599 - number) for number in range(2_600)]
        inner = [
            (number, len([1 async for _ in Parent.filter(number__lt=number + 1)]))
            async for number in Parent.filter(number__lt=4).order_by("number").values_list("number", flat=True)
        ]
        assert inner == [(0, 1), (1, 2), (2, 3), (3, 4)]


@pytest.mark.feature(159, 202)
async def test_savepoints_in_the_middle(orm: str) -> None:
    await fill(2_500)
    async with in_transaction():
        count = 0
        async for parent in Parent.all().order_by("number"):
            count += 1
            if parent.number == 100:
                async with in_transaction():
                    await parent.delete()
            if parent.number == 1_200:
                async with in_transaction() as inside:
                    await Parent.all().delete()
                    await inside.rollback()
        assert count == 2_500
    assert await Parent.all().count() == 2_499


@pytest.mark.feature(159, 200)
async def test_left_early(orm: str) -> None:
    await fill(5_000)
    streams = []
    for end in ("commit", "rollback"):
        async with in_transaction() as connection:
            stream = aiter(Parent.all().order_by("number"))
            assert (await anext(stream)).number == 0
            streams.append(stream)  # never closed
            await Parent.create(number=9_000)
            if end == "rollback":
                await connection.rollback()
        assert await Parent.filter(number=9_000).count() == 1
    async with in_transaction():
        async for parent in Parent.all():
            assert parent
            break
        assert await Parent.all().count() == 5_001
    for stream in streams:
        with pytest.raises(TransactionManagementError, match="finalised"):
            await rest(stream)


async def rest(stream: AsyncIterator[Any]) -> int:
    return len([1 async for _ in stream])


@pytest.mark.feature(159, 200)
async def test_cancelled(orm: str) -> None:
    await fill(3_000)

    async def read() -> None:
        async with in_transaction():
            await Parent.create(number=-1)
            async for _ in Parent.all():
                await asyncio.sleep(0)

    for delay in (0.0, 0.002, 0.005, 0.01, 0.02):
        task = asyncio.ensure_future(read())
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await Parent.filter(number=-1).count() <= 5
    async with in_transaction():
        assert len([1 async for _ in Parent.filter(number__gte=0)]) == 3_000
