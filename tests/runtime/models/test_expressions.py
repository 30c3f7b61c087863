"""Expressions in every place that takes one: values that depend on conditions, sub-queries, arithmetic."""

from decimal import Decimal
from typing import Any, cast

import pytest

from models.heroes import Hero, Mission, Report, Team
from ormgen import F, Q
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import Case, Exists, OuterRef, RawSQL, Subquery, Value, When
from ormgen.functions import Avg, Coalesce, Count, Lower, Max, Sum, Upper

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.feature(180)
async def test_q(world: World) -> None:
    assert Q(a=1) == Q(a=1) != Q(a=2)
    assert (Q(a=1) & Q(b=2)) == Q(a=1, b=2) != (Q(a=1) | Q(b=2)) == Q(a=1, b=2, join_type="OR")
    assert ~~Q(a=1) == Q(a=1) != ~Q(a=1)
    assert (bool(Q()), bool(Q(a=1)), Q(a=1).join_type, Q(a=1, join_type="OR").join_type) == (False, True, "AND", "OR")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Q(a=1))
    with pytest.raises(ParamsError, match="join_type"):
        Q(a=1, join_type=cast("Any", "XOR"))
    with pytest.raises(ParamsError, match="Q objects"):
        Q(cast("Any", "a=1"))
    assert await names(Hero.filter(Q(power=1, name="dan", join_type="OR"))) == ["ann", "dan"]
    assert await names(Hero.filter(Q(Q(power__lt=3) & ~Q(name="ann"), Q(name="dan"), join_type="OR"))) == ["bob", "dan"]
    assert await names(Hero.filter(~(Q(power=1) | Q(power=2)), active=True)) == ["cid", "dan"]
    assert await names(Hero.filter(Q() | Q(power=2))) == ["bob"]


@pytest.mark.feature(181)
async def test_arithmetic(world: World) -> None:
    rows = Hero.annotate(
        a=F("power") + 1, b=10 - F("power"), c=2 * F("power"), d=-F("power"), e=F("power") ** 2, f=F("power") % 2
    )
    found = await rows.filter(name="cid").values("a", "b", "c", "d", "e", "f")
    assert found == [{"a": 4, "b": 7, "c": 6, "d": -3, "e": 9.0, "f": 1}]
    reflected = Hero.annotate(g=7 % F("power"), h=2 ** F("power"), i=12.0 / F("power"), j=1 + F("power") * 2 - 3)
    assert await reflected.filter(name="cid").values_list("g", "h", "i", "j") == [(1, 8.0, 4.0, 4)]
    assert await names(Hero.filter(power=F("team__size") + 0)) == ["bob"]
    assert await names(Hero.filter(power__gt=F("boss__power") * 2)) == ["cid"]
    assert await names(Hero.annotate(double=F("power") * 2).annotate(more=F("double") + 1).filter(more=7)) == ["cid"]
    assert await Hero.filter(name="ann").update(power=F("power") * 10 + F("rank")) == 1
    assert (await Hero.get(name="ann")).power == 12


@pytest.mark.feature(181)
async def test_decimals_are_calculated_exactly(world: World) -> None:
    big = Decimal("9999999999.99")
    await Hero.filter(name="ann").update(price=big)
    rows = Hero.filter(name="ann").annotate(
        a=F("price") + Decimal("0.01"), b=F("price") - big, c=F("price") * F("price"), d=F("price") * 3
    )
    (found,) = await rows.values("a", "b", "c", "d")
    assert found == {"a": Decimal("10000000000.00"), "b": 0, "c": big * big, "d": big * 3}
    assert await names(Hero.filter(price=F("power") * Decimal("1.1"))) == ["bob"]
    assert await names(Hero.filter(price__gt=F("power") * 3)) == ["ann", "cid"]
    assert await names(Hero.filter(power__lt=F("price"))) == ["ann", "bob", "cid"]
    assert await names(Hero.annotate(x=F("price") % 2).filter(x=Decimal("0.20"))) == ["bob"]
    (total,) = await Hero.annotate(t=Sum(F("price") * F("power"))).values_list("t", flat=True)
    assert total == big + Decimal("4.40") + 30 + Decimal("12.20")


@pytest.mark.feature(168, 170, 181)
async def test_expressions_among_several_operands(world: World) -> None:
    assert await names(Hero.filter(power__range=(F("team__size"), 3))) == ["bob", "cid"]
    assert await names(Hero.filter(power__range=(2, F("boss__power") + 1))) == ["bob"]
    assert await names(Hero.filter(power__in=[F("team__size"), 4])) == ["bob", "dan"]
    assert await names(Hero.filter(power__not_in=[F("team__size"), 4])) == ["ann", "cid"]
    assert await names(Hero.filter(price__in=[F("power") * Decimal("1.1"), Decimal("10")])) == ["ann", "bob", "cid"]
    for low in (1, 2):  # one shape, other values
        assert await Hero.filter(power__range=(F("power"), low + 1), name="bob").count() == 1


@pytest.mark.feature(171)
async def test_text_compared_with_columns(world: World) -> None:
    await Hero.filter(name="ann").update(nick="n%")
    await Hero.filter(name="bob").update(name="50%_!*?[x", nick="%_!*?[")
    await Hero.filter(name="cid").update(nick="cI")
    assert await names(Hero.filter(name__contains=F("nick"))) == ["50%_!*?[x"]
    assert await names(Hero.filter(name__icontains=F("nick")).order_by("name")) == ["50%_!*?[x", "cid"]
    assert await names(Hero.filter(name__startswith=F("nick"))) == []
    assert await names(Hero.filter(name__istartswith=F("nick"))) == ["cid"]
    await Hero.filter(name="dan").update(nick="an")
    assert await names(Hero.filter(name__endswith=F("nick"))) == ["dan"]
    assert await names(Hero.filter(name__iexact=Upper("name"))) == ["50%_!*?[x", "ann", "cid", "dan"]


@pytest.mark.feature(183, 186)
async def test_values_and_raw_sql(world: World) -> None:
    found = await Hero.filter(name="ann").annotate(
        one=Value(1), text=Value("it's {x} %s"), money=Value(Decimal("1.50")), none=Value(None), raw=RawSQL("1 + 1")
    )
    (ann,) = found
    assert (ann.one, ann.text, ann.money, ann.none, ann.raw) == (1, "it's {x} %s", Decimal("1.50"), None, 2)
    assert await names(Hero.filter(power=RawSQL("1 + 1"))) == ["bob"]
    assert await names(Hero.filter(RawSQL("power > 2"), name="cid")) == ["cid"]
    assert await names(Hero.filter(RawSQL("power > 3") | Q(name="ann"))) == ["ann", "dan"]
    assert await names(Hero.filter(~RawSQL("power > 1"))) == ["ann"]
    assert await Hero.annotate(n=Count(RawSQL("power + 1"))).values("n") == [{"n": 4}]
    assert await Hero.annotate(twice=RawSQL("power * 2")).filter(twice__gt=6).values_list("name", flat=True) == ["dan"]
    assert await names(Hero.all().order_by(RawSQL("power % 2").desc(), "-power")) == ["cid", "ann", "dan", "bob"]


@pytest.mark.feature(184)
async def test_case(world: World) -> None:
    strength = Case(
        When(power__gte=4, then="strong"),
        When(Q(power=2) | Q(name="cid"), then=Upper("name")),
        default="weak",
    )
    heroes = Hero.annotate(strength=strength)
    assert [hero.strength for hero in await heroes] == ["weak", "BOB", "CID", "strong"]
    assert await names(heroes.filter(strength="weak")) == ["ann"]
    assert await names(heroes.filter(strength__istartswith="S")) == ["dan"]
    assert await names(heroes.order_by("strength", "name")) == ["bob", "cid", "dan", "ann"]
    grouped = Hero.annotate(kind=Case(When(power__gt=2, then="high"), default="low"), n=Count("id"))
    assert await grouped.group_by("kind").order_by("kind").values("kind", "n") == [
        {"kind": "high", "n": 2},
        {"kind": "low", "n": 2},
    ]
    assert await Hero.all().update(power=Case(When(name="ann", then=F("power") + 10), default=F("power") * 2)) == 4
    assert await Hero.all().values_list("power", flat=True) == [11, 4, 6, 8]
    assert await Hero.annotate(n=Sum(Case(When(active=True, then=1), default=0))).values("n") == [{"n": 3}]
    money = Hero.annotate(m=Case(When(name="ann", then=F("price")), When(name="bob", then=Decimal("2.345"))))
    assert [hero.m for hero in await money] == [Decimal("1.10"), Decimal("2.345"), None, None]
    assert await names(Hero.filter(power=Case(When(name="ann", then=11), default=0))) == ["ann"]
    assert await names(Hero.all().order_by(Case(When(name="cid", then=0), default=1), "-name")) == [
        *("cid", "dan", "bob", "ann")
    ]
    with pytest.raises(ParamsError, match="needs a condition"):
        When(then=1)
    with pytest.raises(ParamsError, match="one or more When"):
        Case()
    with pytest.raises(FieldError, match='did you mean "power"'):
        await Hero.annotate(x=Case(When(powr=1, then=1)))


@pytest.mark.feature(184)
async def test_conditions_as_values(world: World) -> None:
    heroes = Hero.annotate(
        strong=Q(power__gt=2), nicked=~Q(nick=None), has=Exists(Report.filter(author=OuterRef("pk")))
    )
    assert [(hero.strong, hero.nicked, hero.has) for hero in await heroes] == [
        *((False, True, True), (False, False, True), (True, True, False), (True, False, False))
    ]
    assert await names(heroes.filter(strong=True, nicked=False)) == ["dan"]


@pytest.mark.feature(185)
async def test_sub_queries(world: World) -> None:
    strong = Hero.filter(power__gt=2)
    assert await names(Team.filter(id__in=Subquery(strong.values("team_id")))) == ["beta"]
    assert await names(Hero.filter(power=Subquery(Hero.annotate(m=Max("power")).values("m")))) == ["dan"]
    best = Hero.filter(team=OuterRef("pk")).order_by("-power").limit(1)
    teams = Team.annotate(best=Subquery(best.values("name")), money=Subquery(best.values("price")))
    assert [(team.best, team.money) for team in await teams.order_by("name")] == [
        *(("bob", Decimal("2.20")), ("cid", Decimal("10.00")), (None, None))
    ]
    counted = Hero.filter(team=OuterRef("pk")).annotate(n=Count("id")).values("n")
    assert await Team.annotate(n=Subquery(counted)).order_by("name").values_list("name", "n") == [
        *(("alpha", 2), ("beta", 1), ("empty", 0))
    ]
    assert await Team.annotate(n=Subquery(counted)).filter(n__gt=0).count() == 2
    assert await Team.all().update(size=Subquery(counted)) == 3
    assert await Team.all().order_by("name").values_list("size", flat=True) == [2, 1, 0]
    assert await Team.filter(name="empty").update(size=Coalesce(Subquery(strong.limit(1).values("power")), 0)) == 1
    above = Hero.filter(power__gt=Subquery(Hero.filter(team=OuterRef("team")).annotate(a=Avg("power")).values("a")))
    assert await names(above) == ["bob"]
    two_out = Team.filter(
        Exists(Hero.filter(Exists(Report.filter(author=OuterRef("pk"), stars=OuterRef(OuterRef("size"))))))
    )
    assert await names(two_out.filter(name="beta")) == ["beta"]


@pytest.mark.feature(185)
async def test_exists(world: World) -> None:
    with_heroes = Exists(Hero.filter(team=OuterRef("pk"), power__gt=1))
    assert await names(Team.filter(with_heroes).order_by("name")) == ["alpha", "beta"]
    assert await names(Team.filter(~with_heroes)) == ["empty"]
    assert await names(Team.filter(with_heroes & Q(name="alpha"))) == ["alpha"]
    assert await names(Team.filter(Q(name="empty") | with_heroes).order_by("-name")) == ["empty", "beta", "alpha"]
    assert await Team.filter(with_heroes).count() == 2
    assert await Team.exclude(with_heroes).delete() == 1
    teams = Team.annotate(kind=Case(When(with_heroes, city="Oslo", then="ours"), When(with_heroes, then="theirs")))
    assert await teams.order_by("name").values_list("kind", flat=True) == ["ours", "theirs"]
    named = Mission.filter(Exists(Report.filter(mission=OuterRef("title"), text__contains=OuterRef("title"))))
    assert await named.count() == 2
    with pytest.raises(FieldError, match="outside of any sub-query"):
        await Team.filter(name=OuterRef("pk"))
    with pytest.raises(FieldError, match='did you mean "size"'):
        await Team.filter(Exists(Hero.filter(power=OuterRef("sise"))))


@pytest.mark.feature(142, 150)
async def test_expressions_in_order_and_values(world: World) -> None:
    assert await names(Hero.all().order_by(F("power").desc())) == ["dan", "cid", "bob", "ann"]
    assert await names(Hero.all().order_by(Lower("nick").asc(nulls_first=True), "name")) == ["bob", "dan", "ann", "cid"]
    assert await names(Hero.all().order_by(F("nick").desc(nulls_last=True), "name")) == ["cid", "ann", "bob", "dan"]
    assert await names(Hero.all().order_by(F("nick").desc(nulls_last=True), "name").reverse()) == [
        *("dan", "bob", "ann", "cid")
    ]
    assert await names(Hero.all().order_by(F("power") % 2, -F("power"))) == ["dan", "bob", "cid", "ann"]
    rows = Hero.all().order_by("-strength").limit(2)
    assert await rows.values(who="name", strength="power") == [
        {"who": "dan", "strength": 4},
        {"who": "cid", "strength": 3},
    ]
    assert await Hero.filter(power=1).values("id", loud=Upper("name"), more=F("power") + 1) == [
        {"id": world.ann.id, "loud": "ANN", "more": 2}
    ]
    assert await Hero.all().values_list(Upper("name"), flat=True) == ["ANN", "BOB", "CID", "DAN"]
    assert await Hero.all().order_by("-power").values_list(F("power") * 2, "name") == [
        *((8, "dan"), (6, "cid"), (4, "bob"), (2, "ann"))
    ]
    with pytest.raises(ParamsError, match="names, paths and expressions"):
        Hero.all().order_by(cast("Any", 3))
    with pytest.raises(ParamsError, match="exclude each other"):
        F("power").asc(nulls_first=True, nulls_last=True)


@pytest.mark.feature(149)
async def test_groups_of_expressions(world: World) -> None:
    assert await Hero.annotate(odd=F("power") % 2, n=Count("id")).group_by("odd").order_by("odd").values(
        "odd", "n"
    ) == [
        {"odd": 0, "n": 2},
        {"odd": 1, "n": 2},
    ]
    found = await Hero.annotate(n=Count("*")).group_by(Upper("team__name")).values_list(Upper("team__name"), "n")
    assert sorted(found, key=str) == [("ALPHA", 2), ("BETA", 1), (None, 1)]
