"""Small programs about everything that a question can be asked, with what each of them gives on every database."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import models.heroes as heroes
from ormgen import F, in_transaction
from ormgen.exceptions import (
    DoesNotExist,
    FieldError,
    IntegrityError,
    MultipleObjectsReturned,
    OperationalError,
    ParamsError,
    UnSupportedError,
    ValidationError,
)
from ormgen.expressions import Case, Exists, OuterRef, Subquery, Value, When
from ormgen.functions import Count, Max, Sum

from .world import World, build

H: Any = heroes.Hero
T: Any = heroes.Team
Badge: Any = heroes.Badge


class Raises:
    """What a program has to raise."""

    def __init__(self, *kinds: type[Exception]) -> None:
        self.kinds = kinds


Program = tuple[Callable[[], Any], Any]


@pytest.fixture
async def w(orm: str) -> World:
    return await build()


def names(question: Any) -> Any:
    return question.values_list("name", flat=True)


async def locked(question: Any) -> list[str]:
    """The names of what a question locks."""
    async with in_transaction():
        return [item if isinstance(item, str) else item.name for item in await question]


async def locked_one(question: Any) -> str:
    async with in_transaction():
        return str((await question).name)


async def run(programs: list[Program]) -> None:
    """Every program, and all that differ from what they have to give."""
    wrong = []
    for at, (program, wanted) in enumerate(programs):
        try:
            given = program()
            if inspect.isawaitable(given):
                given = await given
        except Exception as error:
            if not isinstance(wanted, Raises) or not isinstance(error, wanted.kinds):
                wrong.append((at, repr(error)))
            continue
        if not (wanted(given) if inspect.isfunction(wanted) else given == wanted):
            wrong.append((at, repr(given)))
    assert wrong == []


@pytest.mark.feature(144, 145)
async def test_slices(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    programs: list[Program] = [
        (lambda: names(o.limit(2)), ["ann", "bob"]),
        (lambda: names(o.limit(0)), []),
        (lambda: o.limit(-1), Raises(ParamsError)),
        (lambda: o.offset(-1), Raises(ParamsError)),
        (lambda: names(o.offset(2)), ["cid", "dan"]),
        (lambda: o.limit("2"), Raises(ParamsError)),
        (lambda: o.limit(True), Raises(ParamsError)),
        (lambda: names(o[1:3]), ["bob", "cid"]),
        (lambda: names(o[2:]), ["cid", "dan"]),
        (lambda: names(o[:]), ["ann", "bob", "cid", "dan"]),
        (lambda: names(o[1:][1:2]), ["cid"]),
        (lambda: names(o[10:20]), []),
        (lambda: names(o[2:2]), []),
        (lambda: o[-1:], Raises(ParamsError)),
        (lambda: o[:-1], Raises(ParamsError)),
        (lambda: o[::2], Raises(ParamsError)),
        (lambda: o[::0], Raises(ParamsError, ValueError)),
        (lambda: o[0], Raises(ParamsError)),
        (lambda: o[3:1], Raises(ParamsError)),
        (lambda: o[1.5:], Raises(ParamsError)),
        (lambda: o["a":], Raises(ParamsError)),
        (lambda: o[1:3].count(), 2),
        (lambda: o[4:].exists(), False),
        (lambda: o.limit(3).count(), 3),
        (lambda: o.offset(3).count(), 1),
        (lambda: o.offset(3).limit(5).count(), 1),
        (lambda: o.limit(0).count(), 0),
        (lambda: o.limit(0).exists(), False),
    ]
    await run(programs)


@pytest.mark.feature(143, 156)
async def test_single(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    programs: list[Program] = [
        (lambda: H.latest("power"), w.dan),
        (lambda: H.earliest("power"), w.ann),
        (lambda: H.all().latest("active", "power"), w.dan),
        (lambda: H.filter(power=99).latest("power"), None),
        (lambda: H.latest(), Raises(FieldError, ParamsError)),
        (lambda: H.latest("nope"), Raises(FieldError)),
        (lambda: H.latest("-power"), w.ann),
        (lambda: H.get(name="ann").values("power"), {"power": 1}),
        (lambda: o.first().values("name"), {"name": "ann"}),
        (lambda: H.get(name="ann"), w.ann),
        (lambda: H.get(name="zzz"), Raises(DoesNotExist)),
        (lambda: H.get(power__gt=1), Raises(MultipleObjectsReturned)),
        (lambda: H.get_or_none(name="zz"), None),
        (lambda: H.get_or_none(power__gt=1), Raises(MultipleObjectsReturned)),
        (lambda: H.first(), w.ann),
        (lambda: H.last(), w.dan),
        (lambda: H.all().order_by("-power").first(), w.dan),
        (lambda: H.all().order_by("-power").last(), w.ann),
        (lambda: H.filter(id=0).last(), None),
        (lambda: o.limit(2).last(), Raises(ParamsError)),
        (lambda: o.offset(1).first(), w.bob),
        (lambda: o.limit(0).first(), None),
        (lambda: names(o.reverse()), ["dan", "cid", "bob", "ann"]),
        (lambda: names(o.reverse().reverse()), ["ann", "bob", "cid", "dan"]),
        (lambda: names(H.all().reverse()), ["dan", "cid", "bob", "ann"]),
        (lambda: T.all().reverse().values_list("id", flat=True), [w.empty.id, w.beta.id, w.alpha.id]),
        (lambda: names(H.all().order_by(F("nick").asc(nulls_last=True), "id").reverse()), ["dan", "bob", "cid", "ann"]),
        (lambda: H[w.ann.id], w.ann),
    ]
    await run(programs)


@pytest.mark.feature(131, 146, 155)
async def test_sets_1(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    programs: list[Program] = [
        (lambda: names(T.filter(heroes__power__gte=1).distinct().order_by("name")), ["alpha", "beta"]),
        (lambda: names(T.filter(heroes__power__gte=1).order_by("name")), ["alpha", "alpha", "beta"]),
        (lambda: T.filter(heroes__power__gte=1).distinct().count(), 2),
        (lambda: H.all().distinct().order_by("active").values_list("active", flat=True), [False, True]),
        (lambda: H.all().distinct().values("active").count(), 2),
        (lambda: H.all().values("active").distinct().count(), 2),
        (lambda: H.filter(power=1).contains(w.ann), True),
        (lambda: H.filter(power=2).contains(w.ann), False),
        (lambda: o.limit(1).contains(w.bob), False),
        (lambda: o.limit(2).contains(w.bob), True),
        (lambda: H.all().contains(w.alpha), Raises(ParamsError, TypeError)),
        (lambda: H.all().contains(H(name="q")), Raises(ParamsError)),
        (lambda: T.filter(heroes__power__gt=0).distinct().contains(w.alpha), True),
        (lambda: o.offset(2).contains(w.ann), False),
        (lambda: H.all().none().exists(), False),
        (lambda: H.all().none().filter(name="ann").first(), None),
        (lambda: H.all().none().update(power=1), 0),
        (lambda: H.all().none().delete(), 0),
        (lambda: H.all().none().aggregate(n=Count("id"), s=Sum("power")), {"n": 0, "s": None}),
        (lambda: H.all().none().values("id"), []),
        (lambda: names(H.all().none().union(H.filter(power=1))), ["ann"]),
        (lambda: H.all().none().in_bulk([w.ann.id]), {}),
        (lambda: H.all().none().get(), Raises(DoesNotExist)),
        (lambda: H.in_bulk([w.ann.id, w.bob.id, 99999]), {w.ann.id: w.ann, w.bob.id: w.bob}),
        (lambda: H.in_bulk(["ann", "zz"], "name"), {"ann": w.ann}),
        (lambda: H.in_bulk(["ann"], field_name="name"), {"ann": w.ann}),
        (lambda: H.in_bulk([]), {}),
        (lambda: H.in_bulk([1], "nope"), Raises(FieldError)),
    ]
    await run(programs)


@pytest.mark.feature(131, 146, 155)
async def test_sets_2(w: World, orm: str) -> None:
    programs: list[Program] = [
        (lambda: H.filter(power=1).in_bulk([w.ann.id, w.bob.id]), {w.ann.id: w.ann}),
        (lambda: H.in_bulk(x.id for x in [w.ann]), {w.ann.id: w.ann}),
        (lambda: H.in_bulk([w.beta.id], "team_id"), {w.beta.id: w.cid}),
        (lambda: Badge.in_bulk([w.badge.id]), {w.badge.id: w.badge}),
        (lambda: Badge.in_bulk([str(w.badge.id)]), {w.badge.id: w.badge}),
    ]
    await run(programs)


@pytest.mark.feature(160, 161, 162, 163)
async def test_plans_1(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    db = orm
    programs: list[Program] = [
        (lambda: H.filter(name="a'b").sql(params_inline=True), lambda s: "'a''b'" in s),
        (lambda: H.filter(id=1).update(name="x").sql(), lambda s: "UPDATE" in s),
        (lambda: H.filter(id=1).delete().sql(), lambda s: "DELETE" in s),
        (lambda: H.all().count().sql(), lambda s: "COUNT" in s),
        (lambda: H.all().exists().sql(), lambda s: "SELECT" in s),
        (lambda: H.all().values_list("id").sql(), lambda s: "SELECT" in s),
        (lambda: H.get(id=1).sql(), lambda s: "LIMIT" in s),
        (lambda: H.bulk_create([H(name="x")]).sql(), lambda s: "INSERT" in s),
        (lambda: H.all().aggregate(n=Count("id")).sql(), lambda s: "COUNT" in s),
        (lambda: H.filter(id=1).explain(), lambda g: len(g) > 0),
        (lambda: H.all().values("id").explain(), lambda g: len(g) > 0),
        (lambda: H.all().explain("nope"), Raises(UnSupportedError, ParamsError)),
        (lambda: H.all().explain("json"), (lambda g: len(g) > 0) if db != "sqlite" else Raises(UnSupportedError)),
        (lambda: H.all().explain(analyze=True), (lambda g: len(g) > 0) if db != "sqlite" else Raises(UnSupportedError)),
        (lambda: H.all().explain(nope=True), Raises(UnSupportedError)),
        (lambda: locked(H.filter(name="ann").select_related("team").select_for_update(of=("self",))), ["ann"]),
        (lambda: locked(H.filter(name="ann", team__name="alpha").select_for_update()), ["ann"]),
        (
            lambda: locked(H.all().select_for_update(nowait=True, skip_locked=True)),
            Raises(ParamsError, OperationalError, UnSupportedError),
        ),
        (lambda: locked(H.all().select_for_update(of=("nope",))), Raises(FieldError, ParamsError, OperationalError)),
        (lambda: locked_one(H.select_for_update().get(name="ann")), "ann"),
        (lambda: locked(H.all().select_for_update().filter(name="ann").values_list("name", flat=True)), ["ann"]),
        (lambda: H.all().select_for_update().count(), 4),
        (lambda: locked(o.select_for_update(skip_locked=True).limit(1)), ["ann"]),
    ]
    await run(programs)


@pytest.mark.feature(160, 161, 162, 163)
async def test_plans_2(w: World, orm: str) -> None:
    my = orm == "mysql"
    pg = orm == "postgres"
    programs: list[Program] = [
        (
            lambda: locked(H.filter(name="ann").distinct().select_for_update()),
            (lambda g: g == ["ann"]) if not pg else Raises(Exception),
        ),
        (lambda: names(H.all().use_index("PRIMARY").order_by("id").limit(1)), ["ann"]),
        (lambda: names(H.all().force_index("PRIMARY").order_by("id").limit(1)), ["ann"]),
        (lambda: H.all().force_index(), Raises(ParamsError)),
        (lambda: H.all().force_index("nope"), Raises(OperationalError) if my else (lambda g: len(g) == 4)),
        (lambda: H.filter(id=w.ann.id).force_index("PRIMARY").values("name"), [{"name": "ann"}]),
        (lambda: H.all().force_index("PRIMARY").count(), 4),
        (lambda: H.all().use_index("PRIMARY").use_index("PRIMARY").count(), 4),
        (lambda: H.all().force_index("PRIMARY`) x"), Raises(OperationalError) if my else (lambda g: len(g) == 4)),
        *[
            (lambda kw=kw: locked(H.filter(name="ann").select_for_update(**kw)), ["ann"])
            for kw in (
                {},
                {"nowait": True},
                {"skip_locked": True},
                {"of": ("self",)},
                {"of": "self"},
                {"of": ("hero",)},
                {"no_key": True},
                {"no_key": True, "skip_locked": True},
            )
        ],
    ]
    await run(programs)


@pytest.mark.feature(157)
async def test_writes(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    programs: list[Program] = [
        (lambda: H.filter(power__gt=2).update(nick="z"), 2),
        (lambda: names(H.filter(nick="z").order_by("id")), ["cid", "dan"]),
        (lambda: H.filter(name="ann").update(power=F("power") + 10), 1),
        (lambda: H.filter(name="ann").update(power=1), 1),
        (lambda: H.filter(name="dan").update(team=w.beta), 1),
        (lambda: H.filter(name="dan").update(team=None), 1),
        (lambda: H.filter(name="dan").update(team_id=None), 1),
        (lambda: o.limit(1).update(nick="A"), 1),
        (lambda: H.all().order_by("-power").limit(1).update(nick=None), 1),
        (lambda: H.filter(name="bob").update(nick=Subquery(T.filter(id=w.alpha.id).values("name"))), 1),
        (lambda: H.all().update(rank=Case(When(power__gt=2, then=Value(2)), default=Value(1))), 4),
        (lambda: H.all().update(nope=1), Raises(FieldError)),
        (lambda: H.filter(id=w.ann.id).update(id=77), Raises(FieldError, OperationalError)),
        (lambda: H.all().update(name=None), Raises(ValidationError, IntegrityError)),
        (lambda: H.all().update(), Raises(ParamsError)),
        (lambda: H.filter(team__name="beta").update(nick="C"), 1),
        (lambda: H.filter(power=Subquery(H.annotate(m=Max("power")).values("m"))).update(nick=None), 1),
        (lambda: H.annotate(x=F("power") + 1).filter(x=2).update(power=F("x")), 1),
    ]
    await run(programs)


@pytest.mark.feature(168, 185)
async def test_subqueries_1(w: World, orm: str) -> None:
    o = H.all().order_by("id")
    programs: list[Program] = [
        (lambda: names(H.filter(team__in=T.filter(name="alpha")).order_by("id")), ["ann", "bob"]),
        (lambda: names(H.filter(team_id__in=T.filter(name="alpha").values("id")).order_by("id")), ["ann", "bob"]),
        (
            lambda: names(H.filter(team_id__in=T.filter(name="alpha").values_list("id", flat=True)).order_by("id")),
            ["ann", "bob"],
        ),
        (
            lambda: names(H.filter(team_id__in=Subquery(T.filter(name="alpha").values("id"))).order_by("id")),
            ["ann", "bob"],
        ),
        (
            lambda: names(H.filter(id__in=Subquery(H.all().order_by("-power").limit(2).values("id"))).order_by("id")),
            ["cid", "dan"],
        ),
        (
            lambda: names(
                H.filter(id__not_in=Subquery(H.all().order_by("-power").limit(2).values("id"))).order_by("id")
            ),
            ["ann", "bob"],
        ),
        (lambda: names(H.filter(id__in=Subquery(o.offset(3).values("id")))), ["dan"]),
        (lambda: names(T.filter(id__in=Subquery(H.filter(team=OuterRef("id"), power=2).values("team_id")))), ["alpha"]),
    ]
    await run(programs)


@pytest.mark.feature(168, 185)
async def test_subqueries_2(w: World, orm: str) -> None:
    programs: list[Program] = [
        (
            lambda: names(
                H.filter(
                    id__in=Subquery(H.filter(team=OuterRef("team_id")).order_by("-power").limit(1).values("id"))
                ).order_by("id")
            ),
            ["bob", "cid"],
        ),
        (
            lambda: names(
                H.filter(
                    id=Subquery(H.filter(team=OuterRef("team_id")).order_by("-power").limit(1).values("id"))
                ).order_by("id")
            ),
            ["bob", "cid"],
        ),
        (
            lambda: (
                T.annotate(best=Subquery(H.filter(team=OuterRef("id")).order_by("-power").limit(1).values("name")))
                .order_by("id")
                .values_list("best", flat=True)
            ),
            ["bob", "cid", None],
        ),
        (lambda: names(T.filter(Exists(H.filter(team=OuterRef("id"), power__gt=2)))), ["beta"]),
        (lambda: names(T.filter(~Exists(H.filter(team=OuterRef("id"))))), ["empty"]),
    ]
    await run(programs)


@pytest.mark.feature(168, 185)
async def test_subqueries_3(w: World, orm: str) -> None:
    programs: list[Program] = [
        (
            lambda: T.annotate(e=Exists(H.filter(team=OuterRef("id")))).order_by("id").values_list("e", flat=True),
            [True, True, False],
        ),
        (lambda: w.ann in H.all(), Raises(TypeError)),
    ]
    await run(programs)
