"""What type checkers know of a program on Tortoise ORM."""

import datetime as dt
from typing import assert_type

from models import Fighter, Rank, School
from tortoise.expressions import F
from tortoise.functions import Count


async def use(school: School, fighter: Fighter) -> None:
    assert_type(await Fighter.create(name="x", school=school), Fighter)
    assert_type(await Fighter.all().strong().filter(school__name__icontains="x").first(), Fighter | None)
    assert_type((await Fighter.all().values("name", "school__founded"))[0]["school__founded"], dt.date | None)
    assert_type(await Fighter.all().values_list("rank", flat=True), list[Rank])
    assert_type((await Fighter.get(id=1).select_related("school")).school.name, str)
    assert_type((await School.annotate(n=Count("fighters")).filter(n__gt=1))[0].n, int)
    assert_type(await school.strongest(), Fighter | None)
    assert_type([one.name async for one in school.fighters.filter(power__gt=3)], list[str])
    fighter.power = F("power") + 1
    await Fighter.filter(name__icontain="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Fighter.filter(name__regex="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Fighter.create(name="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Fighter.all().order_by("nam")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fighter.rank = "x"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    school.fighters[0]  # type: ignore[misc]  # pyright: ignore[reportOptionalCall, reportIndexIssue]
    School.q.name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
