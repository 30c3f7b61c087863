"""Common table expressions keep what is known of the questions that they are made of."""

from typing import Any, assert_type

from heroes.models import Hero, Team
from ormgen.expressions import CTE, Subquery, Value, With
from ormgen.functions import Count
from ormgen.models import Model
from ormgen.queryset import CompoundQuery, OpenQuerySet, QuerySet


async def named() -> None:
    strong = CTE(Hero.filter(power__gt=3), name="strong")
    assert_type(await strong.queryset(), list[Hero])
    assert_type(await strong.queryset().filter(name="x").order_by("-power").first(), Hero | None)
    strong.queryset().filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    joined = strong.join(Team.all(), id=strong.col.team_id)
    assert_type(await joined, list[Team])
    joined.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await strong.left_join(Team, id=strong.col.team_id), list[Team])
    assert_type(await Hero.filter(id__in=Subquery(strong.queryset())).with_cte(strong).count(), int)
    for row in await CTE(Hero.annotate(n=Count("id")).group_by("team_id").values("team_id", "n")).queryset():
        assert_type(row["n"], int)
    With(Hero.all(), names="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    strong.rows()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def recursive() -> None:
    first = Hero.filter(power=3).annotate(depth=Value(0))
    tree = CTE.recursive(
        lambda cte: first.union_all(cte.join(Hero.all(), id=cte.col.id).annotate(depth=cte.col.depth + 1)), name="tree"
    )
    for hero in await tree.queryset().filter(depth__lt=3):
        print(hero.depth)
        assert_type(hero.name, str)
    CTE.recursive(lambda cte: 3)  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]


async def together() -> None:
    both = Hero.filter(power=1).union_all(Hero.filter(power=2))
    assert_type(both, CompoundQuery[Hero])
    assert_type(await both[:3], list[Hero])
    assert_type(await both.exists(), bool)
    assert_type(await Hero.filter(id__in=Subquery(both)), list[Hero])
    both.union(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    open_rows: OpenQuerySet[Hero] = CTE.recursive(lambda cte: both).queryset()
    assert_type(await open_rows.order_by("-power").limit(3), list[Hero])


async def joined_to(found: QuerySet[Any], asked: QuerySet[Hero], some: type[Model]) -> None:
    strong = CTE(Hero.filter(power__gt=3), name="strong")
    team = await strong.join(Team, id=strong.col.team_id, using_db=None).filter(name="x").select_related("owner").get()
    print(team.owner.username)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    assert_type((await strong.join(Team.annotate(n=Count("heroes")), n__gt=3))[0].n, int)
    with_heroes = strong.join(Team.all().prefetch_related("heroes"), Team.Q(name="x"), id=3)
    assert_type([hero.name for hero in (await with_heroes)[0].heroes], list[str])
    assert_type(strong.join(found, id=3), QuerySet[Any])
    assert_type(strong.left_join(asked, id=3), QuerySet[Hero])
    assert_type(strong.join(some, anything=3), OpenQuerySet[Model])
    strong.join(Team.all(), idd=strong.col.team_id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    strong.left_join(Team, idd=strong.col.team_id)  # type: ignore[type-var]  # pyright: ignore[reportCallIssue]
    strong.join(Team.all(), id="x")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    strong.join(Team.all(), Hero.Q(name="x"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    strong.join(3, id="x")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
