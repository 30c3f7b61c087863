"""`annotate`: computed attributes, and their names in later conditions."""

from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import F
from ormgen.functions import Avg, Count, Lower, Sum


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
    with_heroes = (await Team.annotate(n=Count("heroes")).prefetch_related("heroes"))[0]
    assert_type(with_heroes.n, int)
    assert_type([h.name for h in with_heroes.heroes], list[str])
    unseen = (await Team.annotate(m=Avg("heroes__power"), low=Lower("name")).filter(m__gt=1).order_by("m"))[0]
    print(unseen.m, unseen.name)
    await Team.annotate(m=Avg("heroes__power")).values("id", "m")
    Team.all().annotate(n=Count("heros"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Team.annotate(k=Sum("heroes__pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.annotate(k=Sum("pwoer"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.annotate(k=F("power") + 1)
