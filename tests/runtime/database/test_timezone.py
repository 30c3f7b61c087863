"""`ormgen.timezone`: moments in the time zone of the current context."""

import datetime
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.columns import Moment
from ormgen import ORM, timezone

NAIVE = datetime.datetime(2020, 6, 1, 12)
AWARE = NAIVE.replace(tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """A context with these settings."""
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["models.columns"]}, **request.param)
    yield
    await ORM.close_connections()


@pytest.mark.feature(249)
def test_without_a_context() -> None:
    assert (timezone.get_use_tz(), timezone.get_timezone()) == (True, "UTC")
    assert timezone.now().tzinfo is timezone.UTC
    assert timezone.localtime(AWARE) == AWARE


@pytest.mark.feature(249)
@pytest.mark.parametrize("opened", [{"timezone": "Asia/Tokyo"}], indirect=True)
def test_with_time_zones(opened: None) -> None:
    assert (timezone.get_use_tz(), timezone.get_timezone()) == (True, "Asia/Tokyo")
    assert timezone.get_default_timezone() == TOKYO
    assert abs(timezone.now() - datetime.datetime.now(UTC)) < timedelta(seconds=5)
    assert timezone.now().tzinfo is UTC
    assert timezone.localtime(AWARE).isoformat() == "2020-06-01T21:00:00+09:00"
    assert timezone.localtime(AWARE, "US/Central").isoformat() == "2020-06-01T07:00:00-05:00"
    assert timezone.localtime().utcoffset() == timedelta(hours=9)
    assert timezone.make_aware(NAIVE).isoformat() == "2020-06-01T12:00:00+09:00"
    assert timezone.make_aware(NAIVE, UTC) == AWARE
    assert timezone.make_naive(AWARE) == datetime.datetime(2020, 6, 1, 21)
    assert timezone.make_naive(AWARE, "UTC") == NAIVE


@pytest.mark.feature(249, 250)
@pytest.mark.parametrize("opened", [{"timezone": "Asia/Tokyo", "use_tz": False}], indirect=True)
async def test_without_time_zones(opened: None) -> None:
    assert not timezone.get_use_tz()
    now = timezone.now()
    assert timezone.is_naive(now)
    assert abs(now - datetime.datetime.now(TOKYO).replace(tzinfo=None)) < timedelta(seconds=5)
    assert timezone.localtime().utcoffset() == timedelta(hours=9)
    await ORM.generate_schemas()
    made = await Moment.create(value=now)
    assert (await Moment.get(id=made.id)).value == now


@pytest.mark.feature(249)
def test_aware_or_naive() -> None:
    assert timezone.is_aware(AWARE)
    assert timezone.is_aware(AWARE.timetz())
    assert not timezone.is_aware(NAIVE)
    assert timezone.is_naive(NAIVE)
    assert timezone.is_naive(NAIVE.time())
    with pytest.raises(ValueError, match="make_aware expects a naive datetime"):
        timezone.make_aware(AWARE)
    with pytest.raises(ValueError, match="cannot be applied to a naive datetime"):
        timezone.make_naive(NAIVE)
    with pytest.raises(ValueError, match="cannot be applied to a naive datetime"):
        timezone.localtime(NAIVE)
    twice = datetime.datetime(2020, 10, 25, 2, 30)
    assert timezone.make_aware(twice, "Europe/Oslo").utcoffset() == timedelta(hours=2)
    assert timezone.make_aware(twice, "Europe/Oslo", is_dst=False).utcoffset() == timedelta(hours=1)


@pytest.mark.feature(249)
def test_names_of_time_zones() -> None:
    for name in ("Asia/Tokyo", "asia/tokyo", "Asia/tokyo"):
        assert timezone.parse_timezone(name) == TOKYO
    assert timezone.parse_timezone("utc") == timezone.parse_timezone("UTC") == ZoneInfo("UTC")
    with pytest.raises(KeyError, match="there is no time zone called 'Mars/Olympus'"):
        timezone.parse_timezone("Mars/Olympus")
