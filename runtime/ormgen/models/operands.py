"""The types that generated stubs are made of: what the operand of a lookup may be, one alias for each Python type."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from typing_extensions import TypeVar

from ormgen.models.rows import Rows
from ormgen.query.expressions import Combined, Expression, F, RawSQL, Value
from ormgen.query.statements import Subquery

R_co = TypeVar("R_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)


class Untyped:
    """Nothing is of this type except Any.

    So `dict[str, Any]` passes where `Mapping[str, Untyped]` is asked, and a dict display does not.
    """

    def __init__(self, *, impossible: Untyped) -> None: ...


class SomeLoaded:
    """Marks the generated forms of a model that have relations loaded; it exists for type checkers only."""


UntypedDict: TypeAlias = Mapping[str, Untyped]


class NotText(Protocol[E_co]):
    """An iterable that is not str itself: str.__contains__ takes str only."""

    def __iter__(self) -> Iterator[E_co]: ...
    def __contains__(self, item: object, /) -> bool: ...


Json: TypeAlias = Any
Plain: TypeAlias = F | Combined | RawSQL | Subquery | Value
Many: TypeAlias = Iterable[E_co] | Subquery | Rows[Any]

Bool: TypeAlias = bool
BoolOp: TypeAlias = bool | Expression
BoolOpt: TypeAlias = bool | Expression | None
Bools: TypeAlias = Iterable[bool] | Subquery | Rows[Any]
Bytes: TypeAlias = bytes
BytesOp: TypeAlias = bytes | Expression
BytesOpt: TypeAlias = bytes | Expression | None
Int: TypeAlias = int
IntOp: TypeAlias = int | Expression
IntOpt: TypeAlias = int | Expression | None
Ints: TypeAlias = Iterable[int] | Subquery | Rows[Any]
IntPair: TypeAlias = tuple[int | Expression, int | Expression] | list[int]
Float: TypeAlias = float
FloatOp: TypeAlias = float | Expression
FloatOpt: TypeAlias = float | Expression | None
Floats: TypeAlias = Iterable[float] | Subquery | Rows[Any]
FloatPair: TypeAlias = tuple[float | Expression, float | Expression] | list[float]
Str: TypeAlias = str
StrOp: TypeAlias = str | Expression
StrOpt: TypeAlias = str | Expression | None
Strs: TypeAlias = NotText[str] | Iterator[str] | Subquery | Rows[Any]
StrPair: TypeAlias = tuple[str | Expression, str | Expression] | list[str]
Dec: TypeAlias = decimal.Decimal
DecIn: TypeAlias = decimal.Decimal | int
DecOp: TypeAlias = decimal.Decimal | float | Expression
DecOpt: TypeAlias = decimal.Decimal | float | Expression | None
Decs: TypeAlias = Iterable[decimal.Decimal | float] | Subquery | Rows[Any]
DecPair: TypeAlias = tuple[decimal.Decimal | float | Expression, decimal.Decimal | float | Expression]
DateTime: TypeAlias = datetime.datetime
DateTimeOp: TypeAlias = datetime.datetime | Expression
DateTimeOpt: TypeAlias = datetime.datetime | Expression | None
DateTimes: TypeAlias = Iterable[datetime.datetime] | Subquery | Rows[Any]
DateTimePair: TypeAlias = (
    tuple[datetime.datetime | Expression, datetime.datetime | Expression] | list[datetime.datetime]
)
Date: TypeAlias = datetime.date
DateOp: TypeAlias = datetime.date | Expression
DateOpt: TypeAlias = datetime.date | Expression | None
Dates: TypeAlias = Iterable[datetime.date] | Subquery | Rows[Any]
DatePair: TypeAlias = tuple[datetime.date | Expression, datetime.date | Expression] | list[datetime.date]
Time: TypeAlias = datetime.time
TimeOp: TypeAlias = datetime.time | Expression
TimeOpt: TypeAlias = datetime.time | Expression | None
Times: TypeAlias = Iterable[datetime.time] | Subquery | Rows[Any]
TimePair: TypeAlias = tuple[datetime.time | Expression, datetime.time | Expression] | list[datetime.time]
TimeDelta: TypeAlias = datetime.timedelta
TimeDeltaOp: TypeAlias = datetime.timedelta | Expression
TimeDeltaOpt: TypeAlias = datetime.timedelta | Expression | None
TimeDeltas: TypeAlias = Iterable[datetime.timedelta] | Subquery | Rows[Any]
TimeDeltaPair: TypeAlias = (
    tuple[datetime.timedelta | Expression, datetime.timedelta | Expression] | list[datetime.timedelta]
)
Uuid: TypeAlias = uuid.UUID
UuidOp: TypeAlias = uuid.UUID | Expression
UuidOpt: TypeAlias = uuid.UUID | Expression | None
Uuids: TypeAlias = Iterable[uuid.UUID] | Subquery | Rows[Any]
UuidPair: TypeAlias = tuple[uuid.UUID | Expression, uuid.UUID | Expression] | list[uuid.UUID]
