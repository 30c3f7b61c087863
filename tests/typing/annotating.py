"""`annotate`: computed attributes, and their names in later conditions."""

import datetime as dt
from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import F
from ormgen.functions import Avg, Count, Lower, Max, Sum


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
    Team.first().values("n")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
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
    Team.annotate(k=Sum("heroes__pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.annotate(k=Sum("pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.annotate(k=F("power") + 1)
