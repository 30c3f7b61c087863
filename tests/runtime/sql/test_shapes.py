"""SQL is compiled once for each shape: what shares a shape shares its SQL, and never its values."""

import datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ormgen.exceptions import ParamsError, ValidationError
from ormgen.query.expressions import MAX_DEPTH, F, Q, Value
from ormgen.query.functions import Count, Sum
from ormgen.query.scalar_functions import Coalesce
from ormgen.query.statements import Delete, Insert, Pairs, Select, Statement, Subquery, Update, Via
from ormgen.sql.compiled import OFTEN, WRITTEN_OUT
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Zone

from .heroes_graph import DIALECTS, HEROES, heroes, prepared

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
NUMBER = st.integers(-(2**31), 2**31 - 1)
DAY = st.dates()
PRICE = st.decimals(-999, 999, places=2)
LEAVES: list[st.SearchStrategy[tuple[str, Any]]] = [
    st.tuples(st.sampled_from(["name", "name__not", "name__contains", "name__icontains", "team__name"]), TEXT),
    st.tuples(st.sampled_from(["power", "power__gt", "minions__power__lte", "team", "missions"]), NUMBER),
    st.tuples(st.sampled_from(["power__in", "power__not_in"]), st.lists(st.one_of(st.none(), NUMBER), max_size=25)),
    st.tuples(st.just("power__range"), st.tuples(NUMBER, NUMBER)),
    st.tuples(st.sampled_from(["price", "price__lt"]), PRICE),
    st.tuples(st.sampled_from(["born", "born__gte"]), DAY),
    st.tuples(st.sampled_from(["born", "team__city", "seen__not", "boss"]), st.none()),
    st.tuples(st.sampled_from(["team__isnull", "born__not_isnull", "active"]), st.booleans()),
    st.tuples(st.just("power__gt"), NUMBER.map(lambda number: F("price") + number)),
    st.tuples(st.just("team__in"), TEXT.map(lambda text: Subquery(Select("models.Team", where=(Q(name=text),))))),
]
LEAF = st.one_of(LEAVES).map(lambda pair: Q(**{pair[0]: pair[1]}))


def tree(parts: list[Q], word: Literal["AND", "OR"], negated: bool) -> Q:
    made = Q(*parts, join_type=word)
    return ~made if negated else made


def joined(children: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    return st.builds(tree, st.lists(children, max_size=4), st.sampled_from(["AND", "OR"]), st.booleans())


TREE = st.recursive(LEAF, joined, max_leaves=12)
QUESTION = st.builds(
    lambda trees, limit, offset, factor: heroes(
        where=tuple(trees),
        limit=limit,
        offset=offset,
        annotations=() if factor is None else (("total", Sum(F("minions__power") * factor, _filter=Q(active=True))),),
    ),
    st.lists(TREE, max_size=3),
    st.one_of(st.none(), st.integers(0, 9)),
    st.one_of(st.none(), st.integers(0, 9)),
    st.one_of(st.none(), NUMBER),
)
KEPT = {dialect: Compiler(HEROES, dialect, Zone()) for dialect in DIALECTS}


@settings(max_examples=100, deadline=None)
@given(QUESTION)
def test_what_is_kept_equals_what_is_compiled_afresh(question: Select) -> None:
    for dialect, compiler in KEPT.items():
        for statement in (question, Delete(question), Update(question, (("power", 1), ("name", "new")))):
            compiled, parameters = compiler.prepare(statement)
            assert (compiled.sql, parameters) == prepared(statement, dialect)


@settings(max_examples=100, deadline=None)
@given(QUESTION, QUESTION)
def test_one_shape_is_one_text(first: Select, second: Select) -> None:
    shapes = first.shape([]), second.shape([])
    for dialect in DIALECTS:
        texts = prepared(first, dialect)[0], prepared(second, dialect)[0]
        if shapes[0] == shapes[1]:
            assert texts[0] == texts[1]
        if texts[0] != texts[1]:
            assert shapes[0] != shapes[1]


@settings(max_examples=100, deadline=None)
@given(TREE, TREE)
def test_values_belong_to_their_own_q(first: Q, second: Q) -> None:
    for dialect in DIALECTS:
        together = prepared(heroes(where=(first, second)), dialect)[1]
        alone = prepared(heroes(where=(first,)), dialect)[1] + prepared(heroes(where=(second,)), dialect)[1]
        assert together == alone
        twice = prepared(heroes(where=(first, first)), dialect)[1]
        assert twice == prepared(heroes(where=(first,)), dialect)[1] * 2


MARK = "v4lu3"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_value_is_ever_part_of_the_text(dialect: str) -> None:
    statements: list[Statement] = [
        heroes(where=(Q(name=MARK), Q(name__contains=MARK), Q(name__in=[MARK]), Q(name__iposix_regex=MARK))),
        heroes(annotations=(("a", Coalesce("name", MARK)), ("b", Value(MARK))), output=(("a", "a"), ("b", "b"))),
        Insert("models.Team", ("name",), ((MARK,), (MARK,)), conflict="ignore"),
        Update(heroes(where=(Q(name=MARK),)), (("name", MARK),)),
        Update(heroes(), (("name", Coalesce("name", MARK)),)),
        heroes(where=(Q(data={MARK: MARK}),)),
        heroes(where=(Q(team__in=Subquery(Select("models.Team", where=(Q(name=MARK),)))),)),
    ]
    for statement in statements:
        sql, parameters = prepared(statement, dialect)
        assert MARK not in sql
        assert sum(MARK in str(parameter) for parameter in parameters) >= 1
    for number in (123_454_321,):
        numbers: list[Statement] = [
            heroes(where=(Q(power=number), Q(power__gt=F("power") + number)), limit=number, offset=number),
            heroes(via=Via("models.Mission", "crew", (number,))),
            Pairs("models.Mission", "crew", "add", number, (number,)),
            Update(heroes(), (("power", F("power") * number),)),
        ]
        for statement in numbers:
            assert str(number) not in prepared(statement, dialect)[0]


DIFFERENT: list[tuple[Q, Q]] = [
    (Q(power=1), Q(power=None)),
    (Q(power__in=[]), Q(power__in=[1])),
    (Q(power__in=[1]), Q(power__in=[1, 2])),
    (Q(power__in=[1, None]), Q(power__in=[1, 2])),
    (Q(power__in=[None]), Q(power__in=[])),
    (Q(team__isnull=True), Q(team__isnull=False)),
    (Q(power=1), ~Q(power=1)),
    (Q(power=1) | Q(name="a"), Q(power=1) & Q(name="a")),
    (Q(power=1), Q(power=F("power"))),
    (Q(power=F("power") + 1), Q(power=F("power") - 1)),
    (Q(power=F("power") + 1), Q(power=F("power") + Value(None))),
    (Q(power=F("power") + 1), Q(power=F("power") + Decimal(1))),
]


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_different_texts_have_different_shapes(first: Q, second: Q) -> None:
    assert first.shape([]) != second.shape([])
    compiler = Compiler(HEROES, "postgres", Zone())
    texts = [compiler.prepare(heroes(where=(q,)))[0].sql for q in (first, second)]
    assert texts[0] != texts[1]


@settings(max_examples=100, deadline=None)
@given(st.lists(LEAF, min_size=1, max_size=4), st.integers(0, 9))
def test_parameters_are_the_same_however_often_they_are_made(leaves: list[Q], limit: int) -> None:
    statement = heroes(where=tuple(leaves), limit=limit)
    for dialect in DIALECTS:
        compiler = Compiler(HEROES, dialect, Zone())
        compiled, first = compiler.prepare(statement)
        for _ in range(OFTEN):
            _, again = compiler.prepare(statement)
            assert (again, [*map(type, again)]) == (first, [*map(type, first)])
        assert compiled.bind.__name__ == ("bind" if len(compiled.parameters) <= WRITTEN_OUT else "_bind")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("key", "usual", "refused"),
    [
        ("power", 1, 2**70),
        ("power", 1, "much"),
        ("power__in", (1, 2), (1, 2**70)),
        ("price", Decimal("1.5"), Decimal("NaN")),
        ("name__contains", "a", 7),
        ("born", datetime.date(2020, 1, 2), "soon"),
    ],
)
def test_refusals_are_the_same_however_often_it_was_asked(dialect: str, key: str, usual: Any, refused: Any) -> None:
    compiled = Compiler(HEROES, dialect, Zone()).prepare(heroes(where=(Q(**{key: usual}),)))[0]
    told = []
    for _ in range(OFTEN + 1):
        with pytest.raises((ValidationError, ParamsError)) as caught:
            compiled.bind((refused,))
        told.append(str(caught.value))
        compiled.bind((usual,))
    assert compiled.bind.__name__ == "bind"
    assert set(told) == {told[0]}


def test_the_cache_is_bounded_and_used() -> None:
    compiler = Compiler(HEROES, "sqlite", Zone())
    first = compiler.prepare(heroes(where=(Q(power=1),)))[0]
    assert compiler.prepare(heroes(where=(Q(power=2),)))[0] is first
    for number in range(2_100):
        compiler.prepare(heroes(output=((f"c{number}", "power"),)))
    assert compiler.prepare(heroes(where=(Q(power=2),)))[0] is not first


@pytest.mark.parametrize("dialect", DIALECTS)
def test_deep_and_wide_conditions(dialect: str) -> None:
    deep = Q(power=0)
    for number in range(MAX_DEPTH - 2):
        deep = ~Q(deep, power=number)
    assert len(prepared(heroes(where=(deep,)), dialect)[1]) == MAX_DEPTH - 1
    wide = Q()
    for number in range(5_000):
        wide |= Q(power=number)
    assert wide.depth <= 3
    assert prepared(heroes(where=(wide,)), dialect)[1] == list(range(5_000))


def test_collections_are_taken_as_they_were() -> None:
    numbers = [1, 2]
    q = Q(power__in=numbers)
    numbers.append(3)
    assert prepared(heroes(where=(q,)), "sqlite")[1] == [1, 2]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXT, PRICE, st.one_of(st.none(), DAY)), min_size=1, max_size=5))
def test_rows_keep_their_order(rows: list[tuple[str, Decimal, datetime.date | None]]) -> None:
    insert = Insert("models.Hero", ("name", "price", "born"), tuple(rows))
    _, parameters = prepared(insert, "postgres")
    assert parameters == [value for row in rows for value in row]


def test_aggregates_of_different_kinds_do_not_share_sql() -> None:
    texts = {
        prepared(Select("models.Team", annotations=(("n", made),), output=(("n", "n"),)), "sqlite")[0]
        for made in (
            Count("heroes"),
            Count("heroes", distinct=True),
            Count("heroes", _filter=Q(heroes__power=1)),
            Sum("heroes__power"),
        )
    }
    assert len(texts) == 4
