"""Expressions in questions: what they give, where they fit, and names inside of them."""

import datetime as dt
from typing import assert_type

from heroes.models import Hero, Team
from ormgen import F, Q
from ormgen.expressions import Case, Exists, OuterRef, RawSQL, RowRange, Subquery, Value, When, Window
from ormgen.functions import (
    Concat,
    Count,
    ExtractYear,
    Greatest,
    Left,
    Lower,
    Now,
    Power,
    Rank,
    Round,
    StringAgg,
    Sum,
    TruncMonth,
    Upper,
)


async def what_functions_give() -> None:
    hero = (await Hero.annotate(short=Left("name", 2), loud=Concat("name", Value("!")), square=Power("power", 2)))[0]
    assert_type((hero.short, hero.loud, hero.square), tuple[str, str, float | None])
    moments = (await Hero.annotate(now=Now(), rounded=Round("power", 1), most=Greatest("power", 3)))[0]
    assert_type((moments.now, moments.rounded, moments.most), tuple[dt.datetime, int | None, int | None])
    told = await Team.annotate(told=StringAgg("heroes__name", ", ", order_by=["-heroes__name", F("id").desc()]))
    assert_type(told[0].told, str | None)
    team = (await Team.annotate(names=StringAgg("heroes__name"), busy=Exists(Hero.filter(team=OuterRef("pk")))))[0]
    assert_type((team.names, team.busy), tuple[str | None, bool])
    year = (await Hero.annotate(year=ExtractYear("missions__starts_at"), month=TruncMonth("missions__starts_at")))[0]
    assert_type((year.year, year.month), tuple[int | None, dt.datetime | None])
    ranked = (await Hero.annotate(place=Window(Rank(), partition_by="team", order_by="-power")).filter(place=1))[0]
    assert_type(ranked.place, int)
    running = Hero.annotate(running=Window(Sum("power"), order_by=["name"], frame=RowRange(None, 0)))
    assert_type((await running)[0].running, int | None)
    rated = Hero.annotate(rated=Case(When(power__gt=3, then="strong"), When(name="x", then=F("name")), default="weak"))
    assert_type((await rated)[0].rated, str)
    points = Hero.annotate(points=Case(When(name="x", then=3), default=F("power")), some=Case(When(name="x", then="y")))
    assert_type([(each.points, each.some) async for each in points], list[tuple[int | None, str | None]])
    Hero.annotate(other=Left("nmae", 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


async def where_expressions_fit() -> None:
    reported = Exists(Hero.filter(team=OuterRef("pk"), power__gt=3))
    Team.filter(reported, name="x")
    Team.filter(~reported | Q(name="x"))
    Team.exclude(RawSQL("1=0"))
    Hero.filter(power__in=[F("id"), 3], power__range=(F("id"), 5), name__contains=F("team__name"))
    Hero.filter(power=Subquery(Team.all().values("id")))
    Hero.filter(power__in=["x"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by(F("power").desc(nulls_last=True), Lower("name"), "-name")
    Hero.all().order_by("-nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().values_list(Upper("name"), F("power") + 1)
    assert_type((await Hero.annotate(n=Count("*")))[0].n, int)
    await Hero.annotate(n=Count("id")).group_by(Upper("name")).values_list(Upper("name"), "n")
    kind = Case(When(power__gt=3, then="strong"), When(Q(name="x") | Q(name="y"), then=F("name")), default="weak")
    found = await Hero.annotate(kind=kind, is_strong=Q(power__gt=3)).filter(kind="weak").order_by("kind")
    print(found[0].kind, found[0].is_strong)
    await Hero.all().update(power=Case(When(name="x", then=1), default=F("power") * 2))


async def questions_put_together(team: Team) -> None:
    both = Hero.filter(power=1).union(Hero.filter(power=2)).order_by("-power").limit(3)
    assert_type((await both)[0], Hero)
    assert_type(await both.count(), int)
    assert_type(await Hero.all().intersection(team.heroes.all()).first(), Hero | None)
    assert_type([hero.name async for hero in Hero.all().difference(Hero.filter(power=1))], list[str])
    Hero.all().union("x")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
