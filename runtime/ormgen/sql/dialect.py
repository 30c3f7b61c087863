"""What differs between databases; standard SQL is the default."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, ClassVar, Final, Literal

from pypika import Query

from ormgen.exceptions import UnSupportedError
from ormgen.query.expressions import Nulls, Operator
from ormgen.schema.field import Field, FieldSchema
from ormgen.schema.field_types import DecimalField
from ormgen.schema.lookups import Family
from ormgen.sql.fragments import Fragment, Sql, quoted
from ormgen.sql.functions import spelled
from ormgen.sql.usual import encoded_all
from ormgen.sql.zone import Zone

Operands = tuple[Field[Any] | None, Field[Any] | None]

_LIKE_SPECIAL: Final = re.compile("[!%_]")


class Dialect:
    """Standard SQL with `?` placeholders; each database overrides what it spells otherwise."""

    name: ClassVar[str] = ""
    query: ClassVar[type[Query]] = Query
    quote: ClassVar[str] = '"'
    max_parameters: ClassVar[int] = 30_000
    rows_at_once: ClassVar[int] = 500  # narrow rows in one statement that stores many
    returning: ClassVar[bool] = True
    returning_array: ClassVar[bool] = False  # what many new rows tell can come as one array
    no_limit: ClassVar[str | None] = None
    locks: ClassVar[bool] = True
    index_hints: ClassVar[bool] = False
    numbered: ClassVar[bool] = False
    limit_in_subquery: ClassVar[bool] = True
    json_set_builds: ClassVar[bool] = False  # what is missing on the way to what is set
    row_list: ClassVar[str] = "{} IN ({})"

    def placeholder(self, position: int) -> str:
        """The placeholder of the parameter at `position`, counted from 1."""
        return "?"

    def quoted(self, name: str) -> str:
        """`name` as an identifier."""
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def escaped(self, text: str) -> str:
        """SQL text as the driver wants it where it interpolates."""
        return text

    def comparable(self, term: Sql, field: Any) -> Sql:
        """`term` in a form in which values compare and sort as their Python values do."""
        return term

    def argument(self, term: Sql, field: Any) -> Sql:
        """A column as an argument of functions, or where its values meet computed ones."""
        return term

    def compared(self, term: Sql, field: Any) -> Sql:
        """A computed operand in the form in which it is compared with values of `field`."""
        return term

    def ordered(self, term: Sql, descending: bool, nulls: Nulls | None) -> Sql:
        """One entry of an ORDER BY."""
        text = f"{{}} {'DESC' if descending else 'ASC'}"
        return Fragment(text if nulls is None else f"{text} NULLS {nulls.upper()}", term)

    def arithmetic(self, left: Sql, operator: Operator, right: Sql, fields: Operands, field: Any) -> Sql:
        """Arithmetic on terms of the two `fields`; `field` is that of the result."""
        families = [None if each is None else each.family for each in fields]
        moments = [family in (Family.DATETIME, Family.DATE) for family in families]
        if all(moments):
            return self.between(left, right, families[0] is Family.DATE)
        if any(moments):
            moment, span = (left, right) if moments[0] else (right, left)
            if operator == "-":
                span = Fragment("(-{})", span)
            return self.shifted(moment, span, Family.DATE in families)
        return self.calculated(left, operator, right, field)

    def calculated(self, left: Sql, operator: Operator, right: Sql, field: Any) -> Sql:
        """Arithmetic on numbers."""
        if operator == "**":
            return spelled(self.name, "POWER", (left, right), ())
        return Fragment(f"({{}}{operator}{{}})", left, right)

    def between(self, later: Sql, earlier: Sql, days: bool) -> Sql:
        """The microseconds from one moment, or with `days` from one date, to another."""
        raise NotImplementedError

    def shifted(self, moment: Sql, span: Sql, days: bool) -> Sql:
        """A moment, or with `days` a date, that is so many microseconds later."""
        raise NotImplementedError

    def takes_array(self, field: Any) -> bool:
        """Whether many values of `field` may be one parameter."""
        return False

    def array(self, encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """An encoder that makes one parameter of many values."""
        return partial(encoded_all, encode)

    def in_array(self, term: Sql, place: Sql) -> Sql:
        """Whether `term` is one of the values of one parameter."""
        return Fragment("{}=ANY({})", term, place)

    def like(self, before: str, after: str, term: Sql, patterns: list[Sql], ignore_case: bool) -> Sql:
        """Whether text matches what `patterns`, called with the same `before` and `after`, made of a value."""
        template = "UPPER({}) LIKE UPPER({}) ESCAPE '!'" if ignore_case else "{} LIKE {} ESCAPE '!'"
        return Fragment(template, term, *patterns)

    def patterns(self, before: str, after: str, ignore_case: bool) -> list[Callable[[str], str]]:
        """Functions that turn text into the patterns for `like`; `before` and `after` are "%" or nothing."""

        def pattern(text: str) -> str:
            if "%" in text or "_" in text or "!" in text:  # looking for each takes a tenth of what `sub` does
                text = _LIKE_SPECIAL.sub(r"!\g<0>", text)
            return f"{before}{text}{after}"

        return [pattern]

    def pattern_of(self, before: str, after: str, term: Sql, ignore_case: bool) -> list[Sql]:
        """The patterns for `like` made of a term."""
        template = "{}"
        for special in "!%_":
            template = f"REPLACE({template},'{special}','!{special}')"
        return [Fragment("({}||{}||{})", quoted(before), Fragment(template, term), quoted(after))]

    def same_text(self, term: Sql, other: Sql) -> Sql:
        """Whether two texts are equal without regard to case."""
        return Fragment("UPPER({})=UPPER({})", term, other)

    def same(self, term: Sql, other: Sql) -> Sql:
        """Whether two values are equal, or both null."""
        return Fragment("{} IS NOT DISTINCT FROM {}", term, other)

    def same_json(self, term: Sql, other: Sql) -> Sql:
        """Whether two JSON values are equal, however they are written."""
        return Fragment("{}={}", term, other)

    def neighbour(self, name: str, terms: list[Sql], over: Sql) -> Sql:
        """LAG or LEAD over a window, with a default as its third argument."""
        return Fragment("{}{}", spelled(self.name, name, terms, ()), over)

    def json_path(self, keys: tuple[str, ...]) -> Any:
        """The parameter that leads into a JSON value; keys of digits are places in arrays."""
        return "$" + "".join([_place(key) if key.isdecimal() else _key(key) for key in keys])

    def json_paths(self, keys: tuple[str, ...]) -> list[Any]:
        """Every parameter that may lead to what is meant: keys of digits are places in arrays or keys of objects.

        Of more than three keys of digits, the further ones are places.
        """
        self.json_path(keys)
        numbers = [at for at, key in enumerate(keys) if key.isdecimal()][:3]
        found = []
        for named in product((True, False), repeat=len(numbers)):  # MariaDB takes what is no array for one of it alone
            as_keys = {at for at, chosen in zip(numbers, named, strict=True) if chosen}
            steps = [_place(key) if key.isdecimal() and at not in as_keys else _key(key) for at, key in enumerate(keys)]
            found.append("$" + "".join(steps))
        return found

    def json_place(self, document: Sql, path: Any, constant: Callable[[Any], Sql]) -> Sql:
        """One of `json_paths` as a bound parameter, null where `document` has another shape."""
        return constant(path)

    def in_json(self, document: Sql, path: Sql, family: Family | None) -> Sql:
        """What stands inside a JSON value, as a value of `family` or null; of None, anything that is not null."""
        raise NotImplementedError

    def json_literal(self, place: Sql) -> Sql:
        """Bound JSON text as a JSON value."""
        raise NotImplementedError

    def as_json(self, term: Sql, field: Any) -> Sql:
        """A value of `field` where JSON is made of it."""
        return term

    def json_set(self, document: Sql, path: Sql, value: Sql) -> Sql:
        """A JSON value with another one at a path."""
        return Fragment("json_set({},{},{})", document, path, value)

    def json_remove(self, document: Sql, path: Sql) -> Sql:
        """A JSON value without what stands at a path."""
        return Fragment("json_remove({},{})", document, path)

    def json_length(self, array: Sql) -> Sql:
        """How long a JSON array is; null where it is none."""
        raise NotImplementedError

    def json_key(self, place: Sql) -> Sql:
        """A bound key of a JSON object that is built."""
        return place

    def json_built(self, kind: Literal["object", "array"], parts: list[Sql]) -> Sql:
        """A JSON object of keys and values in turn, or an array."""
        return Fragment(f"json_{kind}({','.join(['{}'] * len(parts))})", *parts)

    def json_contains(self, term: Sql, other: Sql) -> Sql:
        """Whether a JSON value holds all that another one does."""
        raise NotImplementedError

    def search(self, term: Sql, query: Sql, family: Family, bound: bool) -> Sql:
        """Whether a full-text search finds something; `bound` says that the query is plain text.

        Raises:
            UnSupportedError: the database has no such search.
        """
        raise UnSupportedError(f"full-text search exists on PostgreSQL and MySQL, not on {self.name}")

    def regex(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        """Whether text matches a POSIX regular expression."""
        return Fragment("{} ~* {}" if ignore_case else "{} ~ {}", term, pattern)

    def in_zone(self, moment: Sql, zone: Zone) -> Sql:
        """A stored moment as date and time of a time zone."""
        raise NotImplementedError

    def from_zone(self, local: Sql, zone: Zone) -> Sql:
        """Date and time of a time zone as a moment, as columns keep it."""
        raise NotImplementedError

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        """A part of a date or time as a whole number; `part` is the name of a lookup."""
        return Fragment(f"EXTRACT({part.upper()} FROM {{}})", term)

    def beginning(self, unit: str, term: Sql, family: Family) -> Sql:
        """The beginning of the year, month … that a date or time is in."""
        raise NotImplementedError

    def aggregate(
        self, name: str, term: Sql, field: Any, distinct: bool, more: list[Sql], over: Sql | None = None
    ) -> Sql:
        """An aggregate function over `term`, with further arguments; `over` is the text of its window."""
        word = "DISTINCT " if distinct else ""
        text = f"{name}({word}{','.join(['{}'] * (1 + len(more)))})"
        return Fragment(text, term, *more) if over is None else Fragment(f"{text}{{}}", term, *more, over)

    def in_order(self, name: str, term: Sql, distinct: bool, more: list[Sql], order: Sql) -> Sql:
        """An aggregate function that takes its rows in this order.

        Raises:
            UnSupportedError: the database has no such thing.
        """
        word = "DISTINCT " if distinct else ""
        places = ",".join(["{}"] * (1 + len(more)))
        return Fragment(f"{name}({word}{places} ORDER BY {{}})", self.told_apart(term, name), *more, order)

    def told_apart(self, term: Sql, name: str) -> Sql:
        """The values of an ordered aggregate, in the form in which it takes them."""
        return term

    def steady(self, term: Sql, field: Any) -> Sql:
        """A column of a recursive question, of a type that also holds what further rounds compute."""
        return term

    def bound(self, place: Sql, value_type: type | None) -> Sql:
        """A bound value standing alone, in a place where the database cannot tell its type."""
        return place

    def array_types(self, columns: list[FieldSchema]) -> list[str] | None:
        """The types of arrays of values of columns, where several arrays can stand for rows."""
        return None

    def assigned(self, term: Sql, field: Any) -> Sql:
        """A computed value in the form in which the column keeps it."""
        return term

    def insert_conflict(self, columns: list[str], on: list[str], update: list[str]) -> tuple[str, str]:
        """What an INSERT says about rows that exist: text behind INSERT, and text at the end; names are quoted."""
        target = f" ({','.join(on)})" if on else ""
        if not update:
            return "", f" ON CONFLICT{target} DO NOTHING"
        changes = ",".join(f"{name}=EXCLUDED.{name}" for name in update)
        return "", f" ON CONFLICT{target} DO UPDATE SET {changes}"

    def add_pairs(self, table: str, names: list[str], pairs: list[tuple[str, str]]) -> str:
        """An INSERT of pairs that leaves those that exist alone; all arguments are SQL text."""
        rows = ",".join(f"({first},{second})" for first, second in pairs)
        return f"INSERT INTO {table} ({','.join(names)}) VALUES {rows} ON CONFLICT DO NOTHING"

    def keyed_update(
        self, table: str, names: list[str], columns: list[FieldSchema], rows: list[list[str]], keys: int = 1
    ) -> str:
        """An UPDATE joined with a list of rows; the first `keys` of `names` and of each row are the key."""
        new = [f"column{at + 1}" for at in range(len(names))]
        changes = ",".join(f"{name}=v.{value}" for name, value in zip(names[keys:], new[keys:], strict=True))
        values = ",".join(f"({','.join(row)})" for row in rows)
        same = " AND ".join(f"{table}.{names[at]}=v.{new[at]}" for at in range(keys))
        return f"UPDATE {table} SET {changes} FROM (VALUES {values}) AS v WHERE {same}"


def is_decimal(field: Any) -> bool:
    """Whether values of `field` are exact decimals."""
    return isinstance(field, DecimalField)


def _place(key: str) -> str:
    return f"[{key}]"


def _key(key: str) -> str:
    return f".{json.dumps(key, ensure_ascii=False)}"
