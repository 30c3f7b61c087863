"""Q and F behave as values: combined, compared, printed, refused."""

from typing import Any, cast

import pytest

from counting import counted
from ormgen.exceptions import ConfigurationError, ParamsError
from ormgen.query.expressions import MAX_DEPTH, F, Q, Value
from ormgen.query.functions import Function
from ormgen.query.scalar_functions import Coalesce


def test_combinations_are_flat() -> None:
    a, b, c = Q(x=1), Q(y=2), Q(z=3)
    assert repr(a & b & c) == "Q(x=1 AND y=2 AND z=3)"
    assert repr(a | b | c) == "Q(x=1 OR y=2 OR z=3)"
    assert (a & b & c).depth == 1
    assert repr(a | (b & c)) == "Q(x=1 OR Q(y=2 AND z=3))"
    assert repr(~(a | b)) == "~Q(x=1 OR y=2)"
    assert repr(~a & b) == "Q(~Q(x=1) AND y=2)"
    assert ~~a == a
    assert a == Q(x=1)
    assert a != Q(x=2)
    assert bool(Q()) is False
    assert bool(a)
    assert Q() & a == a


def combined(many: int) -> Q:
    found = Q(x=0)
    for number in range(1, many):
        found = found | Q(x=number)
    return found


def test_thousands_of_combinations_take_no_time() -> None:
    with counted() as few:
        combined(500)
    with counted() as many:
        found = combined(5_000)
    assert many.count < 11 * few.count  # they went with the square when each combination looked at all parts
    assert len(found.children) == 5_000
    assert found.depth == 1
    assert repr(found).endswith("OR x=4999)")


def test_a_q_does_not_change() -> None:
    a = Q(x=1)
    _ = a & Q(y=2), a | Q(y=2), ~a
    assert a == Q(x=1)
    with pytest.raises(TypeError, match="write ~q"):
        a.negate()


@pytest.mark.parametrize("other", [1, "x", None, {"x": 1}, F("x")])
def test_a_q_is_combined_with_a_q(other: Any) -> None:
    with pytest.raises(TypeError, match="combined with a Q"):
        _ = Q(x=1) & other
    with pytest.raises(TypeError, match="combined with a Q"):
        _ = Q(x=1) | other
    with pytest.raises(ParamsError, match="positional conditions are Q objects"):
        Q(other)


def test_join_types() -> None:
    assert Q(x=1, y=2, join_type="OR") == Q(x=1) | Q(y=2)
    with pytest.raises(ParamsError, match="join_type"):
        Q(x=1, join_type=cast(Any, "XOR"))


def test_depth_is_limited() -> None:
    deep = Q(x=1)
    with pytest.raises(ParamsError, match="nested more than"):  # noqa: PT012
        for _ in range(MAX_DEPTH + 1):
            deep = Q(deep, y=1, join_type="OR") & Q(z=1)


def test_lookups_are_checked_when_they_are_written() -> None:
    wrong: list[tuple[str, Any]] = [
        ("x__in", 5),
        ("x__in", "text"),
        ("x__not_in", {"a": 1}),
        ("x__range", [1]),
        ("x__range", "ab"),
    ]
    for key, value in wrong:
        keywords: dict[str, Any] = {key: value}
        with pytest.raises(ParamsError, match=key):
            Q(**keywords)
    assert repr(Q(x__in=(number for number in (1, None)))) == "Q(x__in=[1, None])"
    values: list[Any] = []
    Q(was_isnull=True).shape(values)
    assert values == [True]


def test_arithmetic() -> None:
    assert (
        repr((F("a") + 1) * 2 - F("b") / 3 % 4)
        == "(((F('a') + Value(1)) * Value(2)) - ((F('b') / Value(3)) % Value(4)))"
    )
    assert repr(1 - F("a")) == "(Value(1) - F('a'))"
    assert repr(-F("a")) == "(F('a') * Value(-1))"
    assert repr(2 * F("a") + 3) == "((Value(2) * F('a')) + Value(3))"
    assert repr(Coalesce("a", 1)) == "Coalesce(F('a'), 1)"
    assert repr(Value("x")) == "Value('x')"


def test_functions_need_a_name() -> None:
    class Wrong(Function):
        name = "evil(); --"

    with pytest.raises(ConfigurationError, match="is not the name of a function"):
        Wrong("x")
