"""Query sets find, order, limit and shape the rows that they should."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Country, Hero, Mission, Report, Team
from ormgen import F, Q
from ormgen.exceptions import FieldError, OperationalError, ParamsError
from ormgen.expressions import Subquery, Value
from ormgen.functions import Coalesce, Length, Lower, Upper

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


def test_keywords_of_a_condition() -> None:
    assert Q(name="ann", power__gt=2).filters == {"name": "ann", "power__gt": 2}
    assert Q(Q(name="ann"), power=3).filters == {"power": 3}


CONDITIONS: list[tuple[Q, str]] = [
    (Q(name="ann"), "ann"),
    (Q(name="ann", power=2), ""),
    (Q(name="ann") | Q(power=2), "ann bob"),
    (Q(Q(name="ann"), Q(power=2), join_type="OR"), "ann bob"),
    (Q(name="ann", power=2, join_type="OR"), "ann bob"),
    (~Q(name="ann"), "bob cid dan"),
    (~Q(name="ann") & ~Q(name="bob"), "cid dan"),
    (~(Q(name="ann") | Q(name="bob")), "cid dan"),
    (~~Q(name="ann"), "ann"),
    (Q(), "ann bob cid dan"),
    (~Q(), "ann bob cid dan"),
    (Q() | Q(name="ann"), "ann"),
    (Q() & Q(name="ann"), "ann"),
    (~Q() & Q(name="ann"), "ann"),
    (Q(Q(), Q(name="ann"), join_type="OR"), "ann"),
    (Q(team__name="alpha"), "ann bob"),
    (~Q(team__name="alpha"), "cid"),  # dan's team is unknown: neither true nor false
    (Q(team__name__not="alpha"), "cid dan"),
    (Q(team=None), "dan"),
    (Q(team__isnull=False), "ann bob cid"),
    (Q(team__city=None), "cid dan"),
    (Q(team__country__name="Norway"), "ann bob"),
    (Q(team__country="no"), "ann bob"),
    (Q(boss__team__name="alpha"), "bob cid"),
    (Q(boss__name="ann", team__name="beta"), "cid"),
    (Q(minions__name="bob"), "ann"),
    (Q(missions__title="parade"), "ann"),
    (Q(missions__title="rescue"), "ann bob cid"),
    (Q(missions=None), "dan"),
    (Q(badge__title="star"), "ann"),
    (Q(badge=None), "bob cid dan"),
    (Q(badge__isnull=False), "ann"),
    (Q(reports__stars__gte=3), "ann bob"),
    (Q(reports__mission__title="parade"), "ann"),
    (Q(power=F("power")), "ann bob cid dan"),
    (Q(power__gt=F("team__size")), "cid"),
    (Q(power=F("team__size") + 2), "cid"),
    (Q(power__gte=F("boss__power") * 2), "bob cid"),
    (Q(price__gt=F("power")), "ann bob cid"),
    (Q(price__gt=Decimal("2.2")), "cid dan"),
    (Q(price__in=[Decimal("10"), Decimal("3.050")]), "cid dan"),
    (Q(power__range=(2, 3)), "bob cid"),
    (Q(active=False), "bob"),
    (Q(mood="good", rank=2), "ann"),
    (Q(pk__in=[]), ""),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS, ids=lambda item: repr(item)[:60])
async def test_conditions(world: World, condition: Q, expected: str) -> None:
    assert await names(Hero.filter(condition)) == expected.split()
    found = {hero.name for hero in await Hero.filter(condition)}
    assert await Hero.filter(condition).count() == len(found)
    assert await Hero.filter(condition).exists() is bool(found)


async def test_exclude(world: World) -> None:
    assert await names(Hero.exclude(name="ann", power=1)) == ["bob", "cid", "dan"]
    assert await names(Hero.exclude(name="ann", power=2)) == ["ann", "bob", "cid", "dan"]
    assert await names(Hero.filter(power__gt=1).exclude(Q(name="bob") | Q(name="cid"))) == ["dan"]
    assert await names(Hero.exclude()) == ["ann", "bob", "cid", "dan"]
    assert await names(Hero.exclude(Q())) == ["ann", "bob", "cid", "dan"]


async def test_one_q_object_used_twice_and_two_alike(world: World) -> None:
    q = Q(power__gte=2)
    assert await names(Hero.filter(q).filter(q)) == ["bob", "cid", "dan"]
    assert await names(Hero.filter(q | q)) == ["bob", "cid", "dan"]
    assert await names(Hero.filter(Q(power__gte=3)).filter(Q(power__gte=2))) == ["cid", "dan"]
    assert await names(Hero.filter(q).filter(Q(power__gte=3))) == ["cid", "dan"]
    assert await names(Hero.filter(q, ~q)) == []


async def test_instances_stand_for_their_keys(world: World) -> None:
    assert await names(Hero.filter(team=world.alpha)) == ["ann", "bob"]
    assert await names(Hero.filter(team=world.alpha.id)) == ["ann", "bob"]
    assert await names(Hero.filter(team_id=world.alpha.id)) == ["ann", "bob"]
    assert await names(Hero.filter(team__in=[world.beta, world.empty])) == ["cid"]
    assert await names(Hero.filter(team__not=world.alpha)) == ["cid", "dan"]
    assert await names(Hero.filter(missions=world.parade)) == ["ann"]
    assert await names(Hero.filter(badge=world.badge)) == ["ann"]
    assert await names(Hero.filter(pk=world.ann)) == ["ann"]
    assert await Report.filter(mission=world.parade).values_list("text", flat=True) == ["ann in parade"]
    assert await Report.filter(mission="parade").count() == 1
    assert await Report.filter(mission_id="parade", mission__title="parade").count() == 1
    assert await Mission.filter(reports__author=world.bob) == [world.rescue]
    with pytest.raises(OperationalError, match=r"call .save"):
        await Hero.filter(team=Team(name="new"))


async def test_order(world: World) -> None:
    assert await names(Hero.all()) == ["ann", "bob", "cid", "dan"]  # Meta.ordering
    assert await names(Hero.all().order_by("-power")) == ["dan", "cid", "bob", "ann"]
    assert await names(Hero.filter(team__isnull=False).order_by("-team__name", "-power")) == ["cid", "bob", "ann"]
    assert await names(Hero.all().order_by("price")) == ["ann", "bob", "dan", "cid"]
    assert await names(Hero.all().order_by("-active", "-pk")) == ["dan", "cid", "ann", "bob"]
    assert await names(Hero.all().order_by("power").order_by("-name")) == ["dan", "cid", "bob", "ann"]
    assert await names(Hero.all().order_by("power").reverse()) == ["dan", "cid", "bob", "ann"]
    assert await names(Hero.all().reverse()) == ["dan", "cid", "bob", "ann"]
    assert await names(Team.all().order_by("country__name", "name").filter(country__isnull=False)) == ["alpha"]
    assert await names(Hero.annotate(low=Length("name") - F("power")).order_by("low")) == ["dan", "cid", "bob", "ann"]


async def test_limits_and_slices(world: World) -> None:
    ordered: Any = Hero.all().order_by("power")
    assert await names(ordered.limit(2)) == ["ann", "bob"]
    assert await names(ordered.offset(3)) == ["dan"]
    assert await names(ordered.limit(2).offset(1)) == ["bob", "cid"]
    assert await names(ordered[1:3]) == ["bob", "cid"]
    assert await names(ordered[2:]) == ["cid", "dan"]
    assert await names(ordered[:0]) == []
    assert await names(ordered[3:3]) == []
    assert await names(ordered[1:][1:2]) == ["cid"]
    assert await names(ordered[:3][2:]) == ["cid"]
    assert await names(ordered[:2][:10]) == ["ann", "bob"]
    assert await ordered.limit(2).count() == 2
    assert await ordered.offset(3).count() == 1
    assert await ordered.limit(0).count() == 0
    assert await ordered.limit(0).exists() is False
    assert await ordered.offset(4).exists() is False
    assert await ordered.limit(0).first() is None
    assert await ordered.offset(1).first() == world.bob
    for ask, size in ((ordered.limit, -1), (ordered.offset, -1), (ordered.limit, True)):
        with pytest.raises(ParamsError, match="non-negative number"):
            ask(size)
    for slice_ in (slice(-1, None), slice(None, -1), slice(0, 4, 2), slice(3, 2), slice("a", None)):
        with pytest.raises(ParamsError):
            ordered[slice_]
    with pytest.raises(ParamsError, match="sliced"):
        ordered[0]
    assert await names(ordered.limit(2).filter(power__gte=2)) == ["bob", "cid"]  # as if limit() had come last
    assert await names(ordered.limit(2).exclude(name="bob")) == ["ann", "cid"]
    for limited in (ordered.limit(2), ordered.offset(1)):
        with pytest.raises(ParamsError, match=r"last\(\)"):
            limited.last()


async def test_distinct(world: World) -> None:
    assert await names(Hero.filter(missions__isnull=False)) == ["ann", "ann", "bob", "cid"]
    crew = Hero.filter(missions__isnull=False).distinct()
    assert await names(crew) == ["ann", "bob", "cid"]
    assert await crew.count() == 3
    assert await crew.limit(2).count() == 2
    assert await crew.exists()
    assert await names(crew.order_by("-power")) == ["cid", "bob", "ann"]
    teams = await Hero.all().distinct().values_list("team__name", flat=True)
    assert sorted(teams, key=str) == ["None", "alpha", "beta"] or sorted(teams, key=str) == [None, "alpha", "beta"]
    assert await Hero.all().distinct().order_by("active").values_list("active", flat=True) == [False, True]


async def test_values(world: World) -> None:
    assert await Hero.filter(name="bob").values("name", "team__name", chief="boss__name") == [
        {"name": "bob", "team__name": "alpha", "chief": "ann"}
    ]
    assert await Hero.filter(name="dan").values("team__name", "team", "boss_id") == [
        {"team__name": None, "team": None, "boss_id": None}
    ]
    assert await Hero.all().order_by("power").values_list("name", "price") == [
        ("ann", Decimal("1.10")),
        ("bob", Decimal("2.20")),
        ("cid", Decimal("10.00")),
        ("dan", Decimal("3.05")),
    ]
    assert await Hero.all().values_list("pk", flat=True) == [hero.id for hero in await Hero.all()]
    assert await Team.all().order_by("name", "heroes__name").values_list("name", "heroes__name") == [
        ("alpha", "ann"),
        ("alpha", "bob"),
        ("beta", "cid"),
        ("empty", None),
    ]
    (row,) = await Country.all().values()
    assert row == {"code": "no", "name": "Norway"}
    assert await Country.all().values_list() == [("no", "Norway")]
    assert await Hero.filter(name="ann").first().values("name") == {"name": "ann"}
    assert await Hero.get(name="ann").values_list("name", "power") == ("ann", 1)
    assert await Hero.filter(name="x").first().values("name") is None
    assert await Hero.all().values("name").order_by("-name").limit(1) == [{"name": "dan"}]
    assert await Hero.all().values("name").filter(power=2).first() == {"name": "bob"}
    with pytest.raises(ParamsError, match="exactly one name"):
        Hero.all().values_list("id", "name", flat=True)


async def test_computed_values(world: World) -> None:
    rows = await Hero.annotate(
        shout=Upper("name"),
        known=Coalesce("nick", "?"),
        twice=F("power") * 2 + 1,
        town=Lower("team__city"),
        one=Value(1),
    ).values_list("shout", "known", "twice", "town", "one")
    assert rows == [
        ("ANN", "A", 3, "oslo", 1),
        ("BOB", "?", 5, "oslo", 1),
        ("CID", "C", 7, None, 1),
        ("DAN", "?", 9, None, 1),
    ]
    (hero,) = await Hero.annotate(known=Coalesce("nick", "?")).filter(known="?", power__lt=3)
    assert (hero.name, hero.known) == ("bob", "?")
    assert await names(Hero.annotate(total=F("price") * 2).filter(total__gt=Decimal("6"))) == ["cid", "dan"]
    found = await Hero.annotate(total=F("price") * 3).order_by("-total").values_list("total", flat=True)
    assert found == [Decimal("30.00"), Decimal("9.15"), Decimal("6.60"), Decimal("3.30")]


async def test_text_functions_count_characters_beyond_ascii(orm: str) -> None:
    await Hero.create(name="ÄÖ日")
    found = await Hero.annotate(n=Length("name"), low=Lower("name")).values_list("n", "low")
    assert found in ([(3, "äö日")], [(3, "ÄÖ日")])  # the second where the database folds ASCII only


async def test_subqueries(world: World) -> None:
    strong = Hero.filter(power__gte=3)
    assert await names(Team.filter(heroes__in=strong)) == ["beta"]
    assert await names(Team.filter(id__in=strong.values("team_id"))) == ["beta"]
    assert await names(Team.filter(id__in=Subquery(strong.values("team_id")))) == ["beta"]
    assert await names(Hero.filter(team__in=Team.filter(name="alpha"))) == ["ann", "bob"]
    assert await names(Hero.filter(team__not_in=Team.filter(name="alpha"))) == ["cid", "dan"]
    assert await names(Hero.filter(team__in=Team.all().order_by("name").limit(1))) == ["ann", "bob"]
    assert await names(Hero.filter(team=Team.filter(name="beta"))) == ["cid"]
    assert await Report.filter(mission__in=Mission.filter(title="parade")).count() == 1
    assert await names(Hero.filter(power__in=[2, 3], team__in=Team.filter(size__gt=1, name__in=["alpha", "beta"]))) == [
        "bob"
    ]


async def test_streams(world: World) -> None:
    assert [hero.name async for hero in Hero.all().order_by("power")] == ["ann", "bob", "cid", "dan"]
    assert [row async for row in Hero.all().values_list("name", flat=True)] == ["ann", "bob", "cid", "dan"]
    assert [len(team.heroes) async for team in Team.all().prefetch_related("heroes").order_by("name")] == [2, 1, 0]
    async for hero in Hero.all().order_by("power"):
        assert hero == world.ann
        break
    assert await Hero.all().count() == 4


async def test_a_query_set_never_changes_and_can_be_asked_again(world: World) -> None:
    base = Hero.filter(power__gt=1)
    narrowed = base.filter(active=True).order_by("-power").limit(1)
    assert await names(base) == ["bob", "cid", "dan"]
    assert await names(narrowed) == ["dan"]
    await Hero.create(name="eve", power=9)
    assert await names(narrowed) == ["eve"]
    assert len(await base) == 4


async def test_answers_are_awaitable_everywhere(world: World) -> None:
    counted = asyncio.create_task(Hero.all().count())
    made = asyncio.create_task(Hero.create(name="eve"))
    assert (await counted) in (4, 5)
    assert (await made).name == "eve"
    first, exists, heroes, rows, updated = await asyncio.gather(
        Hero.all().order_by("power").first(),
        Hero.filter(name="ann").exists(),
        Hero.filter(team=world.alpha),
        Hero.filter(name="ann").values("name"),
        Hero.filter(name="dan").update(nick="D"),
    )
    assert first is not None
    assert (first.power, exists, len(heroes), rows, updated) == (0, True, 2, [{"name": "ann"}], 1)


def test_a_query_set_is_no_list() -> None:
    question = Hero.all()
    uses: list[tuple[Any, str]] = [(bool, "exists"), (len, "count"), (list, "await"), (iter, "await")]
    for use, told in uses:
        with pytest.raises(TypeError, match=told):
            use(question)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: Hero.filter(nam="x"), 'Hero has no field "nam"; did you mean "name"'),
        (lambda: Hero.filter(team__nam="x"), r'Team has no field "nam" \(in "team__nam"\); did you mean "name"'),
        (lambda: Hero.filter(name__team="x"), 'has no lookup "team"'),
        (lambda: Hero.exclude(Q(powr=1)), 'did you mean "power"'),
        (lambda: Hero.filter(_connector="x"), 'no field "_connector"'),
        (lambda: Hero.filter(power=F("powr")), 'did you mean "power"'),
        (lambda: Hero.all().order_by("nam"), 'did you mean "name"'),
        (lambda: Hero.all().order_by("--name"), 'Unknown field "-name"'),
        (lambda: Hero.all().order_by("name; DROP TABLE hero"), "Unknown field"),
        (lambda: Hero.all().values("nam"), 'did you mean "name"'),
        (lambda: Hero.all().values_list("team__nam"), 'did you mean "name"'),
        (lambda: Hero.all().only("nam"), 'did you mean "name"'),
        (lambda: Hero.all().defer("nam"), 'did you mean "name"'),
        (lambda: Hero.all().select_related("taem"), 'did you mean "team"'),
        (lambda: Hero.all().select_related("name"), "Hero.name is a field, not a relation"),
        (lambda: Hero.all().select_related("missions"), "use prefetch_related"),
        (lambda: Hero.all().prefetch_related("mission"), 'did you mean "missions"'),
        (lambda: Hero.all().prefetch_related("team__heros"), 'did you mean "heroes"'),
        (lambda: Hero.filter(id=1).update(nam="x"), 'did you mean "name"'),
        (lambda: Hero.filter(id=1).update(id=2), "is the primary key"),
        (lambda: Hero.filter(id=1).update(missions=[]), "holds no column"),
        (lambda: Hero.filter(id=1).update(power=F("team__size")), "cannot be read from another model"),
        (lambda: Hero.annotate(x=F("powr")), 'did you mean "power"'),
        (lambda: Hero.annotate(**{"x y": F("power")}), "cannot be the name of an annotation"),
        (lambda: Hero.annotate(**{"x__y": F("power")}), "cannot be the name of an annotation"),
        (lambda: Hero.all().values(**{'x"': "power"}), "cannot be the name of an annotation"),
        (lambda: Hero.annotate(x=F("power")).group_by("nam").values("x"), 'did you mean "name"'),
        (lambda: Hero.in_bulk([1], field_name="nam"), 'did you mean "name"'),
    ],
)
async def test_unknown_names_are_refused_before_any_sql(orm: str, ask: Any, told: str) -> None:
    with pytest.raises(FieldError, match=told):
        await ask()
