"""Reads what users pass as the Python type of a field, and refuses what no database can hold."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from enum import Enum
from typing import Any

from ormgen.exceptions import ValidationError


def member(enum_type: type[Enum], value: Any) -> Any:
    """The member of an enum that `value` is or stands for.

    Raises:
        ValidationError: it has none.
    """
    if value is None or isinstance(value, enum_type):
        return value
    try:
        return enum_type(value)
    except ValueError as error:
        raise ValidationError(f"{value!r} is not a value of {enum_type.__name__}") from error


def text(value: Any) -> Any:
    """Text, or what `str()` makes of other values but bytes.

    Raises:
        ValidationError: it is bytes.
    """
    if value is None or type(value) is str:
        return value
    if isinstance(value, str):  # members of enums, whose str() is their name
        return str.__str__(value)
    if isinstance(value, bytes | bytearray):
        raise ValidationError(f"{type(value).__name__} is not text")
    return str(value)


def refuse_unstorable(value: str) -> None:
    """Refuse text that is no Unicode; a NUL is refused by those databases that cannot hold it.

    Raises:
        ValidationError: it holds half of a surrogate pair.
    """
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValidationError(f"text cannot hold half of a surrogate pair, at position {error.start}") from error


def refuse_zone(value: datetime.time) -> datetime.time:
    """`value`, a time of day without a zone; most databases would drop one without a word.

    Raises:
        ValidationError: it has a zone.
    """
    if value.tzinfo is not None:
        raise ValidationError(
            f"{value!r} has a time zone, and a time of day is kept without one. "
            "Hint: pass value.replace(tzinfo=None), or keep a moment in a DatetimeField"
        )
    return value


def read(reader: Callable[..., Any], value: Any, name: str, *more: Any) -> Any:
    """What `reader` makes of `value`; `name` is the type that it reads.

    Raises:
        ValidationError: it cannot.
    """
    try:
        return reader(value, *more)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise ValidationError(f"{value!r} is not a valid {name}") from error
