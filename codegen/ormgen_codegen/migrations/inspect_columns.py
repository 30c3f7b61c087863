"""Columns that a database has, as fields: by their SQL types, with enums for those that list their words."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import Final

from ormgen.migrations.live import LiveColumn, LiveDetails
from ormgen.schema.model_schema import RESERVED

_ZONED: Final = r"time(\(\d\))? with time zone|timetz.*"  # times of day are kept without a zone
_TYPES: Final = (  # a pattern of SQL types, and the field with the arguments that groups give
    (r"(tinyint\(1\)|bool(ean)?)$", "BooleanField()"),
    (r"(big ?int|int8).*", "BigIntField()"),
    (r"(small ?int|int2|tinyint).*", "SmallIntField()"),
    (r"(int|integer|mediumint)(\(\d+\))?( unsigned)?$", "IntField()"),
    (r"(char|character)\(36\)$", "UUIDField()"),
    (r"uuid$", "UUIDField()"),
    (r"(?:var)?char(?:acter)?(?: varying)?\((\d+)\)$", "CharField(max_length={0})"),
    (r"json.*", "JSONField()"),
    (r"(tiny|medium|long)?text$|character varying$|varchar$", "TextField()"),
    (r"(double.*|real|float.*)", "FloatField()"),
    (r"(?:decimal|numeric)\((\d+), ?(\d+)\)$", "DecimalField(max_digits={0}, decimal_places={1})"),
    (r"(timestamp|datetime).*", "DatetimeField()"),
    (r"date$", "DateField()"),
    (_ZONED, "TimeField()"),
    (r"time.*", "TimeField()"),
    (r"(bytea|.*blob|.*binary.*)", "BinaryField()"),
)
_ARRAY: Final = re.compile(r"(.+)\[\]")
_ENUM: Final = re.compile(r"enum\((.*)\)$", re.IGNORECASE | re.DOTALL)


def plain_default(column: LiveColumn, details: LiveDetails) -> str | None:
    """The default of a column; that of an enum without the name of its type, which models do not make."""
    cast = f"::{column.type}"
    known = column.default is not None and column.type in details.labels and column.default.endswith(cast)
    return column.default.removesuffix(cast) if known and column.default is not None else column.default


def attribute_name(column: str) -> str:
    """What a column can be called in Python."""
    made = re.sub(r"\W|__+", "_", column).strip("_") or "column"
    return f"{made}_" if iskeyword(made) or made[0].isdigit() or made in RESERVED else made


class Columns:
    """Fields of columns, and the enums that they need; `taken` are names of models."""

    def __init__(self, details: LiveDetails, taken: set[str]) -> None:
        self.details = details
        self.taken = taken
        self.enums: dict[str, str] = {}  # by the text of their members

    def call(self, name: str, column: LiveColumn, model: str) -> tuple[str, str]:
        """The field of a column, and a remark behind it where no field has its type."""
        words = self.details.labels.get(column.type) or _words(column.type)
        if words:
            enum = self._enum(f"{model}_{name}" if _ENUM.match(column.type) else column.type, words)
            longest = max(map(len, words))
            return f"CharEnumField({enum}, max_length={longest})", f"  # its type is {column.type}"
        if array := _ARRAY.fullmatch(column.type):
            return f"ArrayField({array[1]!r})", ""
        for pattern, found in _TYPES:
            match = re.match(pattern, column.type.lower())
            if match is not None:
                lossy = pattern == _ZONED or column.type.endswith(" unsigned")
                told = f"  # its type is {column.type}" if lossy else ""
                return found.format(*match.groups()), told
        return "TextField()", f"  # its type is {column.type}"

    def _enum(self, name: str, words: tuple[str, ...]) -> str:
        called = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", name) if part)
        while called in self.taken or not called.isidentifier():
            called = f"Enum{called}"
        members: dict[str, str] = {}
        for at, word in enumerate(words, 1):
            member = re.sub(r"\W+", "_", word).strip("_").upper()
            if not member.isidentifier() or iskeyword(member.lower()) or member in members:
                member = f"VALUE_{at}"
            members[member] = word
        lines = "".join(f"    {member} = {word!r}\n" for member, word in members.items())
        self.enums[called] = f"class {called}(str, Enum):\n{lines}"
        return called


def _words(kind: str) -> tuple[str, ...]:
    """The words that a type of MySQL lists."""
    found = _ENUM.match(kind)
    return tuple(word.replace("''", "'") for word in re.findall(r"'((?:[^']|'')*)'", found[1])) if found else ()
