"""`annotate`: computed attributes, and their names in later conditions."""

import datetime as dt
from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import F, RawSQL
from ormgen.functions import Avg, Coalesce, Count, Lower, Max, Min, Sum


async def annotating() -> None:
    team = (await Team.all().annotate(n=Count("heroes")))[0]
    assert_type(team.n, int)
    assert_type(team.name, str)
    busy = await Team.annotate(n=Count("heroes")).filter(n__gte=2, name="x").order_by("-n", "name")
    assert_type(busy[0].n, int)
    Team.annotate(n=Count("heroes")).filter(m__gte=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Team.annotate(n=Count("heroes")).filter(n__gte="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Team.annotate(n=Count("heroes")).order_by("m")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    sums = (await Team.annotate(n=Count("heroes", distinct=True), total=Sum("heroes__power")))[0]
    assert_type(sums.total, int | None)
    counted = await Team.annotate(n=Count("heroes")).values("id", "n")
    assert_type(counted[0]["n"], int)
    assert_type(await Team.annotate(n=Count("heroes")).values_list("n", flat=True), list[int])
    one = await Team.annotate(n=Count("heroes")).order_by("-n").first().values("id", "n")
    assert one is not None
    assert_type(one["n"], int)
    assert_type(await Team.annotate(n=Count("heroes")).get(id=1).values_list("n", "name"), tuple[int, str])
    assert_type(await Team.annotate(n=Count("heroes")).first().values_list("n", flat=True), int | None)
    asked = Team.annotate(n=Count("heroes")).first()
    asked.values("m")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.first().values("n")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    with_heroes = (await Team.annotate(n=Count("heroes")).prefetch_related("heroes"))[0]
    assert_type(with_heroes.n, int)
    assert_type([h.name for h in with_heroes.heroes], list[str])
    unseen = (await Team.annotate(m=Avg("heroes__power"), low=Lower("name")).filter(m__gt=1).order_by("m"))[0]
    assert_type(unseen.m, float | None)
    assert_type(unseen.low, str)
    mixed = (await Team.annotate(n=Count("heroes"), twice=F("id") * 2).filter(twice__gt=1, n__lt=3))[0]
    assert_type(mixed.n, int)
    print(mixed.twice, mixed.nope)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type((await Hero.annotate(best=Max("missions__starts_at")))[0].best, dt.datetime | None)
    loose = (await Team.annotate(twice=F("id") * 2).filter(twice=1))[0]
    print(loose.twice, loose.name)
    await Team.annotate(m=Avg("heroes__power")).values("id", "m")
    Team.all().annotate(n=Count("heros"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.annotate(k=Sum("heroes__pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(k=Sum("pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(k=F("power") + 1)


async def chained() -> None:
    both = (await Team.annotate(n=Count("heroes")).annotate(total=Sum("heroes__power")))[0]
    assert_type(both.n, int)
    assert_type(both.total, int | None)
    print(both.nope)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    between = (
        Team.annotate(n=Count("heroes")).filter(n__gt=1).annotate(best=Max("heroes__power")).order_by("-best", "n")
    )
    assert_type((await between.get(best__gt=3, n=2)).best, int | None)
    between.filter(mean=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    between.filter(best="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    between.annotate(k=Sum("heroes__pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    rows = await Team.annotate(n=Count("heroes")).annotate(best=Max("heroes__power")).values("name", "n", "best")
    assert_type((rows[0]["name"], rows[0]["n"], rows[0]["best"]), tuple[str, int, int | None])
    pairs = await Team.annotate(n=Count("heroes")).annotate(best=Max("heroes__power")).values_list("n", "best")
    assert_type(pairs, list[tuple[int, int | None]])
    one = await Team.annotate(n=Count("heroes")).annotate(best=Max("heroes__power")).first()
    assert one is not None
    assert_type((one.n, one.best), tuple[int, int | None])
    question = Team.filter(name="x").annotate(n=Count("heroes"))
    question = question.filter(n__gt=1)
    later = (await question.annotate(least=Min("heroes__power")))[0]
    assert_type((later.n, later.least), tuple[int, int | None])
    again = (await Team.annotate(n=Count("heroes")).annotate(share=F("n") * 2, mean=Avg("n")))[0]
    assert_type((again.n, again.share, again.mean), tuple[int, int, float | None])


async def annotating_loaded(team: Team) -> None:
    heroes = await Hero.all().select_related("team").annotate(n=Count("missions"))
    assert_type(heroes[0].n, int)
    assert_type(heroes[0].team.name, str)
    behind = await Hero.annotate(n=Count("missions")).select_related("team").first()
    assert behind is not None
    assert_type((behind.n, behind.team.name), tuple[int, str])
    len(behind.missions)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    single = await Hero.annotate(n=Count("missions")).get(id=1).select_related("team")
    assert_type((single.n, single.team.name), tuple[int, str])
    asked = await Hero.get(id=1).select_related("team").annotate(n=Count("missions"))
    assert_type((asked.n, asked.team.name), tuple[int, str])
    assert_type((await team.heroes.annotate(n=Count("missions")))[0].n, int)
    assert_type((await team.heroes.filter(power=1).only("id").annotate(n=Count("missions")).order_by("n"))[0].n, int)


async def computing() -> None:
    hero = (await Hero.annotate(twice=F("power") * 2, known=Coalesce("power", 0), half=F("power") / 2.0))[0]
    assert_type((hero.twice, hero.known, hero.half), tuple[int | None, int, float | None])
    named = (await Hero.annotate(last=Coalesce("power", 0), first=RawSQL("1")))[0]
    assert_type(named.last, int)
    print(named.first + 1)
