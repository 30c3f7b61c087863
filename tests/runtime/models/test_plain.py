"""Usual questions are known by their names and the types of their values: nothing else decides their SQL."""

import datetime
import pickle
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.heroes import Hero, Rank, Team
from ormgen import ORM, Q
from ormgen.database.context import ORMContext
from ormgen.exceptions import BaseORMException
from ormgen.models.plain import OFTEN, PLANS_KEPT, QUICK_KEPT, Plain, Plan, bound
from ormgen.models.queryset import QuerySet
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
HOSTILE: list[st.SearchStrategy[tuple[str, Any]]] = [
    st.tuples(
        st.sampled_from(["name", "power", "power__gt", "price", "data__a", "power__in", "team__not_in", "born"]),
        st.one_of(
            st.none(), st.booleans(), NUMBER, TEXT, st.floats(-9, 9), st.lists(st.one_of(st.none(), NUMBER, TEXT))
        ),
    ),
    st.tuples(st.sampled_from(["power__in", "pk__in"]), st.lists(NUMBER, max_size=25).map(tuple)),
]
FIRST = Plan(MODEL)
BOUND = st.one_of(st.none(), st.integers(0, 9))
ORDER = st.one_of(st.none(), st.lists(st.sampled_from(["name", "-power", "team__name"]), max_size=2).map(tuple))
KEPT = {dialect: Compiler(HEROES, dialect, Zone()) for dialect in DIALECTS}


def plain(groups: list[tuple[dict[str, Any], bool]], order: Any, limit: int | None, offset: int | None) -> Plain:
    plan, values = FIRST, tuple[Any, ...]()
    for conditions, negated in groups:
        found = None
        for _ in range(2 * OFTEN):  # some by a function of their own
            found = plan.narrowed(conditions, negated)
            assert found is not None
            assert found[2:] == (None, None)
            told = [tuple(each) if isinstance(each, list) else each for each in conditions.values()]
            assert list(found[1]) == told
        assert found is not None
        plan, values = found[0], values + found[1]
    if order is not None:
        ordered = plan.ordered(order)
        assert ordered is not None
        plan = ordered
    return plan.bounded(limit is not None, offset is not None), values, limit, offset


@settings(max_examples=150, deadline=None)
@given(st.lists(GROUP, max_size=3), ORDER, BOUND, BOUND)
def test_what_is_kept_equals_a_statement_compiled_afresh(
    groups: list[tuple[dict[str, Any], bool]], order: Any, limit: int | None, offset: int | None
) -> None:
    made = plain(groups, order, limit, offset)
    where = tuple(~Q(**conditions) if negated else Q(**conditions) for conditions, negated in groups)
    statement = Select(MODEL, where, order, limit, offset)
    assert made[0].select(*made[1:]) == statement
    for dialect, compiler in KEPT.items():
        for _ in range(2 * OFTEN):  # some by a function of their own
            compiled, parameters = compiler.prepare_known(made[0], lambda: statement, bound(made))
            assert (compiled.sql, parameters) == prepared(statement, dialect)


@settings(max_examples=150, deadline=None)
@given(st.lists(GROUP, max_size=2), st.lists(GROUP, max_size=2), ORDER, BOUND)
def test_two_texts_never_share_a_plan(
    first: list[tuple[dict[str, Any], bool]],
    second: list[tuple[dict[str, Any], bool]],
    order: Any,
    limit: int | None,
) -> None:
    made = [plain(first, order, limit, None), plain(second, order, None, limit)]
    for dialect in DIALECTS:
        texts = [prepared(each[0].select(*each[1:]), dialect)[0] for each in made]
        if texts[0] != texts[1]:
            assert made[0][0] is not made[1][0]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.lists(st.one_of(*CONDITIONS, *HOSTILE), min_size=1, max_size=3).map(dict), st.booleans())))
def test_what_a_step_has_become_used_to_never_decides(asked: list[tuple[dict[str, Any], bool]]) -> None:
    """Whatever was asked before of the same names, None, other types, lists of other lengths: the SQL is of these."""
    for conditions, negated in asked:
        found = FIRST.narrowed(conditions, negated)
        fresh = Plan(MODEL).narrowed(conditions, negated)
        assert (found is None) == (fresh is None)
        if found is None or fresh is None:
            continue
        (plan, values, *_), (anew, same, *_) = found, fresh
        assert [*map(type, values), values] == [*map(type, same), same]
        assert (plan.where, plan.model) == (anew.where, anew.model)
        statement = Select(MODEL, (~Q(**conditions) if negated else Q(**conditions),))
        for dialect, compiler in KEPT.items():
            try:
                expected: Any = prepared(statement, dialect)
            except BaseORMException as error:
                expected = type(error), str(error)
            for _ in range(2 * OFTEN):
                try:
                    compiled, parameters = compiler.prepare_known(plan, lambda asked=statement: asked, values)  # type: ignore[misc]
                    told: Any = compiled.sql, parameters
                except BaseORMException as error:
                    told = type(error), str(error)
                assert told == expected


def test_plans_are_bounded() -> None:
    first = Plan(MODEL)
    held = first.narrowed({"power": 1}, False)
    assert held is not None
    for number in range(PLANS_KEPT + 10):
        assert first.narrowed({f"data__a{number}": 1}, False) is not None
    assert len(first._narrower) == len(first._taken) == PLANS_KEPT
    again = first.narrowed({"power": 1}, False)
    assert again is not None
    assert again[0] is not held[0]
    assert again[0].where == held[0].where
    for number in range(QUICK_KEPT + 10):
        for _ in range(OFTEN):
            first.narrowed({f"data__a{number}": 1}, False)
    assert 0 < len(first._quick) <= QUICK_KEPT


@pytest.mark.parametrize(
    "value",
    [None, True, Rank.HIGH, [], [None], [1, None], [True], [1, "a"], (), {1, 2}, {"a": 1}, Q(power=1), object()],
)
def test_what_else_decides_the_text_is_not_plain(value: Any) -> None:
    assert FIRST.narrowed({"power": value}, False) is None
    assert FIRST.narrowed({"power__in": value}, False) is None


@pytest.mark.parametrize("key", ["power__isnull", "power__not_isnull", "power__range"])
def test_lookups_that_take_something_else_are_not_plain(key: str) -> None:
    assert FIRST.narrowed({key: 1}, False) is None
    assert FIRST.narrowed({key: [1, 2]}, False) is None


def test_types_are_told_apart() -> None:
    kinds = [1, "1", 1.0, b"1", Decimal(1), UUID(int=1), datetime.date.min, [1], ["1"], [UUID(int=1)], [1] * 30]
    found = [FIRST.narrowed({"x__in" if isinstance(value, list) else "x": value}, False) for value in kinds]
    assert len({each[0] for each in found if each is not None}) == len(kinds)


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


class Marked(QuerySet[Hero]):
    """A class of one's own, with an attribute of its own."""

    mark: str = "none"


async def test_what_a_class_of_ones_own_knows_is_handed_on(orm: str) -> None:
    await build()
    asked = Marked(Hero)
    asked.mark = "kept"
    steps = asked.filter(power__gt=1).order_by("-power").limit(2)
    assert steps.mark == steps.exclude(name="cid").all().distinct().mark == "kept"
    assert pickle.loads(pickle.dumps(steps)).mark == "kept"
    assert await names(steps) == ["dan", "cid"]


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
