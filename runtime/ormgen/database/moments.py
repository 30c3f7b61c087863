"""Moments in the time zone of the current context: now, aware or naive, from one to the other."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ormgen.database.context import current


def get_use_tz() -> bool:
    """Whether date-times are aware in the current context; they are where there is none."""
    context = current.get()
    return True if context is None else context.use_tz


def get_timezone() -> str:
    """The name of the time zone of the current context; "UTC" where there is none."""
    context = current.get()
    return "UTC" if context is None else context.timezone


def get_default_timezone() -> tzinfo:
    """The time zone of the current context."""
    return parse_timezone(get_timezone())


def parse_timezone(zone: str) -> tzinfo:
    """The time zone of that name, in any case: "Europe/Oslo", "utc", "us/eastern".

    Raises:
        ZoneInfoNotFoundError: there is none; it is a `KeyError`.
    """
    names = [zone, zone.upper(), "/".join(part if part.isupper() else part.title() for part in zone.split("/"))]
    for name in names:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    raise ZoneInfoNotFoundError(f"there is no time zone called {zone!r}")


def now() -> datetime:
    """This moment: aware, in UTC; where the context has `use_tz=False` naive, in its time zone."""
    moment = datetime.now(UTC)
    return moment if get_use_tz() else moment.astimezone(get_default_timezone()).replace(tzinfo=None)


def is_aware(value: datetime | time) -> bool:
    """Whether a moment or time of day knows its time zone."""
    return value.utcoffset() is not None


def is_naive(value: datetime | time) -> bool:
    """Whether a moment or time of day does not know its time zone."""
    return value.utcoffset() is None


def localtime(value: datetime | None = None, timezone: tzinfo | str | None = None) -> datetime:
    """An aware moment (by default this one) in a time zone, by default that of the current context.

    Raises:
        ValueError: the moment is naive.
    """
    moment = datetime.now(UTC) if value is None else value
    if is_naive(moment):
        raise ValueError("localtime() cannot be applied to a naive datetime; use make_aware() first")
    return moment.astimezone(_zone(timezone))


def make_aware(value: datetime, timezone: tzinfo | str | None = None, is_dst: bool | None = None) -> datetime:
    """A naive moment as one of a time zone, by default that of the current context.

    Where the clock shows it twice, `is_dst=False` means the second time.

    Raises:
        ValueError: the moment is aware.
    """
    if is_aware(value):
        raise ValueError(f"make_aware expects a naive datetime, got {value}")
    return value.replace(tzinfo=_zone(timezone), fold=1 if is_dst is False else value.fold)


def make_naive(value: datetime, timezone: tzinfo | str | None = None) -> datetime:
    """An aware moment as a clock shows it in a time zone, by default that of the current context.

    Raises:
        ValueError: the moment is naive.
    """
    if is_naive(value):
        raise ValueError("make_naive() cannot be applied to a naive datetime")
    return value.astimezone(_zone(timezone)).replace(tzinfo=None)


def _zone(timezone: tzinfo | str | None) -> tzinfo:
    if timezone is None:
        return get_default_timezone()
    return parse_timezone(timezone) if isinstance(timezone, str) else timezone
