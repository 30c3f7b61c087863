"""What the database computes over related rows is what Python would compute, however many relations are involved."""

from decimal import Decimal

import pytest

from models.heroes import Country, Hero, Mission, Report, Team
from ormgen import F, Q
from ormgen.functions import Avg, Coalesce, Count, Max, Min, Sum

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_counts(world: World) -> None:
    teams = await Team.annotate(n=Count("heroes")).order_by("name")
    assert [(team.name, team.n) for team in teams] == [("alpha", 2), ("beta", 1), ("empty", 0)]
    missions = await Mission.annotate(n=Count("crew")).order_by("-n")
    assert [(mission.title, mission.n) for mission in missions] == [("rescue", 3), ("parade", 1)]
    heroes = await Hero.annotate(n=Count("missions"), m=Count("minions"), b=Count("badge")).order_by("power")
    assert [(hero.n, hero.m, hero.b) for hero in heroes] == [(2, 2, 1), (1, 0, 0), (1, 0, 0), (0, 0, 0)]
    (country,) = await Country.annotate(heroes=Count("teams__heroes"), told=Count("teams__heroes__reports"))
    assert (country.heroes, country.told) == (2, 3)


@pytest.mark.feature(148, 188)
async def test_relations_do_not_multiply_each_other(world: World) -> None:
    (ann,) = await Hero.filter(name="ann").annotate(
        missions_=Count("missions"), stars=Sum("reports__stars"), best=Max("reports__stars"), reports_=Count("reports")
    )
    assert (ann.missions_, ann.stars, ann.best, ann.reports_) == (2, 6, 5, 2)


async def test_all_functions_and_their_types(world: World) -> None:
    alpha, beta, empty = await Team.annotate(
        total=Sum("heroes__power"),
        mean=Avg("heroes__power"),
        least=Min("heroes__power"),
        most=Max("heroes__power"),
        money=Sum("heroes__price"),
        price=Avg("heroes__price"),
        cheap=Min("heroes__price"),
        dear=Max("heroes__price"),
        first=Min("heroes__name"),
        when=Max("heroes__created"),
    ).order_by("name")
    assert (alpha.total, alpha.mean, alpha.least, alpha.most) == (3, 1.5, 1, 2)
    assert (alpha.money, alpha.price, alpha.cheap, alpha.dear) == tuple(map(Decimal, ("3.30", "1.65", "1.10", "2.20")))
    assert (alpha.first, alpha.when) == ("ann", world.bob.created)
    assert (beta.total, beta.mean, beta.dear, beta.cheap) == (3, 3.0, Decimal("10.00"), Decimal("10.00"))
    assert [type(value) for value in (alpha.total, alpha.mean, alpha.money, alpha.price)] == [
        int,
        float,
        Decimal,
        Decimal,
    ]
    assert (empty.total, empty.mean, empty.least, empty.money, empty.when) == (None,) * 5


async def test_distinct_and_restricted_aggregates(world: World) -> None:
    await world.bob.refresh_from_db()
    world.bob.power = 1
    await world.bob.save()
    alpha, _, empty = await Team.annotate(
        powers=Count("heroes__power", distinct=True),
        active=Count("heroes", _filter=Q(heroes__active=True)),
        strong=Sum("heroes__power", _filter=Q(heroes__power__gt=5)),
        double=Sum(F("heroes__power") * 2, _filter=Q(heroes__name="ann")),
    ).order_by("name")
    assert (alpha.powers, alpha.active, alpha.strong, alpha.double) == (1, 1, None, 2)
    assert (empty.powers, empty.active) == (0, 0)


async def test_values_of_restricted_aggregates_keep_their_places(world: World) -> None:
    for factor, name, expected in ((2, "ann", 2), (3, "bob", 6), (10, "cid", None)):
        total = Sum(F("heroes__power") * factor, _filter=Q(heroes__name=name))
        assert await Team.annotate(t=total).filter(name="alpha").values_list("t", flat=True) == [expected]


@pytest.mark.feature(148, 178)
async def test_conditions_on_aggregates(world: World) -> None:
    counted = Team.annotate(n=Count("heroes"))
    assert await names(counted.filter(n__gt=1)) == ["alpha"]
    assert await names(counted.filter(n=0)) == ["empty"]
    assert await names(counted.filter(n__in=[0, 1]).order_by("name")) == ["beta", "empty"]
    assert await names(counted.exclude(n=0).order_by("-n")) == ["alpha", "beta"]
    assert await names(counted.filter(Q(n=2) | Q(name="empty")).order_by("name")) == ["alpha", "empty"]
    assert await names(counted.filter(n=F("size")).order_by("name")) == ["alpha", "beta", "empty"]
    assert await counted.filter(n__gt=0).count() == 2
    assert await counted.filter(n__gt=5).exists() is False
    money = Team.annotate(money=Sum("heroes__price"))
    assert await names(money.filter(money__gt=Decimal("9"))) == ["beta"]
    assert await names(money.filter(money__lt=Decimal("9.5"))) == ["alpha"]
    assert await names(money.filter(money__isnull=False).order_by("-money")) == ["beta", "alpha"]
    assert await names(Team.annotate(m=Coalesce(Sum("heroes__power"), 0)).order_by("m", "name")) == [
        "empty",
        "alpha",
        "beta",
    ]
    assert await names(Team.annotate(m=Count("heroes") * 10 + F("size")).filter(m=22)) == ["alpha"]


async def test_filters_on_the_same_relation_restrict_what_is_counted(world: World) -> None:
    strong = Team.filter(heroes__power__gte=2).annotate(n=Count("heroes")).order_by("name")
    assert [(team.name, team.n) for team in await strong] == [("alpha", 1), ("beta", 1)]
    other = Team.filter(heroes__power__gte=2).annotate(n=Count("country"))
    assert len(await other) == 2
    by_country = Team.filter(country__name="Norway").annotate(n=Count("heroes"))
    assert [(team.name, team.n) for team in await by_country] == [("alpha", 2)]
    crew = Hero.filter(missions__title="rescue").annotate(n=Count("missions"), stars=Sum("reports__stars"))
    assert [(hero.name, hero.n, hero.stars) for hero in await crew] == [("ann", 1, 6), ("bob", 1, 3), ("cid", 1, None)]


@pytest.mark.feature(149)
async def test_groups(world: World) -> None:
    rows = Hero.annotate(n=Count("id"), top=Max("power")).group_by("active").order_by("active")
    assert await rows.values("active", "n", "top") == [
        {"active": False, "n": 1, "top": 2},
        {"active": True, "n": 3, "top": 4},
    ]
    by_team = Hero.annotate(n=Count("id"), money=Sum("price")).group_by("team__name")
    found = await by_team.filter(team__isnull=False).order_by("-n").values_list("team__name", "n", "money")
    assert found == [("alpha", 2, Decimal("3.30")), ("beta", 1, Decimal("10.00"))]
    assert await by_team.filter(n__gt=1).values_list("team__name", flat=True) == ["alpha"]
    assert sorted(await by_team.values_list("n", flat=True)) == [1, 1, 2]
    assert await by_team.count() == 3
    assert await by_team.filter(n__gt=1).count() == 1
    assert await by_team.filter(n__gt=2).exists() is False
    assert await by_team.filter(n__gt=1).exists() is True
    computed = Report.annotate(best=Max("stars"), big=F("stars")).group_by("author__name").order_by("author__name")
    assert await computed.values_list("author__name", "best") == [("ann", 5), ("bob", 3)]
    assert await Hero.annotate(n=Count("missions")).group_by("name").order_by("name").values_list("name", "n") == [
        ("ann", 2),
        ("bob", 1),
        ("cid", 1),
        ("dan", 0),
    ]


async def test_exact_decimals(orm: str) -> None:
    prices = [Decimal(text) for text in ("0.10", "0.20", "9999999999.99", "-0.30", "100.00", "9.00")]
    await Hero.bulk_create([Hero(name=f"h{at}", price=price) for at, price in enumerate(prices)])
    assert await Hero.all().order_by("price").values_list("price", flat=True) == sorted(prices)
    for price in prices:
        for lookup in ("gt", "gte", "lt", "lte", "exact", "not"):
            found = await Hero.filter(**{f"price__{lookup}": price}).values_list("price", flat=True)
            python = {
                "gt": "__gt__",
                "gte": "__ge__",
                "lt": "__lt__",
                "lte": "__le__",
                "exact": "__eq__",
                "not": "__ne__",
            }
            assert sorted(found) == sorted(other for other in prices if getattr(other, python[lookup])(price))
    (row,) = (
        await Hero.annotate(s=Sum("price"), a=Avg("price"), low=Min("price"), high=Max("price"))
        .group_by("active")
        .values("s", "a", "low", "high")
    )
    assert (row["s"], row["low"], row["high"]) == (sum(prices), min(prices), max(prices))
    assert abs(row["a"] - sum(prices) / 6) <= Decimal("0.01")
    assert await Hero.filter(price=Decimal("0.10")).update(price=F("price") + Decimal("0.20")) == 1
    assert await Hero.filter(price=Decimal("0.30")).count() == 1
    assert await Hero.filter(price=Decimal("0.30")).update(price=F("price") * 3) == 1
    assert await Hero.filter(price=Decimal("0.90")).count() == 1
    assert await Hero.annotate(t=F("price") * 3).filter(t=Decimal("0.60")).count() == 1
    assert await Hero.filter(price__lt=F("price") * 2).count() == 5


@pytest.mark.feature(157)
async def test_an_update_reads_annotations(world: World) -> None:
    """As a Case that other statements use too."""
    asked = Hero.annotate(stronger=F("power") + 10).filter(stronger__gt=11, name__in=["ann", "bob"])
    changed = await asked.update(power=F("stronger") * 2)
    assert changed == len([power for power in [world.ann.power, world.bob.power] if power + 10 > 11])
    for hero in (world.ann, world.bob):
        expected = (hero.power + 10) * 2 if hero.power + 10 > 11 else hero.power
        assert (await Hero.get(id=hero.id)).power == expected


@pytest.mark.feature(165)
async def test_rows_are_counted_as_often_as_a_condition_finds_them(world: World) -> None:
    crew = await world.rescue.crew.all().values_list("id", flat=True)
    assert len(crew) > 1
    asked = Mission.filter(crew__id__in=crew).annotate(found=Count("id")).filter(found=len(crew))
    assert [mission.id for mission in await asked] == [world.rescue.id]
    assert await asked.count() == 1
