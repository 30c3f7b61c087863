"""Functions of one row that SQLite lacks, or knows for ASCII and floating numbers only; null gives null."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

EXACT: Final = Context(prec=1000, rounding=ROUND_HALF_EVEN)
QUOTIENT: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)
_STEP: Final = re.compile(r'\.("(?:[^"\\]|\\.)*")|\[(\d+)\]')
_MICROSECOND: Final = datetime.timedelta(microseconds=1)


def number(value: Any) -> Decimal | None:
    """A stored decimal or a number; None for what is no number."""
    try:
        return Decimal(value) if isinstance(value, str | int) else Decimal(repr(value))
    except InvalidOperation:
        return None


def _decimal(calculate: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], str | None]:
    def run(left: Any, right: Any) -> str | None:
        first, second = number(left), number(right)
        return None if first is None or second is None else f"{calculate(first, second):f}"

    return run


def _divided(calculate: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], str | None]:
    """The same for what has no result where the second number is zero."""
    run = _decimal(calculate)
    return lambda left, right: run(left, right) if number(right) else None


def _rounded(value: Decimal, places: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, EXACT)


def _whole(rounding: str) -> Callable[[Any], int | None]:
    def run(value: Any) -> int | None:
        exact = number(value)
        return None if exact is None else int(exact.to_integral_value(rounding))

    return run


def sign(value: Any) -> int | None:
    """-1, 0 or 1."""
    exact = number(value)
    return None if exact is None else (exact > 0) - (exact < 0)


def remainder(left: Any, right: Any) -> Any:
    """What is left of a division, with the sign of the number that is divided."""
    if isinstance(left, str) or isinstance(right, str):
        return _divided(EXACT.remainder)(left, right)
    if not right:
        return None
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right)
    return abs(left) % abs(right) * (1 if left >= 0 else -1)


def _real(calculate: Callable[..., float]) -> Callable[..., float | None]:
    def run(*values: Any) -> float | None:
        try:
            return calculate(*[float(value) for value in values])
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return run


def substring(text: str, start: int, *size: int) -> str:
    """The part of a text from a place on that is counted from 1, or from the end where it is negative."""
    begin = start - 1 if start > 0 else max(len(text) + start, 0) if start else -1
    end = begin + max(size[0], 0) if size else len(text)
    return text[max(begin, 0) : max(end, 0)]


def right(text: str, size: int) -> str:
    """The last characters."""
    return text[-size:] if size > 0 else ""


def padded_left(text: str, size: int, fill: str) -> str:
    """Text of an exact length, filled up in front."""
    return _filling(text, size, fill) + text[:size]


def padded_right(text: str, size: int, fill: str) -> str:
    """Text of an exact length, filled up at its end."""
    return text[:size] + _filling(text, size, fill)


def _filling(text: str, size: int, fill: str) -> str:
    missing = max(0, size - len(text)) if fill else 0
    return (fill * missing)[:missing]


def joined(texts: str, delimiter: str) -> str | None:
    """The texts of a JSON array in one; None where there is none."""
    found = [str(item) for item in json.loads(texts) if item is not None]
    return delimiter.join(found) if found else None


def contains(value: str, other: str) -> bool:
    """Whether a JSON value holds all that another one does, as PostgreSQL sees it."""
    whole, part = json.loads(value), json.loads(other)
    return _holds(whole, part) or (isinstance(whole, list) and not isinstance(part, list | dict) and _has(whole, part))


def _holds(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _holds(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(_holds(each, item) for each in whole) for item in part)
    return isinstance(whole, bool) is isinstance(part, bool) and bool(whole == part)


def _has(whole: list[Any], part: Any) -> bool:
    return any(_holds(each, part) for each in whole)


def _same(value: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(_same(value[key], other[key]) for key in value)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    return isinstance(value, bool) is isinstance(other, bool) and bool(value == other)


def text_inside(document: str, path: str) -> str | None:
    """The text at a path such as `$."a"[0]` of a JSON value; None where there is no text."""
    found = json.loads(document)
    for name, place in _STEP.findall(path):
        try:
            found = found[int(place)] if place else found[json.loads(name)]
        except (LookupError, TypeError):
            return None
    return found if isinstance(found, str) else None


@lru_cache(maxsize=16)
def _zone(name: str) -> datetime.tzinfo:
    if name == "UTC":
        return datetime.UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def md5(value: Any) -> str:
    """The digest of a text."""
    from hashlib import md5 as digest

    return digest(str(value).encode(), usedforsecurity=False).hexdigest()


def moment(text: str) -> str | None:
    """A moment in ISO 8601 as columns keep it; None for what is none."""
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    known = read if read.tzinfo is not None else read.replace(tzinfo=datetime.UTC)
    return known.astimezone(datetime.UTC).isoformat(" ")


def in_zone(text: str, name: str) -> str:
    """A stored moment as date and time of a time zone."""
    return datetime.datetime.fromisoformat(text).astimezone(_zone(name)).replace(tzinfo=None).isoformat(" ")


def from_zone(text: str, name: str) -> str:
    """Date and time of a time zone as a stored moment."""
    local = datetime.datetime.fromisoformat(text).replace(tzinfo=_zone(name))
    return local.astimezone(datetime.UTC).isoformat(" ")


def between(later: str, earlier: str) -> int:
    """The microseconds from one moment or date to another."""
    return (datetime.datetime.fromisoformat(later) - datetime.datetime.fromisoformat(earlier)) // _MICROSECOND


def shifted(text: str, microseconds: int) -> str:
    """A moment or a date that is so many microseconds later."""
    made = datetime.datetime.fromisoformat(text) + int(microseconds) * _MICROSECOND
    return made.date().isoformat() if len(text) == 10 else made.isoformat(" ")


def _greatest(values: tuple[Any, ...], best: Callable[..., Decimal]) -> str | None:
    found = [number(value) for value in values]
    known = [value for value in found if value is not None]
    return f"{best(known):f}" if len(known) == len(found) else None


def _unless_null(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        return None if None in values else function(*values)

    return run


_TEXT: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = MappingProxyType(
    {
        "upper": (1, lambda value: value.upper() if isinstance(value, str) else value),
        "endswith": (2, lambda text, end: str(text).endswith(str(end))),
        "iendswith": (2, lambda text, end: str(text).lower().endswith(str(end).lower())),
        "length": (1, lambda text: len(str(text))),
        "substring": (-1, lambda text, *places: substring(str(text), *places)),
        "replace": (3, lambda text, old, new: str(text).replace(str(old), str(new)) if old else text),
        "right": (2, lambda text, size: right(str(text), size)),
        "lpad": (3, lambda text, size, fill: padded_left(str(text), size, fill)),
        "rpad": (3, lambda text, size, fill: padded_right(str(text), size, fill)),
        "reverse": (1, lambda text: str(text)[::-1]),
        "repeat": (2, lambda text, times: str(text) * times),
        "md5": (1, md5),
        "joined": (2, joined),
        "json_contains": (2, contains),
        "json_same": (2, lambda value, other: _same(json.loads(value), json.loads(other))),
        "json_text": (2, text_inside),
        "moment": (1, moment),
        "in_zone": (2, in_zone),
        "from_zone": (2, from_zone),
        "between": (2, between),
        "shifted": (2, shifted),
    }
)
_NUMBERS: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = MappingProxyType(
    {
        "ceil": (1, _whole(ROUND_CEILING)),
        "floor": (1, _whole(ROUND_FLOOR)),
        "sign": (1, sign),
        "mod": (2, remainder),
        "sqrt": (1, _real(math.sqrt)),
        "power": (2, _real(math.pow)),
        "exp": (1, _real(math.exp)),
        "ln": (1, _real(math.log)),
        "log10": (1, _real(math.log10)),
        "sin": (1, _real(math.sin)),
        "cos": (1, _real(math.cos)),
        "tan": (1, _real(math.tan)),
        "decimal_add": (2, _decimal(EXACT.add)),
        "decimal_subtract": (2, _decimal(EXACT.subtract)),
        "decimal_multiply": (2, _decimal(EXACT.multiply)),
        "decimal_divide": (2, _divided(QUOTIENT.divide)),
        "decimal_remainder": (2, _divided(EXACT.remainder)),
        "decimal_round": (2, _decimal(_rounded)),
        "decimal_abs": (1, lambda value: _decimal(lambda left, _: abs(left))(value, 0)),
        "decimal_greatest": (-1, lambda *values: _greatest(values, max)),
        "decimal_least": (-1, lambda *values: _greatest(values, min)),
    }
)
SCALARS: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = MappingProxyType(
    {f"ormgen_{name}": (size, _unless_null(function)) for name, (size, function) in (*_TEXT.items(), *_NUMBERS.items())}
)
"""Each function by its name in SQL, with the number of its arguments (-1: any)."""
