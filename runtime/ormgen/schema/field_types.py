"""Each field type: its Python type, its family of lookups, what it accepts and its limits."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum, IntEnum
from math import isfinite
from typing import Any, ClassVar, Literal, get_origin

from typing_extensions import TypeVar

from ormgen.exceptions import ConfigurationError, JSONTextError, MissingOptionError, ValidationError
from ormgen.schema.column_types import collation, collation_option
from ormgen.schema.deprecated import warn
from ormgen.schema.field import Field
from ormgen.schema.lookups import Family
from ormgen.schema.native_enums import checked_name, native_option
from ormgen.schema.reading import member, read, refuse_unstorable, refuse_zone, text
from ormgen.schema.type_text import type_text
from ormgen.schema.writing import json_text

T = TypeVar("T", default=Any)
E = TypeVar("E", bound=Enum)
IE = TypeVar("IE", bound=IntEnum)

_BOTH = "You can choose only 'auto_now' or 'auto_now_add': auto_now and auto_now_add exclude each other"
_LONGEST = datetime.timedelta(microseconds=2**63 - 1)
_SHORTEST = datetime.timedelta(microseconds=-(2**63))
_EXACT = Context(prec=1000, rounding=ROUND_HALF_EVEN)


class IntField(Field[int]):
    """A whole number of 32 bits."""

    python_type = int
    family = Family.INTEGER
    generates = True
    bounds: ClassVar[tuple[int, int]] = (-(2**31), 2**31 - 1)

    def __init__(self, primary_key: bool | None = None, **options: Any) -> None:
        super().__init__(primary_key=primary_key, **options)

    def to_python_value(self, value: Any) -> Any:
        if type(value) is int:
            return value
        if isinstance(value, float | Decimal) and (not isfinite(value) or value != int(value)):
            raise ValidationError(f"{value!r} is not a valid int")
        return int(value) if isinstance(value, int) else super().to_python_value(value)

    def check(self, value: int) -> None:
        low, high = self.bounds
        if not low <= value <= high:
            raise ValidationError(f"{value} is outside {low} .. {high}")


class BigIntField(IntField):
    """A whole number of 64 bits."""

    bounds = (-(2**63), 2**63 - 1)


class SmallIntField(IntField):
    """A whole number of 16 bits."""

    bounds = (-(2**15), 2**15 - 1)


class CharField(Field[str]):
    """Text of at most `max_length` characters; `db_collation` is how the database compares and sorts it, by name."""

    python_type = str
    family = Family.TEXT
    option_names = ("max_length",)
    db_collation: str | None = None

    def __init__(self, max_length: int = 0, *, db_collation: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.db_collation = collation(self, db_collation)
        if type(max_length) is not int or max_length < 1:
            raise MissingOptionError("CharField needs max_length, a whole number: 'max_length' must be >= 1")
        self.max_length = max_length

    def to_python_value(self, value: Any) -> Any:
        return text(value)

    def check(self, value: str) -> None:
        if len(value) > self.max_length:
            raise ValidationError(f"length of {len(value)} is more than max_length {self.max_length}")
        refuse_unstorable(value)

    def describe_options(self) -> tuple[tuple[str, Any], ...]:
        return (*super().describe_options(), *collation_option(self))


class TextField(Field[str]):
    """Text of any length; as a primary key it works, but not on MySQL and MariaDB, and `CharField` is better.

    `db_collation` is how the database compares and sorts it, by name.
    """

    python_type = str
    family = Family.TEXT
    indexable = False
    db_collation: str | None = None

    def __init__(self, primary_key: bool | None = None, *, db_collation: str | None = None, **options: Any) -> None:
        super().__init__(primary_key=primary_key, **options)
        self.db_collation = collation(self, db_collation)
        if self.primary_key:
            warn("TextField as a PrimaryKey is Deprecated, use CharField instead")

    def to_python_value(self, value: Any) -> Any:
        return text(value)

    def check(self, value: str) -> None:
        refuse_unstorable(value)

    def describe_options(self) -> tuple[tuple[str, Any], ...]:
        return (*super().describe_options(), *collation_option(self))


class BooleanField(Field[bool]):
    """True or false."""

    python_type = bool
    family = Family.BOOLEAN

    def to_python_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        raise ValidationError(f"{value!r} is not a valid bool")


class FloatField(Field[float]):
    """A double-precision number."""

    python_type = float
    family = Family.FLOAT


class DecimalField(Field[Decimal]):
    """An exact number of `max_digits` digits, `decimal_places` of them behind the point."""

    python_type = Decimal
    family = Family.DECIMAL
    option_names = ("max_digits", "decimal_places")

    def __init__(self, max_digits: int = 0, decimal_places: int = -1, **options: Any) -> None:
        super().__init__(**options)
        if max_digits < 1:
            raise MissingOptionError("DecimalField needs max_digits: 'max_digits' must be >= 1")
        if not 0 <= decimal_places <= max_digits:
            raise MissingOptionError(
                "DecimalField needs decimal_places between 0 and max_digits: 'decimal_places' must be >= 0"
            )
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        self._unit = Decimal(1).scaleb(-decimal_places)

    def to_python_value(self, value: Any) -> Any:
        return super().to_python_value(repr(value) if isinstance(value, float) else value)

    def check(self, value: Decimal) -> None:
        if not value.is_finite():
            raise ValidationError(f"{value} is not a finite number")
        room = self.max_digits - self.decimal_places
        if value != 0 and (value.adjusted() >= room or self.rounded(value).adjusted() >= room):
            raise ValidationError(f"{value} has more than {room} digits before the point")

    @property
    def rounding(self) -> tuple[Decimal, Context]:
        """The unit of the last decimal place, and how values are rounded to it."""
        return self._unit, _EXACT

    def rounded(self, value: Decimal) -> Decimal:
        """`value` with the field's decimal places, rounded half to even."""
        return value.quantize(self._unit, context=_EXACT)


class DatetimeField(Field[datetime.datetime]):
    """A moment; `auto_now` sets it at every save, `auto_now_add` at the first."""

    python_type = datetime.datetime
    family = Family.DATETIME

    def __init__(self, auto_now: bool = False, auto_now_add: bool = False, **options: Any) -> None:
        if auto_now and auto_now_add:
            raise ConfigurationError(_BOTH)
        self.auto_now = auto_now
        self.auto_now_add = auto_now_add
        self.auto: Literal["now", "now_add"] | None = "now" if auto_now else "now_add" if auto_now_add else None
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        if value is None or isinstance(value, datetime.datetime):
            return value
        if isinstance(value, datetime.date):
            return datetime.datetime.combine(value, datetime.time())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return read(datetime.datetime.fromtimestamp, value, "datetime", datetime.UTC)
        return read(datetime.datetime.fromisoformat, value, "datetime")


class DateField(Field[datetime.date]):
    """A day."""

    python_type = datetime.date
    family = Family.DATE

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            return value.date()
        if value is None or isinstance(value, datetime.date):
            return value
        return read(datetime.date.fromisoformat, value, "date")


class TimeField(Field[datetime.time]):
    """A time of day, which has no zone; `auto_now` and `auto_now_add` as for `DatetimeField`."""

    python_type = datetime.time
    family = Family.TIME

    def __init__(self, auto_now: bool = False, auto_now_add: bool = False, **options: Any) -> None:
        if auto_now and auto_now_add:
            raise ConfigurationError(_BOTH)
        self.auto_now = auto_now
        self.auto_now_add = auto_now_add
        self.auto: Literal["now", "now_add"] | None = "now" if auto_now else "now_add" if auto_now_add else None
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        if value is None or isinstance(value, datetime.time):
            return value
        return read(datetime.time.fromisoformat, value, "time")

    def check(self, value: datetime.time) -> None:
        refuse_zone(value)


class TimeDeltaField(Field[datetime.timedelta]):
    """A span of time, kept as whole microseconds."""

    python_type = datetime.timedelta
    family = Family.TIMEDELTA

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.timedelta(microseconds=value)
        if value is None or isinstance(value, datetime.timedelta):
            return value
        raise ValidationError(f"{value!r} is not a valid timedelta")

    def check(self, value: datetime.timedelta) -> None:
        if not _SHORTEST <= value <= _LONGEST:
            raise ValidationError(f"{value!r} is beyond 64 bits of microseconds, about 292,000 years")


class UUIDField(Field[uuid.UUID]):
    """A UUID; as a primary key it defaults to a random one."""

    python_type = uuid.UUID
    family = Family.UUID

    def __init__(self, **options: Any) -> None:
        is_key = options.get("primary_key") or options.get("pk")
        if is_key and "default" not in options and "db_default" not in options:
            options["default"] = uuid.uuid4
        super().__init__(**options)


class BinaryField(Field[bytes]):
    """Bytes."""

    python_type = bytes
    family = Family.BINARY
    indexable = False

    def to_python_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes):
            return value
        if isinstance(value, bytearray | memoryview):
            return bytes(value)
        raise ValidationError(f"{type(value).__name__} is not bytes")


class JSONField(Field[T]):
    """Any JSON value; `JSONField[dict[str, int]]()` says which to type checkers.

    `encoder` turns a value into JSON text, `decoder` text into a value; `field_type` is a class that values are
    read into with its `model_validate` (pydantic) or by calling it. Text that begins with `{` or `[` is read as JSON
    text, as Tortoise ORM does; other text is a JSON string.
    """

    family = Family.JSON
    indexable = False

    def __init__(
        self,
        encoder: Callable[[Any], str | bytes] | None = None,
        decoder: Callable[[str | bytes], Any] | None = None,
        *,
        field_type: type[T] | None = None,
        **options: Any,
    ) -> None:
        self.encoder = encoder or json_text
        self.decoder = decoder or json.loads
        self.field_type = field_type
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            try:
                value = self.decoder(value)
            except ValueError as error:
                raise JSONTextError(f"Value {value!r} is invalid JSON value: {error}") from error
        if value is None or self.field_type is None:
            return value
        kind: Any = get_origin(self.field_type) or self.field_type  # list of list[str]
        if isinstance(value, kind):
            return value
        return getattr(kind, "model_validate", kind)(value)

    def type_text(self) -> str:
        return super().type_text() if self.field_type is None else type_text(self.field_type)


class CharEnumField(Field[E]):
    """A member of an enum whose values are text, stored by value.

    `native_enum` names a type of the database that lists them (SQLite keeps text), `db_collation` how text compares.
    """

    family = Family.TEXT_ENUM
    option_names = ("max_length", "native_enum", "db_collation")

    def __init__(
        self,
        enum_type: type[E],
        description: str | None = None,
        max_length: int = 0,
        *,
        native_enum: str | None = None,
        db_collation: str | None = None,
        **options: Any,
    ) -> None:
        longest = max((len(str(item.value)) for item in enum_type), default=1)
        if max_length and max_length < longest:
            raise ConfigurationError(f"max_length {max_length} is less than the longest value of {enum_type.__name__}")
        self.enum_type = enum_type
        self.max_length = max_length or longest
        self.native_enum = checked_name(self, native_enum)
        self.db_collation = collation(self, db_collation)
        super().__init__(description=description, **options)

    def describe_options(self) -> tuple[tuple[str, Any], ...]:
        return ("max_length", self.max_length), *native_option(self), *collation_option(self)

    def to_python_value(self, value: Any) -> Any:
        return member(self.enum_type, value)

    def type_text(self) -> str:
        return type_text(self.enum_type)


class IntEnumField(Field[IE]):
    """A member of an enum whose values are whole numbers, stored by value in 16 bits."""

    family = Family.INTEGER_ENUM
    bounds: ClassVar[tuple[int, int]] = (-(2**15), 2**15 - 1)

    def __init__(self, enum_type: type[IE], description: str | None = None, **options: Any) -> None:
        low, high = self.bounds
        if options.get("generated"):
            low = 1
        for item in enum_type:
            told = f"{enum_type.__name__}.{item.name} is not a whole number of 16 bits"
            if type(item.value) is not int:
                raise ConfigurationError(f"IntEnumField only supports integer enums! {told}")
            if not low <= item.value <= high:
                raise ConfigurationError(f"The valid range of IntEnumField's values is {low}..{high}! {told}")
        self.enum_type = enum_type
        super().__init__(description=description, **options)

    def to_python_value(self, value: Any) -> Any:
        return member(self.enum_type, value)

    def type_text(self) -> str:
        return type_text(self.enum_type)


_PLAIN = (IntField, BigIntField, SmallIntField, CharField, TextField, BooleanField, FloatField, DecimalField)
_OTHERS = (DatetimeField, DateField, TimeField, TimeDeltaField, UUIDField, BinaryField, JSONField)
FIELD_TYPES: tuple[type[Field[Any]], ...] = (*_PLAIN, *_OTHERS, CharEnumField, IntEnumField)
