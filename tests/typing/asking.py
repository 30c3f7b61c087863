"""What a query set can be asked besides conditions: order, limits, updates, answers."""

from typing import assert_type

from heroes.models import Hero, Team, strongest_of
from ormgen.expressions import F


async def asking(team: Team) -> None:
    assert_type(await Hero[1], Hero)
    Hero.all().order_by("power", "-team__name", "team_id", "-pk")
    Hero.all().order_by("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by("--name")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by("team__nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.latest("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().only("id", "name")
    Hero.all().only("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().limit(3).offset(4).distinct()
    assert_type(await Hero.all()[1:3], list[Hero])
    assert_type(await Hero.filter(id=1).update(power=3, team=team, name="x"), int)
    await Hero.filter(id=1).update(power=F("power") + 1, team_id=3, mentor=None, data={"x": 1})
    await Hero.filter(id=1).update(power="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.filter(id=1).update(pwoer=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Hero.filter(id=1).update(name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(id=1).update(power=3)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    Hero.filter(id=1).delete()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    Hero.filter(id=1).count()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    len(Hero.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for _ in Hero.all():  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    Hero.all().fliter(name="x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    if Hero.all():  # pyright: ignore[reportGeneralTypeIssues]
        pass
    async for h in Hero.filter(power__gt=3).order_by("name"):
        assert_type(h, Hero)
    assert_type(await Hero.by_name("x"), Hero)
    assert_type(await Hero.strong(3), list[Hero])
    assert_type(await strongest_of([team]), list[Hero])
    assert_type(await team.strongest(), Hero | None)
