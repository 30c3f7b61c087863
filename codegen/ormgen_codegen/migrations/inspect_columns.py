"""Columns that a database has, as fields: by their SQL types, with enums for those that list their words."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import Any, Final

from ormgen.migrations.documents import FIELDS
from ormgen.migrations.live import LiveColumn, LiveDetails
from ormgen.migrations.tables import stores_alike
from ormgen.schema.column_types import column_type
from ormgen.schema.field import describe_field
from ormgen.schema.model_schema import RESERVED

_TYPES: Final = (  # a pattern of SQL types, and the field with the arguments that groups give
    (r"(tinyint\(1\)|bool(ean)?)$", "BooleanField()"),
    (r"(big ?int|int8|int(eger)?(\(\d+\))? unsigned).*", "BigIntField()"),
    (r"(small ?int|int2|tinyint|year).*", "SmallIntField()"),
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
    (r"time.*", "TimeField()"),
    (r"(bytea|.*blob|.*binary.*|bit\(\d+\))", "BinaryField()"),
)
_OURS: Final = {  # the types that fields have by themselves, as catalogs tell them
    "postgres": (
        r"boolean|bigint|smallint|integer|uuid|character varying\(\d+\)|jsonb|text|double precision|bytea|date"
        r"|numeric\(\d+,\d+\)|timestamp with time zone|time without time zone"
    ),
    "mysql": (
        r"tinyint\(1\)|bigint(\(20\))?|smallint(\(6\))?|int(\(11\))?|char\(36\)|varchar\(\d+\)|json|longtext|double"
        r"|decimal\(\d+,\d+\)|datetime\(6\)|date|time\(6\)|longblob"
    ),
}
_ARRAY: Final = re.compile(r"(.+)\[\]")
_ENUM: Final = re.compile(r"enum\((.*)\)$", re.IGNORECASE | re.DOTALL)


def plain_default(column: LiveColumn, details: LiveDetails) -> str | None:
    """The default of a column; that of an enum without the name of its type, which models do not make."""
    cast = f"::{column.type}"
    known = column.default is not None and column.type in details.labels and column.default.endswith(cast)
    return column.default.removesuffix(cast) if known and column.default is not None else column.default


def type_name(shown: str) -> str | None:
    """The name of a type as a catalog shows it, without quotes; None for one with a dot inside of them."""
    parts = [quoted or plain for quoted, plain in re.findall(r'"((?:[^"]|"")+)"|([^".]+)', shown)]
    return None if any("." in part for part in parts) else ".".join(part.replace('""', '"') for part in parts)


def attribute_name(column: str) -> str:
    """What a column can be called in Python."""
    made = re.sub(r"[\W_]+", "_", column).strip("_") or "column"
    return f"{made}_" if iskeyword(made) or made[0].isdigit() or made in RESERVED else made


class Columns:
    """Fields of columns, and the enums that they need; `taken` are names of models."""

    def __init__(self, details: LiveDetails, taken: set[str]) -> None:
        self.details = details
        self.taken = taken
        self.enums: dict[str, str] = {}  # the source of each, by its name
        self.types: dict[str, str] = {}  # the same of fields with an SQL type of their own

    def call(self, name: str, column: LiveColumn, model: str, table: str = "") -> tuple[str, str]:
        """The field of a column, and a remark behind it where models made of it have another type."""
        if (column.default or "").startswith("GENERATED ALWAYS AS "):
            usual, collation = self._usual(column) or "TextField()", self.details.collations.get((table, name))
            kind = column.type + (f" COLLATE {_named(collation, self.details.dialect)}" if collation else "")
            return self._own_type(usual, kind, f"{model}_{name}", column.default), ""
        words = self.details.labels.get(column.type) or _words(column.type)
        collation = self.details.collations.get((table, name))
        remark = f"  # its type is {column.type}"
        kind = f"{column.type} COLLATE {collation}" if collation and self.details.dialect == "mysql" else column.type
        if words:
            enum = self._enum(f"{model}_{name}" if _ENUM.match(column.type) else column.type, words)
            native = type_name(column.type) if self.details.dialect == "postgres" else f"{model}_{name}".lower()
            if native is None:
                return f"CharEnumField({enum}, max_length={max(map(len, words))})", remark
            return _collated(f"CharEnumField({enum}, native_enum={native!r})", collation), ""
        if array := _ARRAY.fullmatch(column.type):
            return f"ArrayField({array[1]!r})", f"  # its collation is {collation}" if collation else ""
        usual = self._usual(column) or "TextField()"
        if usual.startswith(("CharField(", "TextField(")):
            known = self._usual(column) is not None
            call = usual if self._is_ours(column) else self._own_type(usual, column.type)
            return _collated(call, collation), "" if known or call != usual else remark
        plain = kind == column.type and self._is_ours(column)
        if not plain:
            return self._own_type(usual, kind), ""
        return usual, remark if self.details.dialect == "sqlite" and not _stored_alike(usual, kind) else ""

    def _usual(self, column: LiveColumn) -> str | None:
        for pattern, found in _TYPES:
            match = re.match(pattern, column.type.lower())
            if match is not None:
                return found.format(*match.groups())
        return None

    def _is_ours(self, column: LiveColumn) -> bool:
        """Whether a field has the type by itself; SQLite only looks at words inside of it."""
        ours = _OURS.get(self.details.dialect)
        return column.counting or ours is None or re.fullmatch(ours, column.type.lower()) is not None

    def _own_type(self, call: str, kind: str, name: str = "", computed: str | None = None) -> str:
        """The call of a class that has the SQL type, which is written once."""
        base, _, arguments = call.partition("(")
        text = f"(fields.{base}):\n    SQL_TYPE = {kind!r}\n"
        text += "" if computed is None else f"    GENERATED_SQL = {computed!r}\n"
        called = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", name or kind) if part) or "Own"
        taken = self.taken | self.enums.keys()
        while not called.isidentifier() or called in taken or self.types.get(called, text) != text:
            called = f"{called}Field" if called[:1].isalpha() else f"Field{called}"
        self.types[called] = text
        return f"{called}({arguments}"

    def sources(self) -> list[str]:
        """The classes that fields need, before the models."""
        return [*self.enums.values(), *(f"class {name}{text}" for name, text in self.types.items())]

    def _enum(self, name: str, words: tuple[str, ...]) -> str:
        called = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", name) if part)
        while called in self.taken or called in self.types or not called.isidentifier():
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


def _stored_alike(call: str, kind: str) -> bool:
    """Whether SQLite keeps the values of a field as those of a column of a type."""
    name, _, arguments = call.partition("(")
    given: Any = {option: int(number) for option, number in re.findall(r"(\w+)=(\d+)", arguments)}
    return stores_alike(column_type(describe_field("value", FIELDS[name](**given)), "sqlite"), kind)


def _named(collation: str, dialect: str) -> str:
    """The name of a collation as it stands in SQL."""
    return collation if dialect != "postgres" else f'"{collation}"'


def _collated(call: str, collation: str | None) -> str:
    """The call of a field of text, with the collation of its column."""
    start = call.removesuffix(")")
    return call if collation is None else f"{start}{'' if start.endswith('(') else ', '}db_collation={collation!r})"


def _words(kind: str) -> tuple[str, ...]:
    """The words that a type of MySQL lists."""
    found = _ENUM.match(kind)
    return tuple(_unescaped(word) for word in re.findall(r"'((?:[^']|'')*)'", found[1])) if found else ()


def _unescaped(word: str) -> str:
    marks = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}
    return re.sub(r"\\(.)", lambda found: marks.get(found[1], found[1]), word).replace("''", "'")
