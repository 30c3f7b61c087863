"""What is grouped by, computed, counted, and on which connection."""

from typing import Any, assert_type

from heroes.models import Hero, Team
from ormgen import F
from ormgen.expressions import RawSQL
from ormgen.functions import Coalesce, Count, Length, Lower, Sum
from ormgen.transactions import Connection


async def groups() -> None:
    assert_type(await Hero.all().group_by("team_id", "team__name").first(), Hero | None)
    Hero.annotate(total=Sum("power")).group_by("team", Hero.q.name).values("team", "total")
    Hero.annotate(total=Sum("power")).group_by("total")
    Hero.all().group_by("nope")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().group_by(Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.annotate(total=Sum("power")).group_by("totl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def computed(names: dict[str, Any]) -> None:
    Hero.annotate(**{f"twice_{name}": F(name) for name in names})
    Hero.annotate(**names)
    Hero.annotate(once=F("power") + 1, more=RawSQL("1"), least=Length(Lower("name")), none=Coalesce("name", "x"))
    Hero.annotate(path=Hero.q.team.name, called=Lower(Hero.q.team.name))
    Hero.annotate(path=Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(called=Lower(Team.q.name))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(called=Lower("nam"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.annotate(called="name")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.all().annotate(called=Count("tem"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


def named(name: str) -> Count:
    return Count(name)


async def counted() -> None:
    assert_type(await Hero.all().count(), int)
    assert_type(await Hero.filter(power=3).exists(), bool)
    assert_type(await Hero.filter(power=3).delete(), int)
    Hero.all().exists()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    Team.filter(name="x").count()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


async def connected(connection: Connection) -> None:
    assert_type(await Hero.filter(name="x", using_db=connection).first(), Hero | None)
    assert_type(await Hero.get_or_none(name="x", using_db=None), Hero | None)
    assert_type(await Hero.exists(name="x", using_db=connection), bool)
    Hero.all(using_db=connection).exclude(name="x")
    Hero.all().filter(using_db=connection)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().get(id=1, using_db=connection)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.Q(name="x", using_db=connection)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def values_then_annotate() -> None:
    rows = Hero.all().values("id", "power", "team__name").annotate(n=Count("id"))
    for row in await rows:
        print(row["n"])
    Hero.all().values("id", "power", "team__name").annotated(n=Count("id"))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
