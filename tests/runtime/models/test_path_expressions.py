"""Path expressions ask every database the same as names do."""

from decimal import Decimal
from typing import Any, cast

import pytest

from models.heroes import Badge, Hero, Mission, Mood, Report, Team
from ormgen import F, Q, fields
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import Path
from ormgen.functions import Avg, Count, Lower, Max
from ormgen.models import Model

from .world import World, build, names

h: Any = Hero.q
IN_NORWAY = h.team.country.name.istartswith("nor")  # written before the models are linked


class Based(Model):
    power = fields.IntField()

    class Meta:
        abstract = True


class Strong(Based):
    pass


class Other(Based):
    q = fields.IntField()


class Ticket(Model):
    other = fields.ForeignKeyField("models.Other", related_name="tickets")

    @classmethod
    def Q(cls) -> str:
        return "written by hand"


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_filters_at_any_depth(world: World) -> None:
    assert await names(Hero.filter(IN_NORWAY)) == ["ann", "bob"]
    assert await names(Hero.filter(h.boss.team.country.code == "no")) == ["bob", "cid"]
    assert await names(Hero.filter(h.missions.reports.author.name.icontains("NN"), h.power > 1).distinct()) == [
        "bob",
        "cid",
    ]
    assert await names(Team.filter(Team.q.heroes.boss.name == "ann").order_by("name").distinct()) == ["alpha", "beta"]
    assert await names(Hero.filter(h.name.in_(["ann", "dan"]), h.nick.not_isnull())) == ["ann"]
    assert await names(Hero.filter(h.power.range(2, 3), h.mood == Mood.GOOD)) == ["bob", "cid"]
    assert await names(Hero.filter(h.team == world.beta)) == ["cid"]
    assert await names(Hero.filter(h.team.in_([world.alpha, world.beta.id]), h.pk != world.ann.pk)) == ["bob", "cid"]
    assert await names(Hero.filter(h.team == None)) == ["dan"]  # noqa: E711
    assert await names(Hero.filter(h.team.isnull(False))) == ["ann", "bob", "cid"]
    assert await names(Hero.filter(h.nick != None, h.active == True)) == ["ann", "cid"]  # noqa: E711, E712
    assert (await Badge.get(Badge.q.hero.team.name == "alpha")).pk == world.badge.pk
    assert await Hero.get_or_none(h.name == "nobody") is None
    assert await Hero.exists(h.minions.name == "cid")
    assert [each.stars for each in await Report.filter(Report.q.mission == world.parade)] == [1]


async def test_combined_with_plain_conditions(world: World) -> None:
    assert await names(Hero.exclude(h.team.name == "alpha")) == ["cid"]
    assert await names(Hero.filter((h.power > 3) | Q(name="ann"))) == ["ann", "dan"]
    assert await names(Hero.filter(Q(team__name="alpha") & ~(h.name == "ann"), power__lt=9)) == ["bob"]
    assert await names(Hero.filter(Hero.Q(team__name="alpha") & ~Hero.Q(name="ann"))) == ["bob"]
    assert await names(Hero.filter(Hero.Q(h.power > 1, Q(power__lt=4), name__not="cid"))) == ["bob"]


async def test_columns_are_compared(world: World) -> None:
    assert await names(Hero.filter(h.power > h.boss.power)) == ["bob", "cid"]
    assert await names(Hero.filter(h.power == h.boss.power + 2)) == ["cid"]
    assert await names(Hero.filter(h.team == h.boss.team)) == ["bob"]
    assert await names(Hero.filter(h.power.range(h.boss.power, 2))) == ["bob"]
    assert await names(Hero.filter(~h.power.range((F("team__size"), 9)))) == ["ann"]
    assert await names(Hero.filter(power__lte=h.team.size)) == ["ann", "bob"]
    assert await names(Hero.filter(h.power < F("price"))) == ["ann", "bob", "cid"]
    assert await Hero.filter(h.power > 3).update(power=h.power + 10, price=h.power) == 1
    dan = await Hero.get(h.name == "dan")
    assert (dan.power, dan.price) in {(14, Decimal(4)), (14, Decimal(14))}  # MySQL sets one after the other


async def test_order_and_columns(world: World) -> None:
    assert await names(Hero.filter(h.team.isnull(False)).order_by(h.team.name.desc(), h.power.desc())) == [
        "cid",
        "bob",
        "ann",
    ]
    assert await names(Hero.all().order_by(h.power)) == ["ann", "bob", "cid", "dan"]
    assert await names(Hero.all().order_by(h.power.desc()).limit(1)) == ["dan"]
    latest = await Hero.all().latest(h.power)
    assert latest is not None
    assert latest.name == "dan"
    first = await Hero.all().earliest(h.boss.name, h.power.desc()).only(h.name)
    assert first is not None
    loaded = await Hero.all().only(h.name, h.power).get(h.name == "ann")
    assert loaded.power == 1
    with pytest.raises(AttributeError, match="was not loaded"):
        _ = loaded.price
    deferred = await Hero.all().defer(h.price, h.team).get(h.name == "ann")
    assert deferred.power == 1
    with pytest.raises(AttributeError, match="was not loaded"):
        _ = deferred.price
    assert list(await Mission.all().in_bulk(["rescue"], Mission.q.title)) == ["rescue"]


async def test_rows(world: World) -> None:
    alpha = Hero.filter(h.team.name == "alpha").order_by(h.name)
    assert await alpha.values(h.name, h.team.country.name) == [
        {"name": "ann", "team__country__name": "Norway"},
        {"name": "bob", "team__country__name": "Norway"},
    ]
    assert (await alpha.values("power", title=h.team.name))[0] == {"power": 1, "title": "alpha"}
    assert await alpha.values_list(h.name, h.team.name) == [("ann", "alpha"), ("bob", "alpha")]
    assert await alpha.values_list(h.name, flat=True) == ["ann", "bob"]
    assert await alpha.pluck(h.price) == [Decimal("1.10"), Decimal("2.20")]
    assert await Hero.all().order_by(h.name).pluck(h.team.city) == ["Oslo", "Oslo", None, None]
    assert await Hero.all().pluck(h.team) == [world.alpha.id, world.alpha.id, world.beta.id, None]
    assert await alpha.pluck(h.name).first() == "ann"
    assert await world.alpha.heroes.filter(h.power > 1).pluck(h.name) == ["bob"]
    assert await names(Hero.filter(h.id.in_(Hero.filter(h.power > 1).pluck(h.boss.id)))) == ["ann"]


async def test_annotations(world: World) -> None:
    t: Any = Team.q
    counted = Team.annotate(n=Count(t.heroes), top=Max(t.heroes.power), low=Lower(t.name), same=t.size, more=t.size * 2)
    rows = await counted.order_by(t.name).values("n", "top", "low", "same", "more")
    assert rows[0] == {"n": 2, "top": 2, "low": "alpha", "same": 2, "more": 4}
    some = (
        await Team.annotate(n=Count(t.heroes, _filter=t.heroes.power > 1)).order_by(t.name).values_list("n", flat=True)
    )
    assert some == [1, 1, 0]
    grouped = (
        await Hero.annotate(mean=Avg(h.power)).group_by(h.team.name).order_by(h.team.name).values(h.team.name, "mean")
    )
    assert {row["team__name"]: row["mean"] for row in grouped}["alpha"] == 1.5
    await Hero.annotate(q=Count(h.missions)).filter(q=2).get()


async def test_relations_are_loaded(world: World) -> None:
    ann = await Hero.all().select_related(h.team.country).prefetch_related(h.missions.reports).get(h.name == "ann")
    assert ann.team.country.name == "Norway"
    assert sorted(len(mission.reports) for mission in ann.missions) == [1, 2]
    with pytest.raises(FieldError, match=r"Hero\.name is a field, not a relation"):
        Hero.all().select_related(h.name)


async def test_the_wrong_model_is_told_at_once(orm: str) -> None:
    t: Any = Team.q
    wrong = "a question about Hero cannot hold paths and conditions of Team; begin at Hero.q or Hero.Q"
    await names(Hero.filter(h.name == "x"))
    for ask in (
        lambda: Hero.filter(t.name == "x"),
        lambda: Hero.exclude(Q(power=1) | ~(t.name == "x")),
        lambda: Hero.get(Team.Q(name="x")),
        lambda: Hero.filter(h.name == t.name),
        lambda: Hero.filter(name=t.name),
        lambda: Hero.filter(power__gt=t.size + 1),
        lambda: Hero.all().order_by(t.name),
        lambda: Hero.all().order_by(t.name.desc()),
        lambda: Hero.all().values(t.name),
        lambda: Hero.all().values(name=t.name),
        lambda: Hero.all().pluck(t.name),
        lambda: Hero.all().only(t.name),
        lambda: Hero.all().defer(t.name),
        lambda: Hero.all().update(power=t.size),
        lambda: Hero.annotate(n=Count(t.heroes)),
        lambda: Hero.annotate(n=Count("missions", _filter=t.name == "x")),
        lambda: Hero.all().group_by(t.name),
        lambda: Hero.all().select_related(t.country),
    ):
        with pytest.raises(FieldError, match=wrong):
            ask()
    with pytest.raises(FieldError, match='Hero has no field "nmae"'):
        await Hero.filter(h.nmae == "x")
    with pytest.raises(FieldError, match='has no lookup "icontains"'):
        await Hero.filter(h.power.icontains("x"))
    with pytest.raises(ParamsError, match="takes names, paths and expressions"):
        Hero.all().order_by(cast("Any", 1))


def test_paths_of_a_base_fit_its_subclasses() -> None:
    assert Strong.filter(Based.q.power > 1).statement.where == (Q(Q(power__gt=1)),)
    assert Strong.filter(Based.Q(power=2), Strong.q.power > 1).statement.where[0].roots == {Based, Strong}
    with pytest.raises(FieldError, match="paths and conditions of Strong"):
        Other.filter(Strong.q.power > 1)


def test_attributes_of_that_name_win() -> None:
    other = cast(Any, Other)
    assert not isinstance(other.q, Path)
    assert repr(other.Q(q=1)) == "Q(q=1)"
    assert repr(Ticket.q.other.q) == "Ticket.q.other.q"
    assert cast(Any, Ticket).Q() == "written by hand"


async def test_instances_have_no_paths(world: World) -> None:
    for name in ("q", "Q"):
        with pytest.raises(AttributeError):
            getattr(world.ann, name)
