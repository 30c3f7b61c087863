"""The types that generated stubs are made of: what the operand of a lookup may be, one alias for each Python type."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from typing_extensions import TypeVar

from ormgen.models.rows import Rows
from ormgen.query.conditional import Case
from ormgen.query.expressions import Combined, Computable, F, Nameless, Q, RawSQL, Value
from ormgen.query.statements import Subquery
from ormgen.schema.field import Field

R_co = TypeVar("R_co", covariant=True)
L_co = TypeVar("L_co", covariant=True)
T = TypeVar("T")


class Column(Field[T]):
    """A column whose attribute takes expressions as well as values: `hero.power = F("power") + 1`."""

    def __set__(self, instance: object, value: T | Computable) -> None: ...


E_co = TypeVar("E_co", covariant=True)


class Untyped:
    """Nothing is of this type except Any.

    So `dict[str, Any]` passes where `Mapping[str, Untyped]` is asked, and a dict display does not.
    """

    def __init__(self, *, impossible: Untyped) -> None: ...


UntypedDict: TypeAlias = Mapping[str, Untyped]


class NotText(Protocol[E_co]):
    """An iterable that is not str itself: str.__contains__ takes str only."""

    def __iter__(self) -> Iterator[E_co]: ...
    def __contains__(self, item: object, /) -> bool: ...


class Objects(Protocol[E_co]):
    """A question that gives objects: a condition may take their keys from it."""

    def as_expression(self) -> Subquery: ...
    def __await__(self) -> Generator[Any, None, Sequence[E_co]]: ...


Json: TypeAlias = Any
Plain: TypeAlias = F | Combined | RawSQL | Subquery | Value
HeldTerm: TypeAlias = Computable[object, Callable[[Nameless], object]] | Plain | Case | Q
Many: TypeAlias = Iterable[E_co | Computable] | Objects[E_co] | Subquery | Rows[Any, Any]

Bool: TypeAlias = bool
BoolOp: TypeAlias = bool | Computable
BoolOpt: TypeAlias = bool | Computable | None
Bools: TypeAlias = Iterable[bool | Computable] | Subquery | Rows[Any, Any]
Bytes: TypeAlias = bytes
BytesOp: TypeAlias = bytes | Computable
BytesOpt: TypeAlias = bytes | Computable | None
Int: TypeAlias = int
IntOp: TypeAlias = int | Computable
IntOpt: TypeAlias = int | Computable | None
Ints: TypeAlias = Iterable[int | Computable] | Subquery | Rows[Any, Any]
IntPair: TypeAlias = tuple[int | Computable, int | Computable] | list[int]
Float: TypeAlias = float
FloatOp: TypeAlias = float | Computable
FloatOpt: TypeAlias = float | Computable | None
Floats: TypeAlias = Iterable[float | Computable] | Subquery | Rows[Any, Any]
FloatPair: TypeAlias = tuple[float | Computable, float | Computable] | list[float]
Str: TypeAlias = str
StrOp: TypeAlias = str | Computable
StrOpt: TypeAlias = str | Computable | None
Strs: TypeAlias = NotText[str | Computable] | Iterator[str | Computable] | Subquery | Rows[Any, Any]
StrPair: TypeAlias = tuple[str | Computable, str | Computable] | list[str]
Dec: TypeAlias = decimal.Decimal
DecIn: TypeAlias = decimal.Decimal | int
DecOp: TypeAlias = decimal.Decimal | float | Computable
DecOpt: TypeAlias = decimal.Decimal | float | Computable | None
Decs: TypeAlias = Iterable[decimal.Decimal | float | Computable] | Subquery | Rows[Any, Any]
DecPair: TypeAlias = tuple[decimal.Decimal | float | Computable, decimal.Decimal | float | Computable]
DateTime: TypeAlias = datetime.datetime
DateTimeOp: TypeAlias = datetime.datetime | Computable
DateTimeOpt: TypeAlias = datetime.datetime | Computable | None
DateTimes: TypeAlias = Iterable[datetime.datetime | Computable] | Subquery | Rows[Any, Any]
DateTimePair: TypeAlias = (
    tuple[datetime.datetime | Computable, datetime.datetime | Computable] | list[datetime.datetime]
)
Date: TypeAlias = datetime.date
DateOp: TypeAlias = datetime.date | Computable
DateOpt: TypeAlias = datetime.date | Computable | None
Dates: TypeAlias = Iterable[datetime.date | Computable] | Subquery | Rows[Any, Any]
DatePair: TypeAlias = tuple[datetime.date | Computable, datetime.date | Computable] | list[datetime.date]
Time: TypeAlias = datetime.time
TimeOp: TypeAlias = datetime.time | Computable
TimeOpt: TypeAlias = datetime.time | Computable | None
Times: TypeAlias = Iterable[datetime.time | Computable] | Subquery | Rows[Any, Any]
TimePair: TypeAlias = tuple[datetime.time | Computable, datetime.time | Computable] | list[datetime.time]
TimeDelta: TypeAlias = datetime.timedelta
TimeDeltaOp: TypeAlias = datetime.timedelta | Computable
TimeDeltaOpt: TypeAlias = datetime.timedelta | Computable | None
TimeDeltas: TypeAlias = Iterable[datetime.timedelta | Computable] | Subquery | Rows[Any, Any]
TimeDeltaPair: TypeAlias = (
    tuple[datetime.timedelta | Computable, datetime.timedelta | Computable] | list[datetime.timedelta]
)
Uuid: TypeAlias = uuid.UUID
UuidOp: TypeAlias = uuid.UUID | Computable
UuidOpt: TypeAlias = uuid.UUID | Computable | None
Uuids: TypeAlias = Iterable[uuid.UUID | Computable] | Subquery | Rows[Any, Any]
UuidPair: TypeAlias = tuple[uuid.UUID | Computable, uuid.UUID | Computable] | list[uuid.UUID]
