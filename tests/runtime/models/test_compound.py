"""Questions put together by union, intersection and difference."""

import asyncio
from decimal import Decimal
from typing import Any, cast

import pytest

from models.heroes import Hero, Team
from ormgen import F, in_transaction
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import Case, Value, When
from ormgen.functions import Count, Upper
from ormgen.queryset import CompoundQuery

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.feature(147)
async def test_union_of_objects(world: World) -> None:
    weak, odd = Hero.filter(power__lt=3), Hero.filter(power__in=[1, 3])
    both = weak.union(odd).order_by("name")
    assert await names(both) == ["ann", "bob", "cid"]
    assert await names(weak.union(odd, all=True).order_by("name")) == ["ann", "ann", "bob", "cid"]
    assert await names(both.order_by("-power").limit(2)) == ["cid", "bob"]
    assert await names(both.offset(1)) == ["bob", "cid"]
    assert (await both.count(), await both.limit(2).count(), await weak.union(odd, all=True).count()) == (3, 2, 4)
    assert [hero.name async for hero in both] == ["ann", "bob", "cid"]
    first = await both.order_by("-price").first()
    assert first is not None
    assert (first.name, first.price, isinstance(first, Hero)) == ("cid", Decimal("10.00"), True)
    assert await weak.filter(power=0).union(odd.filter(power=0)).first() is None
    assert await names(both) == ["ann", "bob", "cid"]  # asked again
    assert await names(weak.union(odd, Hero.filter(name="dan")).order_by("-name")) == ["dan", "cid", "bob", "ann"]
    assert await names(Hero.all().union(Hero.filter(price=Decimal("10"))).order_by("price")) == [
        *("ann", "bob", "dan", "cid")
    ]


@pytest.mark.feature(147)
async def test_the_other_operators(world: World) -> None:
    weak, odd = Hero.filter(power__lt=3), Hero.filter(power__in=[1, 3])
    assert await names(weak.intersection(odd)) == ["ann"]
    assert await names(weak.intersect(odd)) == ["ann"]
    assert await names(odd.difference(weak)) == ["cid"]
    assert await names(weak.except_(odd)) == ["bob"]
    everyone = Hero.all()
    assert await names(everyone.difference(weak, Hero.filter(name="dan"))) == ["cid"]
    assert await names(weak.union(odd).difference(Hero.filter(name="ann")).order_by("name")) == ["bob", "cid"]
    # from left to right: (weak | odd) & dan, not weak | (odd & dan)
    assert await names(weak.union(odd).intersection(Hero.filter(name="dan"))) == []
    assert await everyone.difference(everyone).count() == 0


@pytest.mark.feature(147)
async def test_inside_of_each_other(world: World) -> None:
    ann, bob, cid, dan = [Hero.filter(name=name) for name in ("ann", "bob", "cid", "dan")]
    everyone = Hero.all()
    # what is given as one question stays one: everyone except (ann or (bob, cid both))
    inner = ann.union(bob.union(cid).intersection(cid))
    assert await names(everyone.difference(inner).order_by("name")) == ["bob", "dan"]
    limited = everyone.union(ann).order_by("-power").limit(2)
    assert await names(limited.union(ann).order_by("name")) == ["ann", "cid", "dan"]
    assert await names(limited.union_all(dan, ann).order_by("name")) == ["ann", "cid", "dan", "dan"]
    assert await names(ann.union(limited[1:]).order_by("name")) == ["ann", "cid"]
    assert await limited.union(limited).count() == 2


@pytest.mark.feature(147)
async def test_what_else_can_be_asked_of_them(world: World) -> None:
    strong = Hero.filter(power__gt=2)
    both = strong.union(Hero.filter(name="ann"))
    assert await both.values_list("name", flat=True).order_by("name") == ["ann", "cid", "dan"]
    assert await both.values("name", team="team__name").order_by("-name")[:2] == [
        {"name": "dan", "team": None},
        {"name": "cid", "team": "beta"},
    ]
    assert await both.values_list("active").count() == len({hero.active for hero in await both})
    assert (await both.exists(), await both[3:].exists()) == (True, False)
    assert await names(both.order_by("name")[1:]) == ["cid", "dan"]
    assert await names(both.order_by("name")[1:][1:2]) == ["dan"]
    assert await names(both.order_by("name").reverse()) == ["dan", "cid", "ann"]
    assert await names(Hero.filter(id__in=both).order_by("name")) == ["ann", "cid", "dan"]
    chosen = Hero.filter(id__not_in=both.order_by("name").limit(1))
    assert await names(chosen.order_by("name")) == ["bob", "cid", "dan"]
    assert await names(Team.filter(id__in=both.values_list("team_id", flat=True)).order_by("name")) == ["alpha", "beta"]
    assert len(await both.explain()) >= 1
    assert repr(both).startswith("<CompoundQuery of Hero: SELECT")


@pytest.mark.feature(147)
async def test_orders_with_values_inside(world: World) -> None:
    ranked = Hero.filter(power__gt=2).order_by(Case(When(name="dan", then=Value(0)), default=Value(9)))
    assert await names(ranked.union(Hero.filter(name="ann")).order_by("name").limit(2)) == ["ann", "cid"]
    assert await names(ranked.limit(1).union(Hero.filter(name="ann")).order_by("name")) == ["ann", "dan"]


@pytest.mark.feature(147, 205)
async def test_they_belong_to_the_transaction_they_are_made_in(world: World) -> None:
    async with in_transaction():
        await Hero.filter(name="dan").update(name="zoe")
        question = Hero.filter(power__gt=2).union(Hero.filter(name="ann")).order_by("name")
        objects, counted, found = await asyncio.gather(
            asyncio.ensure_future(all_of(question)), question.count(), question.exists()
        )
        assert ([hero.name for hero in objects], counted, found) == (["ann", "cid", "zoe"], 3, True)


async def all_of(question: CompoundQuery[Hero]) -> list[Hero]:
    return await question


@pytest.mark.feature(147)
async def test_values_put_together(world: World) -> None:
    rows = Hero.all().values("name", size="power").union(Team.all().values("name", "size"))
    assert await rows.order_by("-size", "name").limit(3) == [
        {"name": "dan", "size": 4},
        {"name": "cid", "size": 3},
        {"name": "alpha", "size": 2},
    ]
    assert await Hero.all().values_list("name", flat=True).union(Team.all().values_list("city", flat=True)).count() == 7
    flat = (
        Team.filter(city=None).values_list("name", flat=True).union(Hero.filter(power=1).values_list("name", flat=True))
    )
    assert sorted(await flat) == ["ann", "beta"]
    labelled = Hero.filter(power__gt=3).annotate(kind=Value("hero")).values_list("kind", Upper("name"))
    counted = Team.annotate(kind=Value("team"), n=Count("heroes")).filter(n=2).values_list("kind", "name")
    assert sorted(await labelled.union(counted, all=True)) == [("hero", "DAN"), ("team", "alpha")]
    prices = (
        Hero.all().values_list("price", flat=True).intersection(Hero.filter(power=2).values_list("price", flat=True))
    )
    assert await prices == [Decimal("2.20")]


@pytest.mark.feature(147)
async def test_limits_orders_and_relations_inside(world: World) -> None:
    strongest = Hero.all().order_by("-power").limit(1)
    weakest = Hero.all().order_by("power").limit(1)
    assert await names(strongest.union(weakest).order_by("name")) == ["ann", "dan"]
    related = Hero.filter(power=1).select_related("team").union(Hero.filter(team__name="beta").select_related("team"))
    assert [hero.team and hero.team.name for hero in await related.order_by("name")] == ["alpha", "beta"]
    prefetched = Team.filter(size=2).prefetch_related("heroes").union(Team.filter(size=1)).order_by("name")
    assert [sorted(hero.name for hero in team.heroes) for team in await prefetched] == [["ann", "bob"], ["cid"]]
    annotated = Hero.annotate(double=F("power") * 2)
    found = await annotated.filter(double=2).union(annotated.filter(double=8)).order_by("-double")
    assert [(hero.name, hero.double) for hero in found] == [("dan", 8), ("ann", 2)]
    twice = [
        await names(Hero.filter(power=power).union(Hero.filter(name=name)).order_by("name"))
        for power, name in ((1, "bob"), (2, "cid"))
    ]
    assert twice == [["ann", "bob"], ["bob", "cid"]]


async def test_what_cannot_be_put_together(world: World) -> None:
    heroes = Hero.all()
    with pytest.raises(ParamsError, match="another question"):
        heroes.union()
    with pytest.raises(ParamsError, match="Union queries must have the same select fields"):
        heroes.union(Team.all())
    with pytest.raises(ParamsError, match="with query sets and values with values"):
        heroes.union(heroes.values("id"))
    with pytest.raises(ParamsError, match="with query sets and values with values"):
        heroes.union(cast("Any", [1]))
    with pytest.raises(ParamsError, match="same number of values"):
        await heroes.values("id").union(heroes.values("id", "name"))
    with pytest.raises(FieldError, match='did you mean "name"'):
        await heroes.union(heroes).order_by("nmae")
    with pytest.raises(ParamsError, match="Slice steps"):
        heroes.union(heroes)[::2]
    with pytest.raises(ParamsError, match="values already"):
        heroes.values("id").union(heroes.values("id")).values("id")
    with pytest.raises(TypeError, match="await it first"):
        len(cast("Any", heroes.union(heroes)))
    with pytest.raises(TypeError, match="await it first"):
        bool(heroes.union(heroes))
    with pytest.raises(ParamsError, match="non-negative"):
        heroes.union(heroes).limit(-1)
    assert "UNION" in heroes.union(heroes).sql()
    assert "'x'" in heroes.filter(name="x").union(heroes).sql(params_inline=True)
