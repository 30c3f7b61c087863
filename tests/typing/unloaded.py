"""What a relation to one object takes before it is loaded; expressions in attributes; questions put together."""

# ruff: noqa: B018

from collections.abc import Awaitable
from typing import assert_type

from heroes.models import Hero, Player, Rank, Team
from ormgen.expressions import F
from ormgen.functions import Lower
from ormgen.transactions import Connection


async def unloaded(hero: Hero, team: Team, connection: Connection) -> None:
    assert_type(await hero.team.only("name"), Team)
    assert_type((await hero.team.values("name"))["name"], str)
    assert_type((await hero.team.select_related("owner")).name, str)
    assert_type(await hero.team.filter(name="x"), Team | None)
    assert_type(await hero.mentor.only("name", "power"), Hero | None)
    assert_type(await hero.mentor.exclude(power=3), Hero | None)
    assert_type(await team.owner.using_db(connection), Player | None)
    plain: Awaitable[Team] = hero.team
    assert_type(await plain, Team)
    hero.team.only("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hero.team.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hero.team.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    hero.mentor.heroes  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def assigning(hero: Hero, n: int, rank: Rank) -> None:
    hero.power = n
    assert_type(hero.power + n, int)
    hero.power = F("power") + 1
    hero.rank = rank
    assert_type(hero.rank, Rank)
    hero.name = Lower("name")
    hero.name = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    hero.team_id = F("mentor__team_id")
    hero.team = F("team")  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    await hero.save(update_fields=["power"])


async def together(hero: Hero) -> None:
    strong = Hero.filter(power__gt=3)
    assert_type(await strong.union(Hero.filter(name="x"), hero.pupils.all()).order_by("name").limit(3), list[Hero])
    assert_type(await strong.difference(Hero.all().select_related("team")), list[Hero])
    assert_type(await strong.intersection(strong).count(), int)
    pairs = strong.values_list("id", "name").union_all(Team.all().values_list("id", "name"))
    assert_type(await pairs, list[tuple[int, str]])
    strong.difference(Team.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    strong.union(hero)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def of_several_models() -> None:
    both = Hero.all().only("id", "name").union(Team.all().only("id", "name"))
    assert_type(await both.order_by("-name").limit(3), list[Hero | Team])
    assert_type(await both.count(), int)
    assert_type([each.name async for each in both], list[str])
    assert_type(await Hero.all().union(Hero.filter(name="x"), all=True), list[Hero])
    for each in await both:
        each.power  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]


async def names_in_lists(names: list[str]) -> None:
    Hero.all().values(*names)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    Hero.all().values_list(*names)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    Hero.all().order_by(*names)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(id=1).update(data=3)  # type: ignore[arg-type, unused-coroutine]  # pyright: ignore[reportArgumentType, reportUnusedCoroutine]
