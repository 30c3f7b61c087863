"""How date-times cross the border of the database: every stored moment is UTC."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Final, Literal

from ormgen.exceptions import ValidationError
from ormgen.records import dataclass, field

_WEEK: Final = 7 * 86_400
_YEAR: Final = 365 * 86_400 + 20_952  # seconds, leap days included

Naive = Literal["warn", "place", "refuse"]


class NaiveMoment(ValidationError):
    """A date-time without a zone, of which a warning has yet to say where it was given; `at_place` lets it through."""


_place: ContextVar[str | None] = ContextVar("place", default=None)


@contextmanager
def at_place(place: str) -> Iterator[None]:
    """A block in which a date-time without a zone is one of `place`, such as `Hero.born`."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


@dataclass(frozen=True, slots=True)
class Zone:
    """`use_tz`: date-times in Python are aware; `local` is the zone of those without one.

    `naive` is what those are worth under `use_tz`: a warning, a NaiveMoment for whoever knows the place to warn of, or
    a ValidationError.
    """

    use_tz: bool = True
    local: tzinfo = UTC
    naive: Naive = field(default="warn", compare=False)

    @property
    def name(self) -> str:
        """The name of the zone of those without one, as databases know it."""
        return str(self.local)

    def offsets(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The changes of the zone from 1970 to 2069, as seconds since 1970, and the seconds that it is ahead of UTC: in
        the beginning, then from each change on."""
        return _offsets(self.local)

    def to_utc(self, value: datetime) -> datetime:
        """The moment in UTC; a naive value is one of `local`, which is worth a warning under `use_tz`.

        Raises ValidationError where the year would be out of range, or where naive values are refused.
        """
        if value.tzinfo is not None:
            return value if value.tzinfo is UTC else _as_utc(value)
        if self.use_tz:
            self._tell(value)
        return _as_utc(value.replace(tzinfo=self.local))

    def _tell(self, value: datetime) -> None:
        place = _place.get()
        hint = "Hint: use datetime.now(UTC), or init with use_tz=False"
        if self.naive == "refuse":
            raise ValidationError(f"{value!r} has no time zone although use_tz is on. {hint}")
        if self.naive == "place" and place is None:
            raise NaiveMoment(f"{value!r} has no time zone although use_tz is on. {hint}")
        where = "" if place is None else f"{place}: "
        told = f"{where}{value!r} has no time zone although use_tz is on; it was taken as {self.local}. {hint}"
        warnings.warn(told, RuntimeWarning, stacklevel=3)

    def from_utc(self, value: datetime) -> datetime:
        """A stored moment as Python sees it: aware in `local` under `use_tz`, else naive in `local`."""
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        if self.local is not UTC or value.tzinfo is not UTC:
            value = value.astimezone(self.local)
        return value if self.use_tz else value.replace(tzinfo=None)


def aware(value: datetime) -> datetime:
    """A moment of PostgreSQL's; its driver gives the first and the last one of all without a zone."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _as_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValidationError(f"{value!r} cannot be written in UTC: its year would be out of range") from None


@lru_cache(maxsize=16)
def _offsets(local: tzinfo) -> tuple[tuple[int, ...], tuple[int, ...]]:
    def ahead(second: int) -> int:
        offset = datetime.fromtimestamp(second, UTC).astimezone(local).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    changes: list[int] = []
    found = [ahead(0)]
    for start in range(0, 100 * _YEAR, _WEEK):
        low, high = start, start + _WEEK
        if ahead(high) != found[-1]:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if ahead(middle) == found[-1] else (low, middle)
            changes.append(high)
            found.append(ahead(high))
    return tuple(changes), tuple(found)
