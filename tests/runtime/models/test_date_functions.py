"""Functions of dates and moments, and arithmetic on them."""

import datetime
from typing import Any

import pytest

from models.columns import Day, Moment
from ormgen import ORM, F
from ormgen.exceptions import ParamsError
from ormgen.expressions import Value
from ormgen.functions import Count, Extract, ExtractHour, ExtractWeekDay, ExtractYear, Now, Trunc, TruncDate, TruncMonth

from .world import one

MODELS = {"models": ["models.columns"]}

NOON = datetime.datetime(2021, 12, 31, 23, 30, 15, 123456, tzinfo=datetime.UTC)


async def test_dates(orm: str) -> None:
    found = await one(
        Moment,
        NOON,
        year=ExtractYear("value"),
        quarter=Extract("value", "quarter"),
        month=Extract("value", "month"),
        week=Extract("value", "week"),
        day=Extract("value", "day"),
        week_day=ExtractWeekDay("value"),
        hour=ExtractHour("value"),
        second=Extract("value", "second"),
        microsecond=Extract("value", "microsecond"),
        date=TruncDate("value"),
        **{f"begin_{unit}": Trunc("value", unit) for unit in BEGINNINGS},
    )
    assert [found[part] for part in ("year", "quarter", "month", "week", "day", "week_day", "hour", "second")] == [
        *(2021, 4, 12, 52, 31, 5, 23, 15)
    ]
    assert (found["microsecond"], found["date"]) == (123456, NOON.date())
    assert {unit: found[f"begin_{unit}"] for unit in BEGINNINGS} == BEGINNINGS
    day = await one(
        Day, NOON.date(), month=TruncMonth("value"), week=Trunc("value", "week"), quarter=Trunc("value", "quarter")
    )
    assert day == {
        "month": datetime.date(2021, 12, 1),
        "week": datetime.date(2021, 12, 27),
        "quarter": datetime.date(2021, 10, 1),
    }
    with pytest.raises(ParamsError, match='did you mean "year"'):
        Extract("value", "yeer")
    with pytest.raises(ParamsError, match="no unit 'millennium'"):
        Trunc("value", "millennium")


def _moment(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[arg-type, misc]


BEGINNINGS = {
    "year": _moment(2021, 1, 1),
    "quarter": _moment(2021, 10, 1),
    "month": _moment(2021, 12, 1),
    "week": _moment(2021, 12, 27),
    "day": _moment(2021, 12, 31),
    "hour": _moment(2021, 12, 31, 23),
    "minute": _moment(2021, 12, 31, 23, 30),
    "second": _moment(2021, 12, 31, 23, 30, 15),
}


async def test_moments_are_added_and_subtracted(orm: str) -> None:
    hour = datetime.timedelta(hours=1, microseconds=5)
    found = await one(
        Moment,
        NOON,
        later=F("value") + hour,
        before=F("value") - hour,
        span=F("value") - Value(NOON - hour),
        now=Now(),
    )
    assert (found["later"], found["before"], found["span"]) == (NOON + hour, NOON - hour, hour)
    assert abs(found["now"] - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    assert await Moment.filter(value__lt=Now()).count() == 1
    assert await Moment.filter(value__gt=Now() - datetime.timedelta(days=1)).count() == 0
    assert await Moment.all().update(value=F("value") + hour) == 1
    assert await Moment.filter(value=NOON + hour).exists()
    assert await Moment.all().update(value=Now()) == 1
    assert await Moment.filter(value__gt=Now() - datetime.timedelta(hours=1)).count() == 1
    day = await one(
        Day, NOON.date(), later=F("value") + datetime.timedelta(days=1), span=F("value") - Value(NOON.date())
    )
    assert day == {"later": datetime.date(2022, 1, 1), "span": datetime.timedelta()}


@pytest.fixture
async def oslo(orm: str, prepared: Any) -> str:
    """The same database with another time zone."""
    await ORM.close_connections()
    await ORM.init(db_url=prepared.urls[orm], modules=MODELS, timezone="Europe/Oslo")
    return orm


@pytest.mark.feature(174)
async def test_dates_of_a_time_zone(oslo: str) -> None:
    summer = datetime.datetime(2021, 6, 30, 22, 30, tzinfo=datetime.UTC)
    early = datetime.datetime(1970, 1, 1, 12, tzinfo=datetime.UTC)
    await Moment.bulk_create([Moment(value=NOON), Moment(value=summer), Moment(value=early)])
    assert await Moment.filter(value__year=2022).count() == 1
    assert await Moment.filter(value__year=2021, value__month=7, value__day=1).count() == 1
    assert await Moment.filter(value__hour=0, value__minute=30).count() == 2
    assert await Moment.filter(value__hour=13).count() == 1
    assert await Moment.filter(value__date=datetime.date(2022, 1, 1)).count() == 1
    assert await Moment.filter(value__week=26).count() == 1
    days = await Moment.annotate(day=Trunc("value", "day"), n=Count("id")).group_by("day").order_by("day").values("day")
    assert [entry["day"].isoformat() for entry in days] == [
        "1970-01-01T00:00:00+01:00",
        "2021-07-01T00:00:00+02:00",
        "2022-01-01T00:00:00+01:00",
    ]
    years = Moment.annotate(year=ExtractYear("value")).order_by("year")
    assert await years.values_list("year", flat=True) == [1970, 2021, 2022]
    for hours in range(0, 48, 5):  # over the change to winter time
        moment = datetime.datetime(2021, 10, 30, tzinfo=datetime.UTC) + datetime.timedelta(hours=hours)
        local = (await one(Moment, moment, hour=ExtractHour("value"), at=F("value")))["at"]
        assert await Moment.filter(value__hour=local.hour, value__day=local.day).count() == 1
