"""Lists and dictionaries of loaded objects are those of the model, and what is taken out of them is loaded."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import assert_type

from heroes.models import Hero, Team
from ormgen.functions import Count
from ormgen.queryset import QuerySet


async def joined() -> list[Hero]:
    return await Hero.all().select_related("team").order_by("name").limit(3)


async def fetched(key: int) -> list[Team]:
    teams = await Team.filter(id=key).prefetch_related("heroes")
    return teams or [await Team.get(id=key)]


async def counted() -> list[Team]:
    return await Team.all().annotate(size=Count("heroes"))


async def plain(queryset: QuerySet[Hero]) -> list[Hero]:
    return await queryset


async def by_team() -> dict[str, list[Hero]]:
    found: dict[str, list[Hero]] = {"all": await Hero.all().select_related("team")}
    found["none"] = await Hero.filter(id=0)
    return found


def further(queryset: QuerySet[Hero]) -> QuerySet[Hero]:
    queryset = queryset.filter(name="a").prefetch_related("team").order_by("name")
    return queryset.select_related("team")


async def taken_out() -> None:
    heroes = await Hero.all().select_related("team")
    assert_type(heroes[0].team.name, str)
    assert_type(heroes[:2][0].team.name, str)
    assert_type([hero.team.name for hero in heroes], list[str])
    for number, hero in enumerate(heroes):
        assert_type((number, hero.team.name), tuple[int, str])
    for one, other in zip(heroes, reversed(heroes), strict=True):
        assert_type(one.team.name + other.team.name, str)
    assert_type(sorted(heroes, key=lambda hero: hero.team.name)[0].team.name, str)
    assert_type(max(heroes, key=lambda hero: hero.name).team.name, str)
    assert_type({hero.name: hero for hero in heroes}["a"].team.name, str)
    assert_type(list(heroes).pop().team.name, str)
    assert_type([*heroes].pop().team.name, str)
    assert_type(next(iter(heroes)).team.name, str)
    assert_type(heroes.pop().team.name, str)
    first, *rest = heroes
    assert_type(first.team.name, str)
    assert_type(rest[0].team.name, str)
    many: Sequence[Hero] = heroes
    print(heroes[0].team.nmae)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    wrong: list[Team] = heroes  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(many, wrong)


async def together() -> None:
    asked: Awaitable[list[Hero]] = Hero.all().select_related("team")
    heroes, teams = await asyncio.gather(Hero.all().select_related("team"), Team.all())
    assert_type(heroes[0].team.name, str)
    assert_type(teams, list[Team])
    assert_type((await asyncio.wait_for(Hero.all().select_related("team"), 1))[0].team.name, str)
    print(asked)
    there, size, first = await asyncio.gather(Hero.exists(name="x"), Hero.all().count(), Hero.first())
    assert_type((there, size, first), tuple[bool, int, Hero | None])
    assert_type(await Hero.all(), list[Hero])


async def by_key() -> dict[int, Hero]:
    heroes = await Hero.all().select_related("team").in_bulk([1], "id")
    assert_type(heroes[1].team.name, str)
    assert_type({key: hero.team.name for key, hero in heroes.items()}, dict[int, str])
    assert_type([hero.team.name for hero in heroes.values()], list[str])
    assert_type(list(heroes), list[int])
    named = await Hero.annotate(n=Count("missions")).in_bulk(["a"], field_name="name")
    assert_type([hero.n for hero in named.values()], list[int])
    found = heroes.get(1)
    print(found.team.name if found is not None else named["a"].nope)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(named[1])  # type: ignore[index]  # pyright: ignore[reportArgumentType]
    assert_type(await Hero.filter(power=1).in_bulk([1], "id"), dict[int, Hero])
    wrong: dict[int, Team] = heroes  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    await Hero.all().select_related("team").in_bulk(["a"], "id")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    print(wrong)
    return heroes
