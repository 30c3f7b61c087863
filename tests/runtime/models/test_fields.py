"""What is stored in a field comes back the same, is found again, and is refused where it does not fit."""

import datetime
import uuid
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from models.columns import (
    Big,
    Blob,
    Clock,
    Colour,
    Coloured,
    Day,
    Document,
    Flag,
    Identity,
    Keyed,
    LongText,
    Moment,
    Money,
    Real,
    Settled,
    Size,
    Sized,
    Small,
    Span,
    Text,
    Whole,
)
from ormgen import Model
from ormgen.exceptions import ValidationError

MODELS = {"models": ["models.columns"]}

AWARE = datetime.datetime(2020, 2, 29, 23, 59, 59, 999999, UTC)
TEXTS = ["", " ", "a", "A", "a ", " a", "it's", 'say "x"', "back\\slash", "%s {} $1 ? :x", "日本", "\U0001f600", "\n\t"]
DOCUMENTS: list[Any] = [
    0,
    1.5,
    "",
    "text",
    "null",
    True,
    False,
    [],
    {},
    [1, [2, {"a": None}]],
    {"ключ": "\U0001f600", "a b": {"c": []}},
    {"quote'": '"\\'},
]
KEPT: list[tuple[type[Model], list[Any]]] = [
    (Whole, [0, 1, -1, 2**31 - 1, -(2**31)]),
    (Big, [2**63 - 1, -(2**63)]),
    (Small, [2**15 - 1, -(2**15)]),
    (Text, [*TEXTS, "ä" * 40]),
    (LongText, [*TEXTS, "x" * 100_000]),
    (Flag, [True, False]),
    (Real, [0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, 1 / 3]),
    (Money, [Decimal("0.0000"), Decimal("-0.0001"), Decimal("9" * 26 + ".9999"), Decimal("10.5000")]),
    (Moment, [AWARE, AWARE.replace(microsecond=0), AWARE.replace(microsecond=1), AWARE.replace(year=1004)]),
    (Day, [datetime.date(1000, 1, 1), datetime.date(2020, 2, 29), datetime.date(9999, 12, 31)]),
    (Clock, [datetime.time(), datetime.time(23, 59, 59, 999999), datetime.time(12, 0, 0, 1)]),
    (Span, [timedelta(), timedelta(days=-1, microseconds=1), timedelta(microseconds=-1), timedelta(days=100_000)]),
    (Identity, [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.uuid4()]),
    (Document, DOCUMENTS),
    (Blob, [b"", b"\0", b"\0'\\\"%s\xff", bytes(range(256))]),
    (Coloured, list(Colour)),
    (Sized, list(Size)),
]
ids = [model.__name__ for model, _ in KEPT]


@pytest.mark.feature(83, 84, 85, 86, 87, 88, 89, 90, 91, 93, 94)
@pytest.mark.parametrize(("model", "values"), KEPT, ids=ids)
async def test_values_round_trip(orm: str, model: Any, values: list[Any]) -> None:
    for value in values:
        made = await model.create(value=value)
        found = await model.get(id=made.id)
        assert found.value == value
        assert isinstance(found.value, type(value))
        assert await model.all().filter(id=made.id).values_list("value", flat=True) == [value]


@pytest.mark.feature(83, 84, 85, 86, 87, 88, 89, 90, 91, 93, 94)
@pytest.mark.parametrize(("model", "values"), KEPT, ids=ids)
async def test_values_are_found_again_and_nothing_else(orm: str, model: Any, values: list[Any]) -> None:
    made = await model.bulk_create([model(value=value) for value in values])
    for item in made:
        if item.value is not None:
            assert await model.filter(value=item.value) == [item]
            rest = [other.id for other in made if other is not item]
            assert sorted(await model.filter(value__not=item.value).values_list("id", flat=True)) == sorted(rest)


@pytest.mark.feature(72)
@pytest.mark.parametrize(("model", "values"), KEPT, ids=ids)
async def test_none_is_null(orm: str, model: Any, values: list[Any]) -> None:
    none, some = await model.create(value=None), await model.create(value=values[0])
    assert (await model.get(id=none.id)).value is None
    assert await model.filter(value=None) == await model.filter(value__isnull=True) == [none]
    assert await model.filter(value__not=None) == await model.filter(value__isnull=False) == [some]
    assert await model.filter(value__not_isnull=True) == [some]
    assert await model.filter(value__not_isnull=False) == [none]


@pytest.mark.parametrize(("model", "values"), KEPT, ids=ids)
async def test_update_stores_what_save_stores(orm: str, model: Any, values: list[Any]) -> None:
    made = await model.create(value=None)
    for value in values:
        assert await model.filter(id=made.id).update(value=value) == 1
        assert (await model.get(id=made.id)).value == value
        made.value = None
        assert await model.bulk_update([made], ["value"]) == 1
        assert (await model.get(id=made.id)).value is None
        made.value = value
        assert await model.bulk_update([made], ["value"]) == 1
        assert (await model.get(id=made.id)).value == value


CONVERTED: list[tuple[type[Model], Any, Any]] = [
    (Whole, "12", 12),
    (Whole, 3.0, 3),
    (Whole, True, 1),
    (Whole, Size.SMALL, -1),
    (Text, 5, "5"),
    (Text, Colour.RED, "red"),
    (Flag, 1, True),
    (Flag, 0, False),
    (Real, 1, 1.0),
    (Real, "1.5", 1.5),
    (Money, 1.1, Decimal("1.1000")),
    (Money, "2.00005", Decimal("2.0000")),
    (Money, Decimal("2.00015"), Decimal("2.0002")),
    (Moment, "2020-02-29T23:59:59.999999+00:00", AWARE),
    (Moment, AWARE.astimezone(timezone(timedelta(hours=9))), AWARE),
    (Moment, 0, datetime.datetime(1970, 1, 1, tzinfo=UTC)),
    (Day, "2020-02-29", datetime.date(2020, 2, 29)),
    (Day, AWARE, datetime.date(2020, 2, 29)),
    (Clock, "12:30", datetime.time(12, 30)),
    (Span, 5, timedelta(microseconds=5)),
    (Identity, "1" * 32, uuid.UUID("1" * 32)),
    (Blob, bytearray(b"x"), b"x"),
    (Coloured, "red", Colour.RED),
    (Sized, 32767, Size.LARGE),
]


@pytest.mark.feature(83, 84, 85, 86, 87, 88, 89, 90, 91, 93, 94)
@pytest.mark.parametrize(("model", "given", "kept"), CONVERTED)
async def test_reasonable_values_are_converted(orm: str, model: Any, given: Any, kept: Any) -> None:
    made = await model.create(value=given)
    assert (await model.get(id=made.id)).value == kept
    assert isinstance((await model.get(id=made.id)).value, type(kept))
    assert await model.filter(value=kept) == [made]
    if not isinstance(kept, Decimal):
        assert await model.filter(value=given) == [made]


REFUSED: list[tuple[type[Model], Any, str]] = [
    (Whole, "x", "'x' is not a valid int"),
    (Whole, 1.5, "1.5 is not a valid int"),
    (Whole, Decimal("1.5"), "is not a valid int"),
    (Whole, 2**31, "2147483648 is outside -2147483648 .. 2147483647"),
    (Big, -(2**63) - 1, "is outside"),
    (Small, 2**15, "is outside"),
    (Text, "x" * 41, "length of 41 is more than max_length 40"),
    (Text, "\ud800", "surrogate"),
    (Flag, "yes", "'yes' is not a valid bool"),
    (Flag, 2, "2 is not a valid bool"),
    (Real, "x", "'x' is not a valid float"),
    (Money, "x", "'x' is not a valid Decimal"),
    (Money, Decimal("NaN"), "is not a finite number"),
    (Money, Decimal("Infinity"), "is not a finite number"),
    (Money, Decimal(10) ** 26, "has more than 26 digits before the point"),
    (Money, Decimal("9" * 26 + ".99995"), "has more than 26 digits before the point"),
    (Moment, "yesterday", "'yesterday' is not a valid datetime"),
    (Day, "2020-13-01", "'2020-13-01' is not a valid date"),
    (Clock, "25:00", "'25:00' is not a valid time"),
    (Span, "1h", "'1h' is not a valid timedelta"),
    (Identity, "x", "'x' is not a valid UUID"),
    (Identity, 5, "5 is not a valid UUID"),
    (Document, object(), "object is not a JSON value"),
    (Document, float("nan"), "is not a JSON value"),
    (Blob, "text", "str is not bytes"),
    (Coloured, "green", "'green' is not a value of Colour"),
    (Sized, 3, "3 is not a value of Size"),
]


@pytest.mark.feature(80, 83, 84, 94, 210)
@pytest.mark.parametrize(("model", "value", "told"), REFUSED)
async def test_what_does_not_fit_is_refused_on_every_path(orm: str, model: Any, value: Any, told: str) -> None:
    kept = await model.create(value=None)

    async def create() -> None:
        await model.create(value=value)

    async def save() -> None:
        kept.value = value
        await kept.save()

    async def save_some() -> None:
        kept.value = value
        await kept.save(update_fields=["value"])

    async def bulk_create() -> None:
        await model.bulk_create([model(value=value)])

    async def bulk_update() -> None:
        kept.value = value
        await model.bulk_update([kept], ["value"])

    async def update() -> None:
        await model.filter(id=kept.id).update(value=value)

    for way in (create, save, save_some, bulk_create, bulk_update, update):
        with pytest.raises(ValidationError, match=rf"^{model.__name__}\.value: ") as caught:
            await way()
        assert told in str(caught.value), way.__name__
    assert await model.all().values_list("value", flat=True) == [None]


async def test_numbers_without_end_are_refused_where_they_cannot_be_kept(orm: str) -> None:
    for value in (float("nan"), float("inf")):
        if orm == "postgres":
            await Real.create(value=value)
        elif orm == "mysql" or value != value:
            with pytest.raises(ValidationError, match=r"Real\.value: (nan|inf) is not a finite number"):
                await Real.create(value=value)


@pytest.mark.feature(72)
async def test_required_columns_are_not_null(orm: str) -> None:
    with pytest.raises(ValidationError, match=r"Keyed\.whole: whole is non nullable field, but null was passed"):
        await Keyed.create(text="x")
    with pytest.raises(ValidationError, match=r"Keyed\.whole: whole is non nullable field"):
        Keyed(whole=None, text="x")
    made: Any = await Keyed.create(whole=1, text="x")
    with pytest.raises(ValidationError, match=r"Keyed\.whole: whole is non nullable field"):
        await Keyed.filter(id=made.id).update(whole=None)
    made.whole = None
    with pytest.raises(ValidationError, match=r"Keyed\.whole: whole is non nullable field"):
        await made.save()


async def test_a_value_of_the_wrong_type_in_a_filter_names_its_field(orm: str) -> None:
    for model, value in ((Whole, "x"), (Moment, "x"), (Identity, "x"), (Coloured, "x"), (Blob, "x")):
        with pytest.raises(ValidationError, match=f"{model.__name__}.value: "):
            await model.filter(value=value)


@pytest.mark.feature(91)
async def test_keys_made_by_python(orm: str) -> None:
    made = await Keyed.create(whole=1, text="x")
    assert isinstance(made.id, uuid.UUID)
    assert isinstance(made.pk, uuid.UUID)
    assert await Keyed.get(pk=made.pk) == made
    assert await Keyed.filter(pk__in=[str(made.pk)]) == [made]


@pytest.mark.feature(74, 219)
async def test_the_database_fills_in_its_defaults(orm: str) -> None:
    made = await Settled.create(name="a")
    assert (made.state, made.count) == ("new", 7)
    made = await Settled.create(name="b", state="old", count=1)
    assert (made.state, made.count) == ("old", 1)
    await Settled.bulk_create([Settled(name="c"), Settled(name="d")])
    assert sorted(await Settled.all().values_list("name", "state", "count")) == [
        ("a", "new", 7),
        ("b", "old", 1),
        ("c", "new", 7),
        ("d", "new", 7),
    ]


@pytest.mark.feature(219)
async def test_defaults_of_the_database_are_known_after_bulk_create(orm: str) -> None:
    (made,) = await Settled.bulk_create([Settled(name="c")])
    if orm == "mysql":
        with pytest.raises(AttributeError, match="was not loaded"):
            _ = made.state
        await made.refresh_from_db()
    assert (made.state, made.count) == ("new", 7)
