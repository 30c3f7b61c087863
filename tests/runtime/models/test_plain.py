"""Usual questions are known by their names and the types of their values: nothing else decides their SQL."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.heroes import Hero, Rank, Team
from ormgen import ORM, Q
from ormgen.database.context import ORMContext
from ormgen.models.plain import EVERYTHING, Plain
from ormgen.query.statements import Select
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Zone

from ..sql.heroes_graph import DIALECTS, HEROES, prepared
from .world import build, names

NUMBER = st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
MODEL = "models.Hero"
CONDITIONS: list[st.SearchStrategy[tuple[str, Any]]] = [
    st.tuples(st.sampled_from(["name", "name__not", "name__contains", "name__istartswith", "team__name"]), TEXT),
    st.tuples(st.sampled_from(["power", "power__gt", "minions__power__lte", "team", "pk", "data__a__b"]), NUMBER),
    st.tuples(st.sampled_from(["price", "price__lt"]), st.decimals(-99, 99, places=2)),
    st.tuples(st.sampled_from(["born", "born__gte"]), st.dates()),
    st.tuples(st.just("code"), st.uuids()),
    st.tuples(st.sampled_from(["power__in", "team__not_in", "pk__in"]), st.lists(NUMBER, min_size=1, max_size=40)),
    st.tuples(st.just("data__a"), st.one_of(NUMBER, TEXT, st.floats(-9, 9))),
]
GROUP = st.tuples(st.lists(st.one_of(CONDITIONS), min_size=1, max_size=4).map(dict), st.booleans())
BOUND = st.one_of(st.none(), st.integers(0, 9))
ORDER = st.one_of(st.none(), st.lists(st.sampled_from(["name", "-power", "team__name"]), max_size=2).map(tuple))
KEPT = {dialect: Compiler(HEROES, dialect, Zone()) for dialect in DIALECTS}


def plain(groups: list[tuple[dict[str, Any], bool]], order: Any, limit: int | None, offset: int | None) -> Plain | None:
    made: Plain | None = EVERYTHING
    for conditions, negated in groups:
        made = None if made is None else made.narrowed(conditions, negated)
    if made is not None and order is not None:
        made = made.ordered(order)
    return None if made is None else made.bounded(limit, offset)


@settings(max_examples=150, deadline=None)
@given(st.lists(GROUP, max_size=3), ORDER, BOUND, BOUND)
def test_what_is_kept_equals_a_statement_compiled_afresh(
    groups: list[tuple[dict[str, Any], bool]], order: Any, limit: int | None, offset: int | None
) -> None:
    made = plain(groups, order, limit, offset)
    assert made is not None
    where = tuple(~Q(**conditions) if negated else Q(**conditions) for conditions, negated in groups)
    statement = Select(MODEL, where, order, limit, offset)
    assert made.select(MODEL) == statement
    for dialect, compiler in KEPT.items():
        compiled, parameters = compiler.prepare_known(made.shape(MODEL), lambda: statement, made.bound())
        assert (compiled.sql, parameters) == prepared(statement, dialect)


@settings(max_examples=150, deadline=None)
@given(st.lists(GROUP, max_size=2), st.lists(GROUP, max_size=2), ORDER, BOUND)
def test_two_texts_never_share_a_key(
    first: list[tuple[dict[str, Any], bool]],
    second: list[tuple[dict[str, Any], bool]],
    order: Any,
    limit: int | None,
) -> None:
    made = [plain(first, order, limit, None), plain(second, order, None, limit)]
    assert made[0] is not None
    assert made[1] is not None
    for dialect in DIALECTS:
        texts = [prepared(each.select(MODEL), dialect)[0] for each in made if each is not None]
        if texts[0] != texts[1]:
            assert made[0].shape(MODEL) != made[1].shape(MODEL)


@pytest.mark.parametrize(
    "value",
    [None, True, Rank.HIGH, [], [None], [1, None], [True], [1, "a"], (), {1, 2}, {"a": 1}, Q(power=1), object()],
)
def test_what_else_decides_the_text_is_not_plain(value: Any) -> None:
    assert EVERYTHING.narrowed({"power": value}, False) is None
    assert EVERYTHING.narrowed({"power__in": value}, False) is None


@pytest.mark.parametrize("key", ["power__isnull", "power__not_isnull", "power__range"])
def test_lookups_that_take_something_else_are_not_plain(key: str) -> None:
    assert EVERYTHING.narrowed({key: 1}, False) is None
    assert EVERYTHING.narrowed({key: [1, 2]}, False) is None


def test_types_are_told_apart() -> None:
    kinds = [1, "1", 1.0, b"1", Decimal(1), UUID(int=1), datetime.date.min, [1], ["1"], [UUID(int=1)], [1] * 30]
    found = [EVERYTHING.narrowed({"x__in" if isinstance(value, list) else "x": value}, False) for value in kinds]
    shapes = {each.shape(MODEL) for each in found if each is not None}
    assert len(shapes) == len(kinds)


async def test_values_of_every_kind_one_after_the_other(orm: str) -> None:
    await build()
    for _ in range(2):
        assert await names(Hero.filter(power=1)) == ["ann"]
        assert await names(Hero.filter(power=True)) == ["ann"]
        assert await names(Hero.filter(power=None)) == []
        assert await names(Hero.filter(power="2")) == ["bob"]
        assert await names(Hero.filter(power=2.0)) == ["bob"]
        assert await names(Hero.filter(power__in=[1, 2]).order_by("name")) == ["ann", "bob"]
        assert await names(Hero.filter(power__in=[1])) == ["ann"]
        assert await names(Hero.filter(power__in=[])) == []
        assert await names(Hero.filter(power__in=[1, None])) == ["ann"]
        assert await names(Hero.filter(power__in=list(range(2, 40))).order_by("-power")) == ["dan", "cid", "bob"]
        assert await names(Hero.filter(nick__in=["C", None]).order_by("name")) == ["bob", "cid", "dan"]
        assert await names(Hero.exclude(power__in=[1, 2], name="ann").order_by("name")) == ["bob", "cid", "dan"]
        assert await names(Hero.filter(power__gt=1).exclude(name="cid").order_by("-power").limit(1)) == ["dan"]
        assert await names(Hero.filter(power__gt=1).order_by("power").limit(1).offset(1)) == ["cid"]
        assert await names(Hero.filter(power__gt=1).order_by("power").offset(1).limit(2)) == ["cid", "dan"]
        assert await names(Hero.filter(power__gt=1).order_by("power")[1:2]) == ["cid"]
        assert await names(Hero.filter(rank=Rank.HIGH)) == ["ann"]
        assert await names(Hero.filter(rank=Rank.HIGH.value)) == ["ann"]


async def test_a_list_may_change_after_it_was_given(orm: str) -> None:
    await build()
    wanted = [1]
    asked = Hero.filter(power__in=wanted)
    wanted.append(2)
    assert await names(asked) == ["ann"]
    assert await names(asked.filter(name="ann")) == ["ann"]


async def test_each_graph_has_its_own_text(tmp_path: Any) -> None:
    made = []
    for number in range(2):
        context = ORMContext()
        with context:
            await context.init(
                db_url=f"sqlite://{tmp_path}/{number}.sqlite3",
                modules={"models": ["models.heroes"]},
                table_name_generator=lambda cls, number=number: f"{cls.__name__.lower()}_{number}",  # type: ignore[misc]
            )
            await context.generate_schemas()
            await Team.create(name=f"team {number}")
        made.append(context)
    for _ in range(2):
        for number, context in enumerate(made):
            with context:
                team = await Team.get(name=f"team {number}")
                assert await names(Team.filter(id__gte=1).order_by("id").limit(5)) == [f"team {number}"]
                assert await Team.get_or_none(name=f"team {1 - number}") is None
                await team.save()
    for context in made:
        await context.close_connections()
    assert not ORM._inited
