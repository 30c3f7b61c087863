"""Prefetch objects and expressions in variables, lists and functions: mypy forgets their names, others do not."""

from functools import partial
from typing import Any, assert_type

from heroes.models import Hero, Player, Team
from ormgen.expressions import Case, Expression, F, Q, Subquery, Value, When
from ormgen.functions import Avg, Coalesce, Count, Lower, Max, Min, Sum
from ormgen.query_utils import Prefetch
from ormgen.queryset import QuerySet


def few() -> Prefetch:
    return Prefetch("heroes", queryset=Hero.filter(power__gt=3))


def limited(queryset: QuerySet[Hero]) -> Prefetch:
    return Prefetch("heroes", queryset=queryset, to_attr="best")


async def held(name: str) -> None:
    heroes = Prefetch("heroes", queryset=Hero.filter(power__gt=3))
    team = (await Team.all().prefetch_related(heroes))[0]
    assert_type([hero.name for hero in team.heroes], list[str])
    assert_type([hero.name for hero in (await Team.get(id=1).prefetch_related(heroes)).heroes], list[str])
    owned = (await Team.filter(name="x").select_related("owner").prefetch_related(heroes))[0]
    assert_type([hero.name for hero in owned.heroes], list[str])
    both = (await Team.all().prefetch_related("owner", heroes))[0]
    assert_type([hero.name for hero in both.heroes], list[str])
    named = Prefetch("heroes", Hero.all(), to_attr="best")
    print((await Team.all().prefetch_related(named))[0].best)
    print((await Team.all().prefetch_related(heroes, named))[0].best)
    several = [Prefetch("heroes", Hero.all()), Prefetch("heroes", Hero.filter(power=1))]
    assert_type([hero.name for hero in (await Team.all().prefetch_related(*several))[0].heroes], list[str])
    chosen: list[Prefetch] = [heroes, Prefetch("owner", Player.all())]
    print((await Team.all().prefetch_related(*chosen))[0])
    print((await Team.all().prefetch_related(few(), limited(Hero.all())))[0])
    for_heroes = partial(Prefetch, "heroes")
    print(for_heroes(Hero.all()))


async def held_for_instances(team: Team) -> None:
    heroes = Prefetch("heroes", queryset=Hero.filter(power__gt=3))
    assert_type([hero.name for hero in (await team.fetch_related(heroes)).heroes], list[str])
    await Team.fetch_for_list([team], heroes, "owner")
    await Team.fetch_for_list([team], few())
    await Team.fetch_for_list([team], Prefetch("heros", Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await team.fetch_related(Prefetch("heros", Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def wrong(name: str) -> None:
    Team.all().prefetch_related(Prefetch("heros", queryset=Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.all().prefetch_related("owner", Prefetch("heros", queryset=Hero.all()))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.all().prefetch_related(Prefetch(name, queryset=Hero.all()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.get(id=1).prefetch_related(Prefetch("heros", Hero.all(), to_attr="best"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    misnamed = Prefetch("heros", queryset=Hero.all())
    Team.all().prefetch_related(misnamed)  # pyright: ignore[reportArgumentType, reportCallIssue]
    Prefetch("heroes", queryset=Hero.all(), attr="best")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


def counted() -> Count:
    return Count("heroes")


def total(name: str) -> Expression:
    return Sum(name)


def conditions() -> list[Q]:
    return [Q(name="x"), Q(name="y")]


async def computed() -> None:
    n = Count("heroes")
    team = (await Team.all().annotate(n=n))[0]
    print(team.n, team.name)
    best, least, mean, power = Max("heroes__power"), Min("heroes__power"), Avg("heroes__power"), Sum("heroes__power")
    print((await Team.annotate(best=best, least=least, mean=mean, power=power))[0].best)
    shown = Case(When(Q(name="x") | Q(name="y"), then=Value("few")), default=Value("many"))
    print((await Team.annotate(n=n, shown=shown, twice=F("id") * 2, known=Q(name="x")))[0].shown)
    low, some, inner = Lower("name"), Coalesce("motto", "-"), Coalesce(Sum("heroes__power"), 0)
    print((await Team.annotate(low=low, some=some))[0].low, (await Team.annotate(inner=inner))[0].inner)
    print((await Team.annotate(n=counted(), total=total("heroes__power")))[0].n)
    print(await Team.all().aggregate(n=n), await Team.aggregate(best=best))
    given = {"n": Count("heroes"), "best": Max("heroes__power")}
    print((await Team.annotate(**given))[0].best)
    distinct = partial(Count, "heroes", distinct=True)
    print((await Team.annotate(n=distinct()))[0].n)
    print(await Team.all().order_by(low).group_by(low).values("name", n=n))
    inside = Subquery(Team.filter(name="x").values("id"))
    assert_type(await Hero.filter(team_id__in=inside), list[Hero])
    assert_type(await Team.filter(*conditions()), list[Team])
    more = F("power") + 1
    assert_type(await Hero.filter(power__gt=more).update(power=more), int)
    branches = [When(power__gt=3, then="strong"), When(power__gt=1, then="fair")]
    print((await Hero.annotate(level=Case(*branches, default="weak")))[0].level)


async def wrongly_computed(name: str) -> None:
    Team.annotate(n=Count("heros"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Team.all().aggregate(n=Sum("heros"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    misnamed = Count("heros")
    Team.annotate(n=misnamed)  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(n=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def names_from_outside(name: str, *more: str) -> None:
    heroes = await Hero.all().order_by(F(name), *(F(each).desc() for each in more))
    assert_type(heroes, list[Hero])
    rows = await Hero.all().values(**{each: F(each) for each in more})
    assert_type(rows, list[dict[str, Any]])
    await Hero.annotate(n=Count(F(name)), low=Lower(F(name)))
    await Hero.annotate(n=Count(name))  # type: ignore[arg-type]
    Hero.all().order_by(name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by(*more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
