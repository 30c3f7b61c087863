"""`filter`, `exclude`, `get`: every lookup by the family of its field, and only those."""

import datetime as dt
from typing import Any, assert_type

from heroes.models import Hero, Status, Team
from ormgen.expressions import Exists, F, OuterRef, Q


async def asking(hero: Hero, team: Team, keywords: dict[str, Any]) -> None:
    assert_type(await Hero.all(), list[Hero])
    assert_type(await Hero.filter(name="x"), list[Hero])
    assert_type(await Hero.get(id=1), Hero)
    assert_type(await Hero.get_or_none(id=1), Hero | None)
    assert_type(await Hero.first(), Hero | None)
    assert_type(await Hero.last(), Hero | None)
    assert_type(await Hero.latest("created_at"), Hero | None)
    assert_type(await Hero.earliest("-created_at"), Hero | None)
    assert_type(await Hero.filter(power=1).first(), Hero | None)
    assert_type(await Hero.filter(power=1).get(name="x"), Hero)
    assert_type(await Hero.filter(power=1).count(), int)
    assert_type(await Hero.exists(name="x"), bool)
    assert_type(await Hero.filter(power=1).exists(), bool)
    assert_type(await Hero.objects.filter(name="x").first(), Hero | None)
    Hero.filter(name__icontains="x", team__name__startswith="y").exclude(power__isnull=True).order_by("-power")
    Hero.filter(Q(name="x") | ~Q(power=3), name__in=["a", "b"])
    Hero.filter(**keywords)
    Hero.filter(Q(name="x"), **keywords)
    Hero.filter(pk=3, pk__in=[1, 2], id__not=3, id__range=(1, 2))
    Hero.filter(power=F("id") + 1, power__gte=F("id"), power__lt=3, power__not=None)
    Hero.filter(status=Status.ACTIVE, status__in=[Status.ACTIVE], rank=None, rank__isnull=True)
    Hero.filter(team=team, team_id=3, team_id__in=[3], team__in=[team, 4], mentor=None, mentor__isnull=False)
    Hero.filter(team=3)
    Hero.filter(team=F("mentor__team"), team__not=OuterRef("id"), friends__in=[F("id")])
    Team.filter(Exists(Hero.filter(team=OuterRef("pk"))))
    Hero.filter(missions__starts_at__year=2024, missions__isnull=True, friends=hero, friends__in=[hero])
    Hero.filter(profile__bio="x", pupils__name__icontains="y")
    Hero.filter(team__owner__username__startswith="z")
    Hero.filter(created_at__gte=dt.datetime.now(), created_at__date=dt.date.today(), created_at__hour=3)
    Hero.filter(data={"a": 1}, data__not=None, data__isnull=True)
    Hero.filter(id__in=Hero.filter(power=1).values_list("id", flat=True))
    Hero.filter(team__in=Team.filter(name="x"), friends__in=hero.friends.filter(power=1))
    Hero.filter(Hero.q.team.in_(Team.all().order_by("name").limit(3)))
    Hero.filter(name__in=(n for n in ["a"]))
    Hero.filter(name__in={"a": 1}.keys())
    Hero.exclude(name="x").exclude(team__name="y")


def mistakes(hero: Hero) -> None:
    Hero.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(name__icontain="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(power__icontains="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(power__gte="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(team__in=Hero.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(id__in=Hero.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name__in="abc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(name__in=[1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    Hero.filter(id__in=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(id__range=(1, 2, 3))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(power__isnull="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(status="activ")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(team=hero)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(team__nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.filter(team__name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(created_at__year="2024")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(created_at__gte="2024")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().filter(name="x").filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.all().exclude(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.get(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.get_or_none(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.exists(nmae="x")  # type: ignore[call-arg, unused-coroutine]  # pyright: ignore[reportCallIssue]
    Hero.all().get(name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
