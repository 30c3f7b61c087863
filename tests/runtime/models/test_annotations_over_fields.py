"""Annotations that are called as fields, and two that are called alike."""

from collections import Counter

import pytest

from models.heroes import Hero, Team
from ormgen import F
from ormgen.exceptions import FieldError
from ormgen.functions import Count, Upper

from .world import World, build


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.feature(148, 150, 151)
async def test_annotations_called_as_fields_are_for_rows_of_values(world: World) -> None:
    loud = Hero.annotate(name=Upper("name")).order_by("name")
    plain = [{"name": name.upper()} for name in sorted(await Hero.all().values_list("name", flat=True))]
    assert await loud.values("name") == sorted(plain, key=lambda row: row["name"])
    assert await loud.values_list("name", flat=True) == [row["name"] for row in sorted(plain, key=lambda r: r["name"])]
    one = plain[0]["name"]
    assert await loud.filter(name=one).values("name") == [{"name": one}]
    assert await loud.filter(name=one.lower()).count() == 0
    assert set((await loud.values())[0]) == set(await Hero.all().values().first() or ())
    for asked in (loud, loud.first()):
        with pytest.raises(FieldError, match=r'has a field "name" already; take another name, or ask for values\(\)'):
            await asked
    with pytest.raises(FieldError, match='has a field "name" already'):
        loud.union(Hero.all())
    with pytest.raises(FieldError, match='has a field "name" already'):
        async for _ in loud:
            pass


@pytest.mark.feature(148, 149)
async def test_a_name_of_a_relation_or_key_counts_in_rows_of_values(world: World) -> None:
    by_team = Counter(await Hero.all().values_list("team_id", flat=True))
    rows = await Hero.annotate(id=Count("id")).group_by("team_id").values("team_id", "id")
    assert {row["team_id"]: row["id"] for row in rows} == by_team
    teams = await Team.annotate(heroes=Count("heroes")).filter(heroes__gte=1).values("id", "heroes")
    assert {row["id"]: row["heroes"] for row in teams} == {key: n for key, n in by_team.items() if key is not None}


async def test_the_last_annotation_of_a_name_counts(world: World) -> None:
    twice = Hero.annotate(x=F("power") + 1).annotate(y=F("x") * 2).annotate(x=F("power") + 100)
    for power, x, y in await twice.values_list("power", "x", "y"):
        assert (x, y) == (power + 100, (power + 1) * 2)
