"""The types that generated stubs are made of: what the operand of a lookup may be, one alias for each Python type."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, overload

from typing_extensions import TypeVar

from ormgen.models.rows import Rows
from ormgen.query.conditional import Case
from ormgen.query.expressions import Combined, Computable, F, Nameless, Q, RawSQL, Value
from ormgen.query.not_text import NotText
from ormgen.query.statements import Subquery
from ormgen.schema.field import Field
from ormgen.schema.instance import Instance

R_co = TypeVar("R_co", covariant=True)
L_co = TypeVar("L_co", covariant=True)
T = TypeVar("T")


class Read(Field[T]):
    """What reading a column gives. Nothing here says Self, which mypy would look for anew in each attribute.

    Not in `Column` itself: pyright forgets what is assigned only where reading and writing stand in different classes.
    """

    @overload
    def __get__(self, instance: Instance, owner: Any) -> T: ...
    @overload
    def __get__(self, instance: None, owner: Any) -> Column[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T: ...
    def __get__(self, instance: object | None, owner: Any) -> Any:
        return super().__get__(instance, owner)


class Column(Read[T]):
    """A column whose attribute takes expressions as well as values: `hero.power = F("power") + 1`."""

    def __set__(self, instance: object, value: T | Computable) -> None: ...


E_co = TypeVar("E_co", covariant=True)


class Untyped:
    """Nothing is of this type except Any.

    So `dict[str, Any]` passes where `Mapping[str, Untyped]` is asked, and a dict display does not.
    """

    def __init__(self, *, impossible: Untyped) -> None: ...


UntypedDict: TypeAlias = Mapping[str, Untyped]


class Objects(Protocol[E_co]):
    """A question that gives objects: a condition may take their keys from it."""

    def as_expression(self) -> Subquery: ...
    def __await__(self) -> Generator[Any, None, Sequence[E_co]]: ...


class RowsOf(Protocol[E_co]):
    """A question for rows of one column, whose values a list of a condition may be taken from."""

    def as_expression(self) -> Subquery: ...
    def __await__(self) -> Generator[Any, None, Sequence[E_co | tuple[E_co] | Mapping[str, object]]]: ...


# names, not what they stand for: mypy makes a union anew wherever it looks at its alias, down to the aliases in it
AnyComputable: TypeAlias = Computable[Any, object]
AnyRows: TypeAlias = Rows[Any, Any]
BoolRow: TypeAlias = bool | None
NumberRow: TypeAlias = float | decimal.Decimal | None
TextRow: TypeAlias = str | None
MomentRow: TypeAlias = datetime.date | None
TimeRow: TypeAlias = datetime.time | None
SpanRow: TypeAlias = datetime.timedelta | None
UuidRow: TypeAlias = uuid.UUID | None
Json: TypeAlias = Any
Plain: TypeAlias = F | Combined | RawSQL | Subquery | Value
HeldTerm: TypeAlias = Computable[object, Callable[[Nameless], object]] | Plain | Case | Q
Many: TypeAlias = Iterable[E_co | AnyComputable] | Objects[E_co] | Subquery | AnyRows

Bool: TypeAlias = bool
BoolOp: TypeAlias = bool | AnyComputable
BoolOpt: TypeAlias = bool | AnyComputable | None
Bools: TypeAlias = Iterable[BoolOp] | Subquery | RowsOf[BoolRow]
Bytes: TypeAlias = bytes
BytesOp: TypeAlias = bytes | AnyComputable
BytesOpt: TypeAlias = bytes | AnyComputable | None
Int: TypeAlias = int
IntOp: TypeAlias = int | AnyComputable
IntOpt: TypeAlias = int | AnyComputable | None
Ints: TypeAlias = Iterable[IntOp] | Subquery | RowsOf[NumberRow]
IntPair: TypeAlias = tuple[IntOp, IntOp] | list[int]
Float: TypeAlias = float
FloatOp: TypeAlias = float | AnyComputable
FloatOpt: TypeAlias = float | AnyComputable | None
Floats: TypeAlias = Iterable[FloatOp] | Subquery | RowsOf[NumberRow]
FloatPair: TypeAlias = tuple[FloatOp, FloatOp] | list[float]
Str: TypeAlias = str
StrOp: TypeAlias = str | AnyComputable
StrOpt: TypeAlias = str | AnyComputable | None
Strs: TypeAlias = NotText[StrOp] | Iterator[StrOp] | Subquery | RowsOf[TextRow]
StrPair: TypeAlias = tuple[StrOp, StrOp] | list[str]
Dec: TypeAlias = decimal.Decimal
DecIn: TypeAlias = decimal.Decimal | int
DecOp: TypeAlias = decimal.Decimal | float | AnyComputable
DecOpt: TypeAlias = decimal.Decimal | float | AnyComputable | None
Decs: TypeAlias = Iterable[DecOp] | Subquery | RowsOf[NumberRow]
DecPair: TypeAlias = tuple[DecOp, DecOp]
DateTime: TypeAlias = datetime.datetime
DateTimeOp: TypeAlias = datetime.datetime | AnyComputable
DateTimeOpt: TypeAlias = datetime.datetime | AnyComputable | None
DateTimes: TypeAlias = Iterable[DateTimeOp] | Subquery | RowsOf[MomentRow]
DateTimePair: TypeAlias = tuple[DateTimeOp, DateTimeOp] | list[datetime.datetime]
Date: TypeAlias = datetime.date
DateOp: TypeAlias = datetime.date | AnyComputable
DateOpt: TypeAlias = datetime.date | AnyComputable | None
Dates: TypeAlias = Iterable[DateOp] | Subquery | RowsOf[MomentRow]
DatePair: TypeAlias = tuple[DateOp, DateOp] | list[datetime.date]
Time: TypeAlias = datetime.time
TimeOp: TypeAlias = datetime.time | AnyComputable
TimeOpt: TypeAlias = datetime.time | AnyComputable | None
Times: TypeAlias = Iterable[TimeOp] | Subquery | RowsOf[TimeRow]
TimePair: TypeAlias = tuple[TimeOp, TimeOp] | list[datetime.time]
TimeDelta: TypeAlias = datetime.timedelta
TimeDeltaOp: TypeAlias = datetime.timedelta | AnyComputable
TimeDeltaOpt: TypeAlias = datetime.timedelta | AnyComputable | None
TimeDeltas: TypeAlias = Iterable[TimeDeltaOp] | Subquery | RowsOf[SpanRow]
TimeDeltaPair: TypeAlias = tuple[TimeDeltaOp, TimeDeltaOp] | list[datetime.timedelta]
Uuid: TypeAlias = uuid.UUID
UuidOp: TypeAlias = uuid.UUID | AnyComputable
UuidOpt: TypeAlias = uuid.UUID | AnyComputable | None
Uuids: TypeAlias = Iterable[UuidOp] | Subquery | RowsOf[UuidRow]
UuidPair: TypeAlias = tuple[UuidOp, UuidOp] | list[uuid.UUID]
