"""Date-times with and without time zones: what is stored is the moment, what Python sees depends on the settings."""

import datetime
from collections.abc import AsyncIterator, Callable
from datetime import UTC, timedelta, timezone
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from models.columns import Clock, Moment
from models.heroes import Hero
from ormgen import ORM
from ormgen.config import ORMConfig
from ormgen.exceptions import ConfigurationError, ValidationError
from ormgen.expressions import Value
from ormgen.functions import Coalesce

TOKYO = ZoneInfo("Asia/Tokyo")
MODULES = {"models": ["models.columns", "models.heroes"]}
NOON = datetime.datetime(2020, 6, 1, 12, 0, 0, 1, UTC)


@pytest.fixture
async def closed(db_url: str) -> AsyncIterator[str]:
    """A URL; whatever the test initialises is closed afterwards."""
    yield db_url
    await ORM.close_connections()


async def initialised(url: str, **options: Any) -> None:
    await ORM.init(db_url=url, modules=MODULES, **options)
    await ORM.generate_schemas()


@pytest.mark.feature(89, 249)
async def test_moments_come_back_in_the_zone_of_the_settings(closed: str) -> None:
    await initialised(closed, timezone="Asia/Tokyo")
    made = await Moment.create(value=NOON)
    found = (await Moment.get(id=made.id)).value
    assert found == NOON
    assert found is not None
    assert found.utcoffset() == timedelta(hours=9)
    for same in (NOON, NOON.astimezone(TOKYO), NOON.astimezone(timezone(timedelta(hours=-5)))):
        assert await Moment.filter(value=same).count() == 1
        assert await Moment.filter(value__gte=same, value__lte=same).count() == 1


@pytest.mark.feature(89, 249)
async def test_naive_moments_are_local_and_worth_a_warning(closed: str) -> None:
    await initialised(closed, timezone="Asia/Tokyo")
    with pytest.warns(RuntimeWarning, match=r"has no time zone although use_tz is on; it was taken as Asia/Tokyo"):
        made = await Moment.create(value=NOON.replace(tzinfo=None))
    assert (await Moment.get(id=made.id)).value == NOON - timedelta(hours=9)


@pytest.mark.feature(250)
async def test_without_time_zones_moments_are_naive_and_local(closed: str) -> None:
    await initialised(closed, use_tz=False, timezone="Asia/Tokyo")
    naive = NOON.replace(tzinfo=None)
    made = await Moment.create(value=naive)
    found = (await Moment.get(id=made.id)).value
    assert found == naive
    assert found is not None
    assert found.tzinfo is None
    assert await Moment.filter(value=naive).count() == 1
    assert await Moment.filter(value=naive.replace(tzinfo=TOKYO)).count() == 1
    await ORM.close_connections()
    await ORM.init(db_url=closed, modules=MODULES)
    assert (await Moment.get(id=made.id)).value == naive.replace(tzinfo=TOKYO)


@pytest.mark.feature(89)
async def test_moments_are_kept_to_the_microsecond_and_in_order(closed: str) -> None:
    await initialised(closed)
    moments = [NOON + timedelta(microseconds=step) for step in (-2, -1, 0, 1, 999_998, 10**6)]
    await Moment.bulk_create([Moment(value=moment) for moment in reversed(moments)])
    assert await Moment.all().order_by("value").values_list("value", flat=True) == moments


async def test_the_ends_of_time(closed: str) -> None:
    await initialised(closed)
    early = datetime.datetime(1, 1, 1, tzinfo=TOKYO)
    with pytest.raises(ValidationError, match=r"Moment\.value: .* cannot be written in UTC"):
        await Moment.create(value=early)
    last = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    made = await Moment.create(value=last)
    assert (await Moment.get(id=made.id)).value == last


@pytest.mark.feature(89, 90)
async def test_auto_now_and_auto_now_add(closed: str) -> None:
    await initialised(closed)
    before = datetime.datetime.now(UTC)
    hero = await Hero.create(name="a")
    assert before <= hero.created <= hero.changed <= datetime.datetime.now(UTC)
    created, changed = hero.created, hero.changed
    await hero.save()
    assert hero.created == created
    assert hero.changed > changed
    found = await Hero.get(id=hero.id)
    assert (found.created, found.changed) == (hero.created, hero.changed)
    given = await Hero.create(name="b", created=NOON, changed=NOON)
    assert given.created == NOON
    assert given.changed != NOON
    bulk = Hero(name="c")
    await Hero.bulk_create([bulk])
    assert before <= bulk.created <= (await Hero.get(id=bulk.id)).changed


NAIVE = NOON.replace(tzinfo=None)


# statements that carry a date-time without a zone
WAYS: dict[str, Callable[[], Any]] = {
    "create": lambda: Moment.create(value=NAIVE),
    "save": lambda: Moment(value=NAIVE).save(),
    "bulk_create": lambda: Moment.bulk_create([Moment(value=NAIVE), Moment(value=NOON)]),
    "update": lambda: Moment.filter(id=0).update(value=NAIVE),
    "filter": lambda: Moment.filter(value=NAIVE).count(),
    "in": lambda: Moment.filter(value__in=[NOON, NAIVE]).count(),
    "range": lambda: Moment.filter(value__range=(NOON, NAIVE)).count(),
    "get_or_create": lambda: Moment.get_or_create(value=NAIVE),
    "exclude": lambda: Moment.exclude(value__gt=NAIVE).exists(),
    "delete": lambda: Moment.filter(value__lt=NAIVE).delete(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.feature(249)
async def test_a_warning_names_the_field(closed: str, way: str) -> None:
    await initialised(closed, timezone="Asia/Tokyo")
    with pytest.warns(
        RuntimeWarning, match=r"^Moment\.value: .* has no time zone although use_tz is on; .* Asia/Tokyo"
    ):
        await WAYS[way]()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.feature(249)
async def test_naive_moments_can_be_refused(closed: str, way: str) -> None:
    await initialised(closed, naive_datetimes="refuse")
    with pytest.raises(ValidationError, match=r"^Moment\.value: .* has no time zone although use_tz is on"):
        await WAYS[way]()
    assert await Moment.all().count() == 0
    await Moment.create(value=NOON)
    assert await Moment.filter(value=NOON).count() == 1


@pytest.mark.feature(249)
async def test_what_naive_datetimes_may_be(closed: str) -> None:
    with pytest.raises(ConfigurationError, match='naive_datetimes: must be "warn" or "refuse"'):
        await ORM.init(db_url=closed, modules=MODULES, naive_datetimes=cast(Any, "ignore"))
    with pytest.raises(ConfigurationError, match='naive_datetimes: "refuse" goes with use_tz'):
        await ORM.init(db_url=closed, modules=MODULES, use_tz=False, naive_datetimes="refuse")
    apps = {"models": {"models": ["models.columns"]}}
    config = {"connections": {"default": closed}, "apps": apps, "naive_datetimes": "refuse"}
    assert ORMConfig.from_dict(config).naive_datetimes == "refuse"
    assert ORMConfig.from_dict(ORMConfig.from_dict(config).to_dict()) == ORMConfig.from_dict(config)


ZONED = [datetime.time(12, 30, tzinfo=UTC), datetime.time(12, 30, tzinfo=TOKYO)]
# statements that carry a time of day with a zone
TIMES: dict[str, Callable[[Any], Any]] = {
    "create": lambda time: Clock.create(value=time),
    "text": lambda time: Clock.create(value=f"{time:%H:%M}+09:00"),
    "save": lambda time: Clock(value=time).save(),
    "bulk_create": lambda time: Clock.bulk_create([Clock(value=None), Clock(value=time)]),
    "bulk_update": lambda time: Clock.bulk_update([Clock(id=1, value=time)], fields=["value"]),
    "update": lambda time: Clock.filter(id=0).update(value=time),
    "filter": lambda time: Clock.filter(value=time).count(),
    "in": lambda time: Clock.filter(value__in=[None, time]).count(),
    "range": lambda time: Clock.filter(value__range=(datetime.time(), time)).count(),
    "get_or_create": lambda time: Clock.get_or_create(value=time),
    "annotate": lambda time: Clock.all().annotate(n=Value(time)).values("n"),
    "computed": lambda time: Clock.all().annotate(n=Coalesce("value", time)).values("n"),
}


@pytest.mark.parametrize("way", TIMES)
@pytest.mark.feature(90)
async def test_a_time_of_day_never_loses_its_zone_silently(closed: str, way: str) -> None:
    await initialised(closed)
    made = await Clock.create(value=datetime.time(12, 30))
    for time in ZONED:
        with pytest.raises(ValidationError, match="has a time zone, and a time of day is kept without one") as refused:
            await TIMES[way](time)
        assert str(refused.value).startswith("Clock.value: ") or way in {"annotate", "computed"}
    assert await Clock.all().values_list("id", "value") == [(made.id, datetime.time(12, 30))]
