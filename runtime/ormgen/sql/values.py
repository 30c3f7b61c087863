"""Values on their way to the database and back: one converter for each field and dialect.

Every write and every filter goes through the same encoder, so that a value that was stored is found again.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import partial
from math import isfinite, isnan
from operator import attrgetter
from typing import Any

from ormgen.exceptions import ValidationError, located
from ormgen.query.instance import key_of
from ormgen.query.layout import Decoder
from ormgen.schema.column_types import own_type
from ormgen.schema.database_fields import ArrayField, CompressedUUIDField, GeometryField
from ormgen.schema.field import Field, base_type
from ormgen.schema.field_types import (
    BinaryField,
    BooleanField,
    CharEnumField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntEnumField,
    IntField,
    JSONField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.instance import Instance
from ormgen.schema.reading import refuse_zone
from ormgen.sql.direct import decimal_of_its_places, direct_text, plain_members
from ormgen.sql.json_text import json_decoder, json_encoder
from ormgen.sql.usual import quick
from ormgen.sql.zone import NaiveMoment, Zone, at_place, aware

Encoder = Callable[[Any], Any]

PLAIN_PLACES = 6  # so many places behind the point are never written with an exponent
UTC = datetime.UTC
_JSON = JSONField[Any]()
_MICROSECOND = datetime.timedelta(microseconds=1)


class Codec:
    """The encoders and decoders of one dialect; `text_kinds` are the field types it keeps as text."""

    def __init__(self, dialect: str, zone: Zone) -> None:
        self.dialect = dialect
        self.zone = zone

    def encoder(
        self, field: Field[Any], key: str | None = None, *, stored: bool = True, of: str | None = None
    ) -> Encoder:
        """The function that turns a Python value, or an instance standing for its attribute `key`, into a parameter.

        `of` is the path of the model that instances have to be of, where it is known.

        A value that is `stored` is rounded to the field's places, one that is compared with is not.

        The function raises ValidationError for a value that the field's type cannot hold.
        """
        coerce = field.to_python_value
        convert = self._stored(field, stored)
        python_type = field.python_type
        custom = self._custom(field, "to_db_value") or (
            None if type(field).to_db_value is Field.to_db_value else field.to_db_value
        )

        def encode(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is not python_type:
                if isinstance(value, Instance):
                    value = key_of(value, key or "pk", of)
                if custom is None:
                    value = coerce(value)
            if custom is not None:
                value = custom(value, None)
                if not isinstance(value, python_type):
                    return value
            return value if convert is None else convert(value)

        return encode if custom is not None else quick(field, convert, encode)

    def is_custom(self, field: Field[Any]) -> bool:
        """Whether the user's own code makes parameters of values."""
        return self._custom(field, "to_db_value") is not None or type(field).to_db_value is not Field.to_db_value

    def direct(self, field: Field[Any]) -> Encoder | None:
        """What makes a parameter of a checked value of exactly the field's own type; None: it is one.

        It may raise for a value that is out of the ordinary, and does so for every decimal that `check` refuses.
        """
        if isinstance(field, IntField):
            return None
        if isinstance(field, CharEnumField | IntEnumField):
            return attrgetter("_value_") if plain_members(field) else _enum_value
        if isinstance(field, DecimalField) and field.decimal_places <= PLAIN_PLACES:
            return decimal_of_its_places(field, as_text=self.dialect == "sqlite")
        if isinstance(field, DatetimeField):
            return self._direct_datetime()
        if isinstance(field, DateField | TimeField):
            return field.python_type.isoformat if self.dialect == "sqlite" else None
        return self._stored(field, True)

    def direct_text(self, field: Field[Any], value: str, call: str) -> str:
        """What `direct` does as Python text; `call` stands for calling it."""
        return direct_text(self.dialect, field, value, call)

    def _direct_datetime(self) -> Encoder:
        stored = self._stored_datetime()
        if self.dialect == "postgres":
            return lambda value: value if value.tzinfo is UTC else stored(value)
        if self.dialect == "sqlite":
            return lambda value: value.isoformat(" ") if value.tzinfo is UTC else stored(value)
        return stored

    def encoded(self, encode: Encoder, value: Any, place: str) -> Any:
        """`value` through an encoder; errors and warnings say that it is one of `place`, such as `Hero.born`."""
        try:
            return encode(value)
        except NaiveMoment:
            with at_place(place):
                return encode(value)
        except ValidationError as error:
            raise located(place, error) from error

    def _custom(self, field: Field[Any], method: str) -> Callable[..., Any] | None:
        """A conversion that the class of a field has for this dialect, in a nested class `_db_<dialect>`."""
        found = getattr(getattr(field, f"_db_{self.dialect}", None), method, None)
        return None if found is None else partial(found, field)

    def _stored(self, field: Field[Any], rounded: bool) -> Encoder | None:
        """The form in which the dialect keeps values of the field's Python type; None: as they are."""
        if isinstance(field, IntField):
            return field_checked(field)
        if isinstance(field, TimeDeltaField):
            return field_checked(field, _microseconds)
        if isinstance(field, DatetimeField):
            return self._stored_datetime()
        if isinstance(field, DecimalField):
            return decimal_encoder(field if rounded else None, as_text=self.dialect == "sqlite")
        if isinstance(field, CharEnumField | IntEnumField):
            return _enum_value
        if isinstance(field, FloatField) and self.dialect != "postgres":
            return _number if self.dialect == "sqlite" else _finite_number
        if isinstance(field, JSONField):
            return json_encoder(field, self.dialect != "postgres")
        if isinstance(field, CharField | TextField) and self.dialect == "postgres":
            return without_nul
        if isinstance(field, UUIDField) and self.dialect != "postgres":
            return _uuid_bytes if self._is_short(field) else str
        if isinstance(field, ArrayField):
            return self._stored_array
        if isinstance(field, TimeField):
            return _time_text if self.dialect == "sqlite" else refuse_zone
        return _isoformat if isinstance(field, DateField) and self.dialect == "sqlite" else None

    def _is_short(self, field: UUIDField) -> bool:
        return self.dialect == "mysql" and isinstance(field, CompressedUUIDField) and field.binary_compression

    def _stored_array(self, items: list[Any]) -> list[Any]:
        return [self._stored_array(item) if isinstance(item, list) else self.plain(item) for item in items]

    def _stored_datetime(self) -> Encoder:
        to_utc = self.zone.to_utc
        if self.dialect == "postgres":
            return to_utc
        if self.dialect == "mysql":
            return lambda value: to_utc(value).replace(tzinfo=None)
        return lambda value: to_utc(value).isoformat(" ")

    def decoder(self, field: Field[Any] | None) -> Decoder | None:
        """The function that reads a stored value that is not None; None where the driver gives the right type."""
        if field is None:
            return None
        base = self._read(field)
        convert = self._custom(field, "to_python_value")
        if convert is None and type(field).to_python_value is base_type(field).to_python_value:
            return base
        convert = convert or field.to_python_value
        if own_type(field, self.dialect) is not None and base_type(field) is not type(field):
            return convert  # a column of its own type holds what the class itself made
        return convert if base is None else lambda value: convert(base(value))

    def computed_decoder(self, field: Field[Any] | None) -> Decoder | None:
        """The same for a value that the database computed: some widen whole numbers to decimals."""
        if isinstance(field, DecimalField) and self.dialect == "sqlite":
            return decimal_decoder(field, computed=True)
        return _whole if isinstance(field, IntField) and self.dialect != "sqlite" else self.decoder(field)

    def _read(self, field: Field[Any]) -> Decoder | None:
        if isinstance(field, CharEnumField | IntEnumField):
            return field.enum_type
        if isinstance(field, JSONField):
            return json_decoder(field)
        if isinstance(field, TimeDeltaField):
            return _timedelta
        if isinstance(field, DatetimeField):
            return self._read_datetime()
        if self.dialect == "postgres":
            return float if isinstance(field, FloatField) else None
        if isinstance(field, BooleanField):
            return bool
        if isinstance(field, UUIDField):
            return _uuid_of_bytes if self._is_short(field) else uuid.UUID
        if isinstance(field, GeometryField):
            return field.to_python_value
        if isinstance(field, BinaryField) and self.dialect == "sqlite":
            return bytes
        if isinstance(field, TimeField) and self.dialect == "mysql":
            return _time_of_day
        if self.dialect == "sqlite":
            return self._read_sqlite(field)
        return float if isinstance(field, FloatField) else None

    def _read_sqlite(self, field: Field[Any]) -> Decoder | None:
        if isinstance(field, DecimalField):
            return decimal_decoder(field)
        if isinstance(field, DateField):
            return datetime.date.fromisoformat
        if isinstance(field, TimeField):
            return datetime.time.fromisoformat
        return float if isinstance(field, FloatField) else None

    def _read_datetime(self) -> Decoder | None:
        from_utc = self.zone.from_utc
        if self.dialect == "sqlite":
            parse = datetime.datetime.fromisoformat
            return lambda value: from_utc(parse(value))
        if self.dialect == "postgres" and self.zone == Zone():
            return aware
        return from_utc

    def json(self, value: Any) -> str:
        """A value as JSON text; None is null, which is a value there.

        Raises:
            ValidationError: JSON has no such value, or the dialect cannot keep it.
        """
        return "null" if value is None else str(json_encoder(_JSON, self.dialect != "postgres")(value))

    def text(self, value: str) -> str:
        """Text as the dialect takes it.

        Raises:
            ValidationError: it holds a NUL character and the dialect has none.
        """
        return without_nul(value) if self.dialect == "postgres" else value

    def plain(self, value: Any) -> Any:
        """A parameter for a value whose field is not known, by its Python type."""
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, datetime.datetime):
            return self._stored_datetime()(value)
        if isinstance(value, datetime.timedelta):
            return _microseconds(value)
        if isinstance(value, datetime.time):
            refuse_zone(value)
        if self.dialect != "postgres" and isinstance(value, uuid.UUID):
            return str(value)
        if self.dialect == "sqlite" and isinstance(value, Decimal):
            return str(value)
        if self.dialect == "sqlite" and isinstance(value, datetime.date | datetime.time):
            return value.isoformat()
        if isinstance(value, Instance):
            return key_of(value, "pk")
        return value


def field_checked(field: Field[Any], encoded: Encoder | None = None) -> Encoder:
    """An encoder that lets through, `encoded`, what is within the field's limits."""
    check = field.check

    def encode(value: Any) -> Any:
        check(value)
        return value if encoded is None else encoded(value)

    return encode


def decimal_encoder(field: DecimalField | None, *, as_text: bool) -> Encoder:
    """Decimals, with the places of `field` where it is given, as text where the database has no exact number."""

    def encode(value: Decimal) -> Any:
        if not value.is_finite():
            raise ValidationError(f"{value} is not a finite number")
        exact = value if field is None else field.rounded(value)
        return f"{exact:f}" if as_text else exact

    return encode


def decimal_decoder(field: DecimalField, computed: bool = False) -> Decoder:
    """Stored decimals, with the field's places; what was `computed` exactly, as text, keeps all of its own."""

    def decode(value: Any) -> Decimal:
        exact = Decimal(value if isinstance(value, str) else repr(value))
        return exact if computed and isinstance(value, str) else field.rounded(exact)

    return decode


def without_nul(value: str) -> str:
    """Text for PostgreSQL, which has no NUL character in any.

    Raises:
        ValidationError: it holds one.
    """
    if "\x00" in value:
        raise ValidationError("text cannot hold a NUL character on PostgreSQL")
    return value


def _uuid_bytes(value: uuid.UUID) -> bytes:
    return value.bytes


def _uuid_of_bytes(value: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=value)


def _number(value: float) -> float:
    if isnan(value):
        raise ValidationError(f"{value} is not a finite number")  # SQLite would keep NULL
    return value


def _finite_number(value: float) -> float:
    if not isfinite(value):
        raise ValidationError(f"{value} is not a finite number")
    return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _enum_value(value: Any) -> Any:
    return value.value


def _microseconds(value: datetime.timedelta) -> int:
    return value // _MICROSECOND


def _timedelta(value: Any) -> datetime.timedelta:
    return datetime.timedelta(microseconds=int(value))


def _isoformat(value: datetime.date) -> str:
    return value.isoformat()


def _time_text(value: datetime.time) -> str:
    return refuse_zone(value).isoformat()


def _time_of_day(value: Any) -> datetime.time:
    if isinstance(value, datetime.timedelta):
        return (datetime.datetime.min + value).time()
    return value if isinstance(value, datetime.time) else datetime.time.fromisoformat(str(value))
