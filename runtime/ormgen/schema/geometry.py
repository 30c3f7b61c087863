"""Shapes as text (`POINT(1 2)`) and as the bytes in which MySQL keeps them.

Formats: OGC Simple Features, well-known text and well-known binary; MySQL writes the SRID, four bytes, in front.
"""

from __future__ import annotations

import re
import struct
from math import isfinite
from typing import Any, Final

from ormgen.exceptions import ValidationError

_KINDS: Final = (
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)
_DEPTH: Final = {"POINT": 0, "LINESTRING": 1, "POLYGON": 2}
_PARTS: Final = {"MULTIPOINT": "POINT", "MULTILINESTRING": "LINESTRING", "MULTIPOLYGON": "POLYGON"}
_TOKEN: Final = re.compile(r"\s*([A-Za-z]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[(),])")
_SRID: Final = b"\0\0\0\0"


def wkb_of_text(text: str) -> bytes:
    """The bytes of a shape that is written as text, as MySQL keeps them.

    Raises:
        ValidationError: it is no shape.
    """
    tokens = _tokens(text)
    try:
        made = _shape(tokens)
    except (IndexError, ValueError, KeyError):
        raise ValidationError(f"{text!r} is not a shape, such as POINT(1 2)") from None
    if tokens:
        raise ValidationError(f"{text!r} goes on behind its shape")
    return _SRID + made


def _tokens(text: str) -> list[str]:
    """The words, numbers and marks of a text, the last first."""
    found, place = [], 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            raise ValidationError(f"{text!r} is not a shape, such as POINT(1 2)")
        found.append(match[1])
        place = match.end()
    return found[::-1]


def _take(tokens: list[str], mark: str) -> None:
    if tokens.pop() != mark:
        raise ValueError(mark)


def _shape(tokens: list[str]) -> bytes:
    kind = tokens.pop().upper()
    head = struct.pack("<BI", 1, _KINDS.index(kind) + 1)
    if kind in _DEPTH:
        return head + _body(tokens, _DEPTH[kind])
    if kind == "GEOMETRYCOLLECTION":
        parts = _listed(tokens, lambda: _shape(tokens))
    else:
        part = _PARTS[kind]
        inner = struct.pack("<BI", 1, _KINDS.index(part) + 1)
        parts = _listed(tokens, lambda: inner + _part(tokens, part))
    return head + struct.pack("<I", len(parts)) + b"".join(parts)


def _part(tokens: list[str], kind: str) -> bytes:
    """One member of a MULTI shape; the points of a MULTIPOINT may stand without brackets."""
    bare = kind == "POINT" and tokens[-1] != "("
    return _numbers(tokens) if bare else _body(tokens, _DEPTH[kind])


def _body(tokens: list[str], depth: int) -> bytes:
    if depth == 0:
        _take(tokens, "(")
        point = _numbers(tokens)
        _take(tokens, ")")
        return point
    parts = _listed(tokens, lambda: _numbers(tokens) if depth == 1 else _body(tokens, depth - 1))
    return struct.pack("<I", len(parts)) + b"".join(parts)


def _listed(tokens: list[str], read: Any) -> list[bytes]:
    _take(tokens, "(")
    found = [read()]
    while tokens[-1] == ",":
        tokens.pop()
        found.append(read())
    _take(tokens, ")")
    return found


def _numbers(tokens: list[str]) -> bytes:
    x, y = float(tokens.pop()), float(tokens.pop())
    if not (isfinite(x) and isfinite(y)):
        raise ValueError("no server keeps infinite coordinates")
    return struct.pack("<dd", x, y)


def text_of_geometry(stored: bytes) -> str:
    """A shape as text, from the bytes in which MySQL keeps it.

    Raises:
        ValidationError: they are no shape.
    """
    try:
        text, end = _read(stored, len(_SRID))
    except (struct.error, IndexError):
        raise ValidationError(f"{stored!r} is not a stored shape") from None
    if end != len(stored):
        raise ValidationError(f"{stored!r} goes on behind its shape")
    return text


def _read(data: bytes, place: int) -> tuple[str, int]:
    order = "<" if data[place] == 1 else ">"
    (number,) = struct.unpack_from(f"{order}I", data, place + 1)
    kind = _KINDS[number - 1]
    if kind in _DEPTH:
        text, place = _read_body(data, place + 5, order, _DEPTH[kind])
        return f"{kind}({text})", place
    (count,) = struct.unpack_from(f"{order}I", data, place + 5)
    place, parts = place + 9, []
    for _ in range(count):
        part, place = _read(data, place)
        parts.append(part if kind == "GEOMETRYCOLLECTION" else part[part.index("(") :])
    if kind == "MULTIPOINT":
        parts = [part[1:-1] for part in parts]
    return f"{kind}({','.join(parts)})", place


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _read_body(data: bytes, place: int, order: str, depth: int) -> tuple[str, int]:
    if depth == 0:
        x, y = struct.unpack_from(f"{order}dd", data, place)
        return f"{_number(x)} {_number(y)}", place + 16
    (count,) = struct.unpack_from(f"{order}I", data, place)
    place, parts = place + 4, []
    for _ in range(count):
        part, place = _read_body(data, place, order, depth - 1)
        parts.append(part if depth == 1 else f"({part})")
    return ",".join(parts), place
