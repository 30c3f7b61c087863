"""Parameters as SQL text, to be read by people or run by hand; statements of ours never run so."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

PLACE: Final = "\x00{}\x00"
_PLACE: Final = re.compile("\x00([0-9]+)\x00")
_POSTGRES_TYPES: Final[dict[type, str]] = {
    datetime.datetime: "timestamptz",
    datetime.date: "date",
    datetime.time: "time",
    datetime.timedelta: "interval",
    uuid.UUID: "uuid",
}


def inlined(text: str, parameters: Sequence[Any], dialect: str) -> str:
    """`text` with literals in the places that `PLACE` marks, counted from 1."""
    return _PLACE.sub(lambda match: literal(parameters[int(match[1]) - 1], dialect), text)


def literal(value: Any, dialect: str) -> str:
    """A value as the literal of a dialect."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper() if dialect == "postgres" else str(int(value))
    if isinstance(value, int | float | Decimal):
        return _number(value, dialect)
    if isinstance(value, bytes | bytearray | memoryview):
        digits = bytes(value).hex()
        return f"'\\x{digits}'::bytea" if dialect == "postgres" else f"X'{digits}'"
    if isinstance(value, list | tuple):
        return f"ARRAY[{','.join(literal(item, dialect) for item in value)}]"
    if isinstance(value, dict):
        value = json.dumps(value)
    text = _quoted(str(value), dialect)
    cast = _POSTGRES_TYPES.get(type(value)) if dialect == "postgres" else None
    return text if cast is None else f"{text}::{cast}"


def _number(value: float | Decimal, dialect: str) -> str:
    text = str(value)
    if text.strip("-").isalpha():  # nan, inf
        return _quoted(text, dialect) + ("::double precision" if dialect == "postgres" else "")
    return text


def _quoted(text: str, dialect: str) -> str:
    if dialect == "mysql":
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"
