"""Values that no field has looked at: computed by the database, or given to SQL of the user's own."""

import datetime
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from models.columns import Big, Clock, Document, Moment, Small, Span, Whole
from ormgen import F, connections
from ormgen.exceptions import BaseORMException, OperationalError, ParamsError, ValidationError
from ormgen.functions import Max

MODELS = {"models": ["models.columns"]}
PLACE = {"sqlite": "?", "postgres": "$1", "mysql": "%s"}
ENDS = [
    datetime.datetime(1, 1, 1, tzinfo=UTC),
    datetime.datetime.max.replace(tzinfo=UTC),
    datetime.datetime.max.replace(tzinfo=UTC, microsecond=0),
]


@pytest.mark.feature(83)
@pytest.mark.parametrize(("model", "most"), [(Small, 2**15 - 1), (Whole, 2**31 - 1), (Big, 2**63 - 1)])
async def test_sums_that_do_not_fit(orm: str, model: Any, most: int) -> None:
    """SQLite would store a number of another kind, or a longer one."""
    made = await model.create(value=most)
    for change in (F("value") + 1, F("value") * 2, F("value") * -3):
        with pytest.raises(OperationalError) as caught:
            await model.filter(id=made.id).update(value=change)
        assert caught.value.sqlstate == "22003"
    assert await model.filter(id=0).update(value=F("value") + 1) == 0
    assert await model.filter(id=made.id).update(value=F("value") - 1) == 1
    found = (await model.get(id=made.id)).value
    assert (found, type(found)) == (most - 1, int)
    assert await model.filter(id=made.id).update(value=F("value") * -1) == 1
    assert (await model.get(id=made.id)).value == 1 - most
    made.value = F("value") - 5
    with pytest.raises(OperationalError):
        await made.save()
    assert (await model.get(id=made.id)).value == 1 - most


async def test_whole_columns_stay_whole(orm: str) -> None:
    made = await Whole.create(value=10)
    await Whole.filter(id=made.id).update(value=F("value") * 1.26)
    found = (await Whole.get(id=made.id)).value
    assert (found, type(found)) == (13, int)
    await Whole.filter(id=made.id).update(value=None)
    assert await Whole.filter(id=made.id).update(value=F("value") + 1) == 1
    assert (await Whole.get(id=made.id)).value is None


@pytest.mark.feature(89)
@pytest.mark.parametrize("moment", ENDS)
async def test_the_first_and_last_moments_are_aware(orm: str, moment: datetime.datetime) -> None:
    """PostgreSQL has an infinity, which its driver takes the ends of Python's calendar for."""
    made = await Moment.create(value=moment)
    found = (await Moment.get(id=made.id)).value
    assert found == moment
    assert found is not None
    assert found.tzinfo is not None
    assert await Moment.filter(value=moment).values_list("value", flat=True) == [moment]
    assert (await Moment.annotate(last=Max("value")).first().values("last"))["last"] == moment
    assert await Moment.filter(value__gt=moment - timedelta(days=1) if moment.year > 1 else moment).count() <= 1


@pytest.mark.parametrize("value", [timedelta.max, timedelta.min, timedelta(microseconds=2**63)])
async def test_spans_that_do_not_fit(orm: str, value: timedelta) -> None:
    asked: list[Callable[[], Any]] = [
        lambda: Span.create(value=value),
        lambda: Span.filter(value=value),
        lambda: Span.all().update(value=value),
    ]
    for ask in asked:
        with pytest.raises(ValidationError, match=r"^Span\.value: .* is beyond 64 bits of microseconds"):
            await ask()
    longest = timedelta(microseconds=2**63 - 1)
    made = await Span.create(value=longest)
    assert (await Span.get(id=made.id)).value == longest


async def test_json_is_text_that_can_be_written(orm: str) -> None:
    for value in ("\ud800", {"a": ["\udfff"]}, {"\ud800": 1}):
        with pytest.raises(ValidationError, match=r"^Document\.value: .*half of a surrogate pair"):
            await Document.create(value=value)
        with pytest.raises(ValidationError, match="half of a surrogate pair"):
            await Document.all().update(value=value)


@pytest.mark.parametrize("size", [2**63, 10**30])
async def test_sizes_that_no_database_knows(orm: str, size: int) -> None:
    asked: list[Callable[[], Any]] = [
        lambda: Whole.all().limit(size),
        lambda: Whole.all().offset(size),
        lambda: Whole.all()[:size],
    ]
    for ask in asked:
        with pytest.raises(ParamsError, match="at most 64 bits"):
            await ask()
    assert await Whole.all().limit(2**63 - 1) == []


@pytest.mark.feature(193)
async def test_moments_given_to_raw_sql(orm: str) -> None:
    """They mean the same as in a filter, whatever their zone."""
    moment = datetime.datetime(2020, 6, 1, 12, tzinfo=UTC)
    await Moment.create(value=moment)
    connection = connections.get("default")
    sql = f"SELECT id FROM {Moment._meta.db_table} WHERE value = {PLACE[orm]}"
    elsewhere = moment.astimezone(timezone(timedelta(hours=9)))
    for given in (moment, elsewhere):
        assert len(await connection.execute_query_dict(sql, [given])) == 1
        assert len(await Moment.raw(sql, [given])) == 1
    await connection.execute_many(f"UPDATE {Moment._meta.db_table} SET value = {PLACE[orm]}", [[elsewhere]])
    assert await Moment.filter(value=moment).count() == 1


@pytest.mark.feature(193)
async def test_what_raw_sql_does_not_take(orm: str) -> None:
    connection = connections.get("default")
    await Clock.create(value=datetime.time(12))
    sql = f"SELECT id FROM {Clock._meta.db_table} WHERE value = {PLACE[orm]}"
    wrong: list[Any] = [{"a": 1}, [1], {1}, object(), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")]
    if orm != "postgres":  # which compares times of day without their zone
        wrong.append(datetime.time(12, tzinfo=UTC))
    for value in wrong:
        with pytest.raises(BaseORMException):
            await connection.execute_query(sql, [value])
    assert connections.databases["default"].statistics().in_use == 0
