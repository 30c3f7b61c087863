"""The lookups a filter may end in: `name__icontains` is the field `name` with the lookup `icontains`.

One table for the stub generator (which keywords exist and what they take) and for SQL (which comparison they
become); a lookup that is not listed for a field's family exists in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from ormgen.records import dataclass


class Family(Enum):
    """Fields of one family compare alike."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    TIMEDELTA = "timedelta"
    UUID = "uuid"
    JSON = "json"
    BINARY = "binary"
    ARRAY = "array"
    SEARCH = "search vector"
    TEXT_ENUM = "text enum"
    INTEGER_ENUM = "integer enum"
    KEY = "key of several columns"
    OTHER = "other"


class Operand(Enum):
    """What the value of a lookup is."""

    VALUE = "one value of the field's type"
    VALUES = "several values of the field's type"
    PAIR = "the lower and the upper bound, both of the field's type"
    TEXT = "str"
    BOOLEAN = "bool"
    INTEGER = "int"
    DATE = "datetime.date"
    JSON = "a JSON value"
    MAPPING = "a mapping of JSON paths to values"


@dataclass(frozen=True, slots=True)
class Lookup:
    """One row of the table: its name, what it is compared with, and the families that accept it."""

    name: str
    operand: Operand
    families: frozenset[Family]


EVERY = frozenset(Family)
COMPARABLE = EVERY - {Family.BINARY, Family.JSON, Family.ARRAY, Family.SEARCH, Family.OTHER}
NUMERIC = frozenset({Family.INTEGER, Family.FLOAT, Family.DECIMAL})
DATED = frozenset({Family.DATE, Family.DATETIME})
TIMED = frozenset({Family.DATETIME, Family.TIME})
ORDERED = NUMERIC | DATED | TIMED | {Family.TEXT, Family.TIMEDELTA, Family.UUID, Family.INTEGER_ENUM, Family.KEY}
TEXTUAL = frozenset({Family.TEXT})


def _rows() -> tuple[Lookup, ...]:
    rows = [
        Lookup("exact", Operand.VALUE, EVERY),
        Lookup("not", Operand.VALUE, EVERY),
        Lookup("in", Operand.VALUES, COMPARABLE),
        Lookup("not_in", Operand.VALUES, COMPARABLE),
        Lookup("isnull", Operand.BOOLEAN, EVERY),
        Lookup("not_isnull", Operand.BOOLEAN, EVERY),
    ]
    rows += [Lookup(name, Operand.VALUE, ORDERED) for name in ("gt", "gte", "lt", "lte")]
    rows.append(Lookup("range", Operand.PAIR, ORDERED))
    rows += [
        Lookup(name, Operand.TEXT, TEXTUAL)
        for name in (
            "contains",
            "icontains",
            "startswith",
            "istartswith",
            "endswith",
            "iendswith",
            "iexact",
            "posix_regex",
            "iposix_regex",
            "regex",
            "iregex",
        )
    ]
    rows.append(Lookup("search", Operand.TEXT, TEXTUAL | {Family.SEARCH}))
    rows += [Lookup(name, Operand.INTEGER, DATED) for name in ("year", "quarter", "month", "week", "day")]
    rows += [Lookup(name, Operand.INTEGER, TIMED) for name in ("hour", "minute", "second", "microsecond")]
    rows.append(Lookup("date", Operand.DATE, frozenset({Family.DATETIME})))
    documents = frozenset({Family.JSON})
    rows += [Lookup(name, Operand.JSON, documents) for name in ("contains", "contained_by")]
    rows.append(Lookup("filter", Operand.MAPPING, documents))
    lists = frozenset({Family.ARRAY})
    rows += [Lookup(name, Operand.VALUE, lists) for name in ("contains", "contained_by", "overlap")]
    rows.append(Lookup("len", Operand.INTEGER, lists))
    return tuple(rows)


LOOKUPS: tuple[Lookup, ...] = _rows()
LOOKUP_NAMES: frozenset[str] = frozenset(row.name for row in LOOKUPS)

_BY_FAMILY: Mapping[Family, Mapping[str, Lookup]] = MappingProxyType(
    {family: MappingProxyType({row.name: row for row in LOOKUPS if family in row.families}) for family in Family}
)


def lookups_of(family: Family) -> Mapping[str, Lookup]:
    """The lookups that fields of `family` accept, by name, in the order of the table."""
    return _BY_FAMILY[family]


EVERY_LOOKUP: Mapping[str, Lookup] = MappingProxyType({row.name: row for row in reversed(LOOKUPS)})
"""Every lookup by name, for values of which nothing is known; of several with one name the first."""
