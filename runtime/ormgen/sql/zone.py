"""How date-times cross the border of the database: every stored moment is UTC."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from ormgen.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Zone:
    """`use_tz`: date-times in Python are aware; `local` is the zone of those without one."""

    use_tz: bool = True
    local: tzinfo = UTC

    def to_utc(self, value: datetime) -> datetime:
        """The moment in UTC; a naive value is one of `local`, which is worth a warning under `use_tz`."""
        if value.tzinfo is not None:
            return value if value.tzinfo is UTC else _as_utc(value)
        if self.use_tz:
            warnings.warn(
                f"{value!r} has no time zone although use_tz is on; it was taken as {self.local}. "
                "Hint: use datetime.now(UTC), or init with use_tz=False",
                RuntimeWarning,
                stacklevel=2,
            )
        return _as_utc(value.replace(tzinfo=self.local))

    def from_utc(self, value: datetime) -> datetime:
        """A stored moment as Python sees it: aware in `local` under `use_tz`, else naive in `local`."""
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        if self.local is not UTC or value.tzinfo is not UTC:
            value = value.astimezone(self.local)
        return value if self.use_tz else value.replace(tzinfo=None)


def _as_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValidationError(f"{value!r} cannot be written in UTC: its year would be out of range") from None
