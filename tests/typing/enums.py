"""Columns that hold members of enums take these and their values, and give members."""

from typing import assert_type

from heroes.models import Hero, Rank, Status, Team
from ormgen.expressions import F


async def stored(team: Team, text: str) -> None:
    hero = await Hero.create(name="x", team=team, status="retired", rank=2)
    assert_type(hero.status, Status)
    assert_type(hero.rank, Rank | None)
    await Hero.create(name="x", team=team, status=Status.ACTIVE, rank=Rank.LEADER)
    Hero(name="x", team=team, status="active", rank=None)
    await Hero.get_or_create(name="x", defaults={"team": team, "status": "active"})
    await Hero.filter(id=1).update(status="active", rank=1)
    hero.update_from_dict({"status": "retired"})
    await Hero.create(name="x", team=team, status="resting")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Hero.filter(id=1).update(rank=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(id=1).update(status=text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hero.status = "active"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]


async def asked() -> None:
    assert_type(await Hero.filter(status="active", rank=2), list[Hero])
    assert_type(await Hero.exclude(status__in=["active", Status.RETIRED]), list[Hero])
    assert_type(await Hero.filter(rank__gte=1, rank__in=[1, 2], status=F("name")), list[Hero])
    assert_type(await Team.filter(heroes__status="active"), list[Team])
    assert_type(await Hero.all().values_list("status", flat=True), list[Status])
    Hero.filter(status="resting")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(rank__in=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    Hero.filter(status__not=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
