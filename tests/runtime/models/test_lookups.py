"""Every lookup of every family finds what Python would find."""

import datetime
import operator
import re
import uuid
from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.columns import (
    Big,
    Clock,
    Colour,
    Coloured,
    Day,
    Document,
    Flag,
    Identity,
    LongText,
    Moment,
    Money,
    Real,
    Size,
    Sized,
    Small,
    Span,
    Text,
    Whole,
)
from ormgen import Model
from ormgen.exceptions import FieldError, ParamsError

MODELS = {"models": ["models.columns"]}
BASE = datetime.datetime(2021, 1, 3, 0, 0, 0, 0, UTC)  # the last day of week 53 of 2020

ORDERED: list[tuple[type[Model], list[Any]]] = [
    (Whole, [-5, 0, 3, 10, 2**31 - 1]),
    (Big, [-(2**63), 0, 2**62]),
    (Small, [-1, 0, 1]),
    (Real, [-1.5, 0.0, 1e-9, 2.0, 1e10]),
    (
        Money,
        [Decimal("-10.5"), Decimal("-9"), Decimal(0), Decimal("0.0001"), Decimal(9), Decimal("10"), Decimal(10**25)],
    ),
    (Text, ["", " ", "A", "B", "a", "aa", "b", "z"]),
    (LongText, ["", "A", "a", "b"]),
    (Day, [datetime.date(1999, 12, 31), datetime.date(2000, 1, 1), datetime.date(2020, 2, 29)]),
    (Moment, [BASE - timedelta(microseconds=1), BASE, BASE + timedelta(microseconds=1), BASE + timedelta(hours=1)]),
    (Clock, [datetime.time(0), datetime.time(0, 0, 0, 1), datetime.time(12), datetime.time(12, 0, 0, 500_000)]),
    (Span, [timedelta(days=-2), timedelta(microseconds=-1), timedelta(0), timedelta(seconds=9), timedelta(days=10)]),
    (Identity, [uuid.UUID(int=1), uuid.UUID(int=10), uuid.UUID(int=2**127)]),
    (Sized, [Size.SMALL, Size.LARGE]),
]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "not": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


async def stored(model: Any, values: list[Any]) -> None:
    await model.bulk_create([model(value=value) for value in values])


async def values(model: Any, **conditions: Any) -> list[Any]:
    """The values found, in the order of their rows."""
    found: list[Any] = await model.filter(**conditions).order_by("id").values_list("value", flat=True)
    return found


@pytest.mark.feature(167, 169, 170)
@pytest.mark.parametrize(("model", "kept"), ORDERED, ids=lambda item: getattr(item, "__name__", ""))
async def test_comparisons(orm: str, model: Any, kept: list[Any]) -> None:
    await stored(model, [*kept, None])
    for bound in kept:
        for lookup, compare in COMPARISONS.items():
            expected: list[Any] = [value for value in kept if compare(value, bound)]
            expected += [None] if lookup == "not" else []
            assert await values(model, **{f"value__{lookup}": bound}) == expected, (lookup, bound)
    low, high = kept[1], kept[-1]
    assert await values(model, value__range=(low, high)) == kept[1:]
    assert await values(model, value__in=[low, high]) == [value for value in kept if value in (low, high)]
    assert await values(model, value__not_in=[low, high]) == [value for value in kept if value not in (low, high)] + [
        None
    ]
    found = await model.filter(value__isnull=False).order_by("value").values_list("value", flat=True)
    assert found == kept
    found = await model.filter(value__isnull=False).order_by("-value").values_list("value", flat=True)
    assert found == kept[::-1]


IN_LISTS: list[tuple[type[Model], list[Any]]] = [
    *ORDERED,
    (Coloured, list(Colour)),
    (Flag, [False, True]),
]


@pytest.mark.feature(168)
@pytest.mark.parametrize(("model", "kept"), IN_LISTS, ids=lambda item: getattr(item, "__name__", ""))
async def test_lists_of_any_length(orm: str, model: Any, kept: list[Any]) -> None:
    await stored(model, [*kept, None])
    first, rest = kept[0], kept[1:]
    for times in (1, 3, 40):
        assert await values(model, value__in=[first] * times) == [first]
        assert await values(model, value__not_in=[first] * times) == [*rest, None]
        assert await values(model, value__in=[first, None] * times) == [first, None]
        assert await values(model, value__not_in=[first, None] * times) == rest
    assert await values(model, value__in=[]) == []
    assert await values(model, value__in=[None]) == [None]
    assert await values(model, value__not_in=[]) == [*kept, None]
    assert await values(model, value__not_in=[None]) == kept
    assert await values(model, value__in=(value for value in kept)) == kept


HAZARDS = [
    "plain",
    "Plain",
    "50%",
    "50x",
    "a_b",
    "axb",
    "wow!",
    "wow",
    "a*b",
    "what?",
    "[x]",
    "[^x]",
    "x",
    "back\\slash",
    "backslash",
    "it's",
    'say "x"',
    "%s",
    "{0}",
    "$1",
    "tail ",
    "tail",
    " head",
    "ÄÖ",
    "äö",
    "\U0001f600 smile",
    "line\nbreak",
    "",
    "--",
    "'; DROP TABLE text; --",
]
SEARCHES: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "icontains": lambda text, part: part.lower() in text.lower(),
    "istartswith": lambda text, part: text.lower().startswith(part.lower()),
    "iendswith": lambda text, part: text.lower().endswith(part.lower()),
    "iexact": lambda text, part: text.lower() == part.lower(),
    "exact": operator.eq,
}


@pytest.mark.feature(171, 179)
@pytest.mark.parametrize("model", [Text, LongText])
async def test_searches_take_text_literally(orm: str, model: Any) -> None:
    await stored(model, [*HAZARDS, None])
    parts = [
        "%",
        "_",
        "!",
        "*",
        "?",
        "[",
        "]",
        "[x]",
        "^",
        "\\",
        "'",
        '"',
        "%s",
        "{0}",
        "$1",
        " ",
        "PLAIN",
        "\n",
        "\U0001f600",
    ]
    if (await values(model, value__iexact="äö")) == ["ÄÖ", "äö"]:  # not where the database folds ASCII only
        parts += ["ä", "Ö"]
    for part in [*parts, *HAZARDS[:-8]]:
        for lookup, matches in SEARCHES.items():
            expected = [text for text in HAZARDS if matches(text, part)]
            assert await values(model, **{f"value__{lookup}": part}) == expected, (lookup, part)


@pytest.mark.feature(172)
async def test_regular_expressions(orm: str) -> None:
    await stored(Text, ["Abc", "abc", "abd", "a.c", None])
    for lookup, flags in (("posix_regex", 0), ("iposix_regex", re.IGNORECASE)):
        for pattern in ("^a", "b.$", "^A[bx]c$", "a\\.c", "abc|abd", "%", "x{2}"):
            expected = [text for text in ("Abc", "abc", "abd", "a.c") if re.search(pattern, text, flags)]
            assert await values(Text, **{f"value__{lookup}": pattern}) == expected, (lookup, pattern)


@pytest.mark.feature(174)
async def test_parts_of_moments(orm: str) -> None:
    moments = [
        BASE,
        BASE - timedelta(microseconds=1),
        datetime.datetime(2024, 12, 30, 13, 14, 15, 16, UTC),  # week 1 of 2025
        datetime.datetime(2020, 7, 1, 23, 59, 59, 999_999, UTC),
    ]
    await stored(Moment, [*moments, None])
    parts: dict[str, Callable[[datetime.datetime], Any]] = {
        "year": lambda value: value.year,
        "quarter": lambda value: (value.month + 2) // 3,
        "month": lambda value: value.month,
        "week": lambda value: value.isocalendar().week,
        "day": lambda value: value.day,
        "hour": lambda value: value.hour,
        "minute": lambda value: value.minute,
        "second": lambda value: value.second,
        "microsecond": lambda value: value.microsecond,
        "date": lambda value: value.date(),
    }
    for lookup, part in parts.items():
        for moment in moments:
            expected = [value for value in moments if part(value) == part(moment)]
            assert await values(Moment, **{f"value__{lookup}": part(moment)}) == expected, (lookup, moment)


async def test_parts_of_days_and_times(orm: str) -> None:
    days = [
        datetime.date(2021, 1, 3),
        datetime.date(2021, 1, 4),
        datetime.date(2019, 12, 31),
        datetime.date(2020, 8, 31),
    ]
    await stored(Day, [*days, None])
    for day in days:
        assert await values(Day, value__week=day.isocalendar().week) == [
            other for other in days if other.isocalendar().week == day.isocalendar().week
        ]
        assert await values(Day, value__year=day.year, value__month=day.month, value__day=day.day) == [day]
        assert await values(Day, value__quarter=(day.month + 2) // 3, value__year=day.year) == [
            other for other in days if (other.year, (other.month + 2) // 3) == (day.year, (day.month + 2) // 3)
        ]
    times = [datetime.time(0), datetime.time(1, 2, 3, 4), datetime.time(23, 59, 59, 999_999)]
    await stored(Clock, [*times, None])
    for time in times:
        assert await values(Clock, value__hour=time.hour) == [time]
        assert await values(Clock, value__minute=time.minute) == [time]
        assert await values(Clock, value__second=time.second) == [time]
        assert await values(Clock, value__microsecond=time.microsecond) == [time]


async def test_json_values_are_equal_by_content(orm: str) -> None:
    documents: list[Any] = [
        {"a": 1, "b": 2},
        {"a": 1},
        [1, 2],
        [2, 1],
        [1],
        1,
        "1",
        [{"a": None}],
        [{"b": None}],
        ["A"],
        ["a"],
        "A",
        "a",
        {},
        [],
        "",
        {"a": {"b": [1, 2]}},
    ]
    await stored(Document, documents)
    for document in documents:
        assert await values(Document, value=document) == [document], document
    assert await values(Document, value={"b": 2, "a": 1}) == [{"a": 1, "b": 2}]


async def test_operands_of_the_wrong_form(orm: str) -> None:
    for conditions, told in (
        ({"value__in": 3}, "takes several values"),
        ({"value__in": "text"}, "takes several values"),
        ({"value__range": 3}, "takes two values"),
        ({"value__range": [1, 2, 3]}, "takes two values"),
        ({"value__gt": None}, "cannot be compared with None; use isnull=True"),
    ):
        with pytest.raises(ParamsError, match=told):
            await Whole.filter(**conditions)
    with pytest.raises(ParamsError, match="contains takes text, not 3"):
        await Text.filter(value__contains=3)
    with pytest.raises(ParamsError, match="year takes a whole number, not '2020'"):
        await Day.filter(value__year="2020")


@pytest.mark.parametrize(
    ("model", "lookup", "told"),
    [
        (Whole, "contains", r'value \(integer\) has no lookup "contains"; it accepts exact, not, in'),
        (Whole, "gtt", r'did you mean "gt"'),
        (Text, "icontain", 'did you mean "icontains"'),
        (Flag, "gt", 'has no lookup "gt"'),
        (Document, "in", 'has no lookup "in"'),
        (Clock, "year", 'has no lookup "year"'),
        (Day, "hour", 'has no lookup "hour"'),
        (Text, "contains__x", 'has no lookup "contains__x"'),
    ],
)
async def test_lookups_that_do_not_fit(orm: str, model: Any, lookup: str, told: str) -> None:
    with pytest.raises(FieldError, match=told):
        await model.filter(**{f"value__{lookup}": [1]})
