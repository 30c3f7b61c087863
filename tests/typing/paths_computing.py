"""Paths in what is computed, and behind aliases of rows, give what they lead to."""

from typing import Any, assert_type

from heroes.models import Hero, Rank, Team
from ormgen.functions import Avg, Coalesce, Count, Lower, Max, Sum


async def computed() -> None:
    team = (await Team.annotate(best=Max(Team.q.heroes.power), total=Sum(Team.q.heroes.id), n=Count(Team.q.heroes)))[0]
    assert_type((team.best, team.total, team.n), tuple[int | None, int | None, int])
    hero = await Hero.annotate(leader=Hero.q.team.owner.username, low=Lower(Hero.q.team.name), own=Hero.q.id).get(id=1)
    assert_type((hero.leader, hero.low, hero.own), tuple[str | None, str, int])
    again = await Hero.annotate(low=Lower(Hero.q.mentor.name), rank_of=Coalesce(Hero.q.rank, 1)).filter(low="x").first()
    assert again is not None
    assert_type(again.low, str | None)
    number = await Hero.annotate(mean=Avg(Hero.q.power), twice=Hero.q.power * 2).values("mean", "twice")
    assert_type(number[0]["mean"], float | None)
    assert_type(await Hero.annotate(low=Lower(Hero.q.name)).values_list("low", flat=True), list[str])
    totals = await Hero.all().aggregate(best=Max(Hero.q.power), ranks=Count(Hero.q.rank))
    assert_type((totals["best"], totals["ranks"]), tuple[int | None, int])
    print(team.bst)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(hero.low + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    Hero.annotate(low=Lower(Team.q.name))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def rows() -> None:
    row = (await Hero.all().values("power", leader=Hero.q.team.owner.username, of=Hero.q.team.name))[0]
    assert_type((row["power"], row["leader"], row["of"]), tuple[int | None, str | None, str])
    ranked = await Hero.get(id=1).values(title=Hero.q.mentor.rank)
    assert_type(ranked["title"], Rank | None)
    counted = await Hero.annotate(n=Count("missions")).values("n", title=Hero.q.mentor.rank)
    assert_type((counted[0]["n"], counted[0]["title"]), tuple[int, Rank | None])
    assert_type((await Hero.all().values(of=Hero.q.team.name)[:1])[0]["of"], str)
    plain: list[dict[str, Any]] = await Hero.all().values("power", leader=Hero.q.team.owner.username)
    print(plain, row["leeder"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    Hero.all().values(title=Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
