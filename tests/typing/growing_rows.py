"""Rows of values that more is computed for, and annotations of one name with different expressions."""

import datetime as dt
from typing import Any, assert_type

from heroes.models import Hero, Status, Team
from ormgen.expressions import Case, Exists, F, OuterRef, Subquery, When, Window
from ormgen.functions import Coalesce, Concat, Count, Length, Max, Min, RowNumber, Sum, TruncMonth


async def growing(team: Team) -> None:
    rows = await Hero.all().values("status", where="team__name").annotate(n=Count("id"), best=Max("power"))
    assert_type((rows[0]["status"], rows[0]["where"], rows[0]["n"]), tuple[Status, str, int])
    assert_type(rows[0]["best"], int | None)
    print(rows[0]["team__name"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    counted = Hero.filter(power=1).values_list("status").annotate(n=Count("id")).order_by("-n").limit(3)
    assert_type(await counted, list[tuple[Status, int]])
    assert_type(await team.heroes.all().values_list("status").annotate(n=Count("id")), list[tuple[Status, int]])
    own = await Hero.annotate(m=Count("missions")).values("team_id").annotate(most=Max("m"))
    assert_type((own[0]["team_id"], own[0]["most"]), tuple[int, int | None])
    twice = await Hero.all().values("rank").annotate(first=Min("created_at")).annotate(last=Max("created_at")).first()
    assert twice is not None
    assert_type((twice["first"], twice["last"]), tuple[dt.datetime | None, dt.datetime | None])
    async for row in Hero.all().values("status", where="team__name").annotate(n=Count("id"), best=Max("power")):
        assert_type(row["n"], int)
    plain: list[dict[str, Any]] = await Hero.all().values("rank").annotate(first=Min("created_at"))
    print(plain)
    Hero.all().values("status").annotate(n=Count("idd"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def one_name() -> None:
    assert_type((await Hero.annotate(x=F("power") * 2))[0].x, int | None)
    assert_type((await Hero.annotate(x=F("name")))[0].x, str)
    assert_type((await Hero.annotate(x=Concat("name", F("status"))))[0].x, str)
    assert_type((await Hero.annotate(x=TruncMonth("created_at")))[0].x, dt.datetime)
    assert_type((await Hero.annotate(x=Length("name")))[0].x, int)
    assert_type((await Hero.annotate(x=Coalesce(Sum("missions__id"), 0)))[0].x, int)
    assert_type((await Hero.annotate(x=Exists(Team.filter(id=OuterRef("team_id")))))[0].x, bool)
    assert_type((await Hero.annotate(x=Case(When(power=1, then=1.5), default=2.5)))[0].x, float)
    assert_type((await Hero.annotate(x=Window(RowNumber(), order_by=["name"])))[0].x, int)
    motto = Subquery(Team.filter(id=OuterRef("team_id")).values("motto"))
    assert_type((await Hero.annotate(motto=motto))[0].name, str)
    asked = await Hero.annotate(x=Subquery(Team.annotate(n=Count("heroes")).filter(n=1).limit(1).values("n")))
    assert_type(asked[0].x, int | None)
