"""Large inputs and outputs: as many values, rows and parents as a program may come to have."""

import tracemalloc
from collections.abc import Awaitable
from typing import Any

import pytest

from models.heroes import Hero, Team
from models.large import Child, Parent
from ormgen import connections, in_transaction

MODELS = {"models": ["models.large", "models.heroes"]}
ROWS, PARENTS, VALUES = 200_000, 50_000, 100_000


@pytest.mark.feature(132, 154, 168, 196)
async def test_many_rows_many_values_many_parents(orm: str) -> None:
    made = await Parent.bulk_create(Parent(number=number) for number in range(ROWS))
    assert len({parent.id for parent in made}) == ROWS
    assert await Parent.all().count() == ROWS
    keys = [parent.id for parent in made]
    for question, size in (
        (Parent.filter(id__in=keys[:VALUES]), VALUES),
        (Parent.filter(id__not_in=keys[:VALUES]), ROWS - VALUES),
        (Parent.filter(number__in=[-1, *range(VALUES - 1)]), VALUES - 1),
        (Parent.filter(number__in=[None, *range(33)]), 33),
    ):
        assert await question.count() == size
    assert await Parent.filter(id__in=keys[VALUES:]).delete() == ROWS - VALUES
    await connections.get("default").execute_query(
        f"INSERT INTO child (parent_id) SELECT id FROM parent WHERE number < {PARENTS}"
    )
    parents = await Parent.filter(number__lt=PARENTS).prefetch_related("children")
    assert len(parents) == PARENTS
    assert all(len(parent.children) == 1 for parent in parents)
    assert await Child.filter(parent__in=parents).count() == PARENTS


@pytest.mark.feature(159)
async def test_streaming_takes_constant_memory(orm: str) -> None:
    """What is held at once is a chunk (on MariaDB and what the network holds), not the result."""
    await Parent.bulk_create([Parent(number=number) for number in range(30_000)])

    async def streamed(question: Any) -> int:
        return sum([1 async for _ in question if _ is None]) + 1

    async def peak(asked: Awaitable[Any]) -> int:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        await asked
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        for question in (Parent.all(), Parent.all().values("id", "number"), Parent.all().values_list("id", flat=True)):
            held = await peak(streamed(question))
            assert held < await peak(question) / (3 if orm != "mysql" else 1.5)
    finally:
        tracemalloc.stop()


@pytest.mark.feature(159)
async def test_a_stream_that_is_left_early_and_others_beside_it(orm: str) -> None:
    await Parent.bulk_create([Parent(number=number) for number in range(5_000)])
    async for parent in Parent.all().order_by("number"):
        assert await Parent.get(id=parent.id) == parent
        if parent.number == 1_500:
            break
    async with in_transaction():
        seen = [parent.number async for parent in Parent.all().order_by("number").limit(2_500)]
        assert seen == list(range(2_500))
        assert await Parent.all().count() == 5_000


@pytest.mark.feature(168)
@pytest.mark.parametrize("size", [0, 1, 20, 21, 32, 33, 100])
async def test_lists_of_every_length(orm: str, size: int) -> None:
    """Long lists share statements with others of about their length, and are filled up."""
    team = await Team.create(name="t")
    heroes = await Hero.bulk_create([Hero(name=f"h{number:03}", power=number, team=team) for number in range(120)])
    wanted = [hero.name for hero in heroes[:size]]
    assert await Hero.filter(name__in=wanted).values_list("name", flat=True) == wanted
    assert await Hero.filter(id__in=[hero.id for hero in heroes[:size]]).count() == size
    assert await Hero.filter(id__in=heroes[:size]).count() == size
    assert await Hero.filter(name__not_in=wanted).count() == 120 - size
    assert await Hero.filter(price__in=[hero.price for hero in heroes[:size]]).count() == (120 if size else 0)
    assert await Hero.filter(created__in=[hero.created for hero in heroes[:size]]).count() >= (size and 1)
    assert await Hero.filter(nick__in=[None, *wanted]).count() == 120
    assert await Hero.filter(nick__not_in=[None, *wanted]).count() == 0
    assert len(await Hero.in_bulk(wanted, "name")) == size


@pytest.mark.feature(168)
async def test_lengths_share_statements(orm: str) -> None:
    compiler = connections.get("default").compiler
    before = len(compiler.kept)
    for size in range(21, 200):
        await Team.filter(id__in=range(size))
    assert len(compiler.kept) - before <= 4
