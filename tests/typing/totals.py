"""`aggregate`, `to_dict`, `contains`: dictionaries with typed values, and one more question."""

import datetime as dt
from typing import Any, assert_type

from heroes.models import Hero, Team
from ormgen.functions import Avg, Count, Max, Min, Sum


async def totals(team: Team) -> dict[str, Any]:
    all_of_them = await Hero.aggregate(mean=Avg("power"), n=Count("id"))
    assert_type(all_of_them["mean"], float | None)
    assert_type(all_of_them["n"], int)
    print(all_of_them["m"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    some = await Hero.filter(power__gt=1).aggregate(power=Sum("power"), first=Min("missions__starts_at"))
    assert_type(some["power"], int | None)
    assert_type(some["first"], dt.datetime | None)
    assert_type((await team.heroes.aggregate(best=Max("power")))["best"], int | None)
    behind = await Team.annotate(n=Count("heroes")).aggregate(most=Max("n"), mean=Avg("n"))
    assert_type((behind["most"], behind["mean"]), tuple[int | None, float | None])
    await Hero.aggregate(n=Count("nmae"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Hero.all().aggregate(total=Sum("pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.aggregate(n=Count("id"))  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    plain: dict[str, Any] = await Hero.aggregate(n=Count("id"))
    print(plain)
    return await Team.all().aggregate(n=Count("id"))


async def dictionary(hero: Hero) -> dict[str, Any]:
    columns = hero.to_dict()
    assert_type(columns["name"], str)
    assert_type(columns["power"], int | None)
    assert_type(columns["team_id"], int)
    print(columns["nmae"])  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert_type((await hero.to_dict())["name"], str)
    return hero.to_dict()


async def containing(hero: Hero, team: Team) -> None:
    assert_type(await Hero.filter(power=1).contains(hero), bool)
    await Hero.all().contains(team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(await Hero.all().none().order_by("name"), list[Hero])
    assert_type(await Hero.all().use_index("by_name").filter(name="x"), list[Hero])
