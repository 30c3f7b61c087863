"""Rows of one column in a condition: of the type of the column that they are compared with."""

from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import Subquery
from ormgen.functions import Count, Max


async def among() -> None:
    keys = Team.all().values_list("id", flat=True)
    assert_type(await Hero.filter(team_id__in=keys), list[Hero])
    print(
        await Hero.filter(team_id__in=Team.all().values_list("id")),
        await Hero.filter(team_id__in=Team.all().values("id")),
    )
    print(await Hero.filter(team_id__in=keys.limit(3)), await Hero.exclude(team_id__not_in=keys))
    print(await Hero.filter(team_id__in=keys.union(Team.filter(name="x").values_list("id", flat=True))))
    print(await Hero.filter(id__in=Hero.all().values_list("mentor_id", flat=True)))  # NULL is among no numbers
    print(await Hero.filter(id__in=Team.annotate(n=Count("heroes")).values_list("n", flat=True)))
    print(await Hero.filter(power__in=Hero.all().values("team_id").annotate(best=Max("power"))))
    print(
        await Hero.filter(name__in=Team.all().values_list("name", flat=True)),
        await Hero.filter(name__in=Team.all().values("name")),
    )
    print(await Hero.filter(created_at__in=Hero.all().values_list("created_at", flat=True)))
    print(
        await Hero.filter(team_id__in=await keys), await Hero.get(team_id__in=keys), await Hero.exists(team_id__in=keys)
    )
    print(await Hero.filter(id__in=Subquery(Team.all().values_list("name", flat=True))))  # as the database has it


async def among_others() -> None:
    names = Team.all().values_list("name", flat=True)
    await Hero.filter(id__in=names)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(team_id__in=Team.all().values_list("id", "name"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(name__in=Team.all().values_list("id", flat=True))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(created_at__in=Team.all().values_list("id", flat=True))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.get(id__in=names)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.all().exclude(power__not_in=names)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(Hero.Q(id__in=names))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(team__id__in=names)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
