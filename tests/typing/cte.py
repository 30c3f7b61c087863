"""Common table expressions keep what is known of the questions that they are made of."""

from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import CTE, Subquery, Value, With
from ormgen.functions import Count
from ormgen.queryset import CompoundQuery, OpenQuerySet


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
