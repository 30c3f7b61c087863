"""Functions of dates and times; parts and beginnings are those of the context's time zone."""

from __future__ import annotations

from typing import ClassVar, Final

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import Computable, F
from ormgen.query.functions import Function, S_co, Standalone
from ormgen.schema.names import did_you_mean

PARTS: Final = ("year", "quarter", "month", "week", "day", "week_day", "hour", "minute", "second", "microsecond")
UNITS: Final = ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "date")


class Now(Standalone):
    """The moment at which the statement runs; on PostgreSQL that at which the transaction began."""

    __slots__ = ()
    name = "NOW"

    def __init__(self) -> None:
        super().__init__()


class Extract(Function[S_co]):
    """A part of a date or time as a whole number: `Extract("created", "year")`.

    `week` is that of ISO 8601; `week_day` is 1 for Monday to 7 for Sunday.

    Raises:
        ParamsError: there is no such part.
    """

    __slots__ = ()
    name = "EXTRACT"

    def __init__(self, field: S_co, part: str) -> None:
        if part not in PARTS:
            raise ParamsError(f"Extract has no part {part!r}; {did_you_mean(str(part), PARTS)}")
        self._fill(field.__expression__() if isinstance(field, Computable) else F(str(field)), (), part)


class Trunc(Function[S_co]):
    """The beginning of the year, month … that a date or moment is in: `Trunc("created", "month")`.

    Raises:
        ParamsError: there is no such unit.
    """

    __slots__ = ()
    name = "TRUNC"

    def __init__(self, field: S_co, unit: str) -> None:
        if unit not in UNITS:
            raise ParamsError(f"Trunc has no unit {unit!r}; {did_you_mean(str(unit), UNITS)}")
        self._fill(field.__expression__() if isinstance(field, Computable) else F(str(field)), (), unit)


class _Part(Extract[S_co]):
    __slots__ = ()
    part: ClassVar[str]

    def __init__(self, field: S_co) -> None:
        super().__init__(field, self.part)


class _Beginning(Trunc[S_co]):
    __slots__ = ()
    unit: ClassVar[str]

    def __init__(self, field: S_co) -> None:
        super().__init__(field, self.unit)


class ExtractYear(_Part[S_co]):
    """The year."""

    __slots__ = ()
    part = "year"


class ExtractQuarter(_Part[S_co]):
    """The quarter, 1 to 4."""

    __slots__ = ()
    part = "quarter"


class ExtractMonth(_Part[S_co]):
    """The month, 1 to 12."""

    __slots__ = ()
    part = "month"


class ExtractWeek(_Part[S_co]):
    """The week of ISO 8601."""

    __slots__ = ()
    part = "week"


class ExtractDay(_Part[S_co]):
    """The day of the month."""

    __slots__ = ()
    part = "day"


class ExtractWeekDay(_Part[S_co]):
    """The day of the week: 1 for Monday to 7 for Sunday."""

    __slots__ = ()
    part = "week_day"


class ExtractHour(_Part[S_co]):
    """The hour."""

    __slots__ = ()
    part = "hour"


class ExtractMinute(_Part[S_co]):
    """The minute."""

    __slots__ = ()
    part = "minute"


class ExtractSecond(_Part[S_co]):
    """The second, without its fraction."""

    __slots__ = ()
    part = "second"


class TruncYear(_Beginning[S_co]):
    """The beginning of the year."""

    __slots__ = ()
    unit = "year"


class TruncQuarter(_Beginning[S_co]):
    """The beginning of the quarter."""

    __slots__ = ()
    unit = "quarter"


class TruncMonth(_Beginning[S_co]):
    """The beginning of the month."""

    __slots__ = ()
    unit = "month"


class TruncWeek(_Beginning[S_co]):
    """The beginning of the week, its Monday."""

    __slots__ = ()
    unit = "week"


class TruncDay(_Beginning[S_co]):
    """The beginning of the day."""

    __slots__ = ()
    unit = "day"


class TruncHour(_Beginning[S_co]):
    """The beginning of the hour."""

    __slots__ = ()
    unit = "hour"


class TruncMinute(_Beginning[S_co]):
    """The beginning of the minute."""

    __slots__ = ()
    unit = "minute"


class TruncSecond(_Beginning[S_co]):
    """The beginning of the second."""

    __slots__ = ()
    unit = "second"


class TruncDate(_Beginning[S_co]):
    """The date of a moment."""

    __slots__ = ()
    unit = "date"
