"""How SQLite spells what differs.

The connection offers `ormgen_lower` (case folding beyond ASCII), `regexp`, the collation `ormgen_decimal` and exact
aggregates of decimals, which are kept as text.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar, Final

from pypika import Query
from pypika.dialects import SQLLiteQuery

from ormgen.exceptions import UnSupportedError, ValidationError
from ormgen.query.expressions import Operator
from ormgen.schema.field import Field
from ormgen.schema.field_types import DecimalField, IntField
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect, is_decimal
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, listed, quoted
from ormgen.sql.functions import spelled
from ormgen.sql.usual import encoded_all
from ormgen.sql.zone import Zone

_ORDERS_AGGREGATES: Final = (3, 44, 0)
_GLOB_SPECIAL: Final = re.compile(r"[*?\[]")
_COMPUTED: Final = "CAST({} AS TEXT) COLLATE ormgen_decimal"
_FORMATS: Final = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}

_OPERATORS: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}
_NUMBER: Final = "'integer','real'"
_IN_JSON: Final = {
    **dict.fromkeys((Family.INTEGER, Family.DECIMAL, Family.FLOAT), _NUMBER),
    Family.BOOLEAN: "'true','false'",
}
_NUL: Final = "\\u0000"  # as it stands in JSON, whose functions cut text off there
_TEXT_IN_JSON: Final = f"IIF(instr({{0}},'{_NUL}'),ormgen_json_text({{0}},{{1}}),json_extract({{0}},{{1}}))"
_WHOLE_IN_JSON: Final = (
    "CASE json_type({0},{1}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN NULL THEN NULL "
    f"WHEN 'text' THEN json_quote({_TEXT_IN_JSON}) "
    "ELSE NULLIF(json_quote(json_extract({0},{1})),'null') END"
)
_BEGINNINGS: Final = {
    "year": "strftime('%Y-01-01',{0})",
    "quarter": "(strftime('%Y',{0})||printf('-%02d-01',(strftime('%m',{0})+2)/3*3-2))",
    "month": "strftime('%Y-%m-01',{0})",
    "week": "date(substr({0},1,10),'-6 days','weekday 1')",  # with its time, the last millisecond is the next day's
    "day": "date({0})",
    "hour": "strftime('%Y-%m-%d %H:00:00',{0})",
    "minute": "strftime('%Y-%m-%d %H:%M:00',{0})",
    "second": "strftime('%Y-%m-%d %H:%M:%S',{0})",
}
# SQLite keeps anything in any column: this rounds what is to be whole, as the other databases do, and fails where it
# does not fit: "integer overflow" is what `abs` says of the lowest number, where that depends on the row; SQLite itself
# goes on with a number that is not whole, which may be exactly the lowest one
_WHOLE: Final = (
    "(SELECT CASE WHEN typeof(whole) NOT IN ('integer','real') THEN whole"
    " WHEN NOT whole BETWEEN {low} AND {high} OR (typeof(whole)='real' AND whole<=-9223372036854775808.0)"
    " THEN abs(-9223372036854775807-1+0*(whole IS NULL))"
    " WHEN typeof(whole)='integer' THEN whole"
    " ELSE CAST(round(whole) AS INTEGER) END FROM (SELECT {{}} AS whole))"
)
_FULL: Final = ("hour", "minute", "second")


_LISTED: Final = frozenset({Family.INTEGER, Family.TEXT, Family.UUID, Family.TEXT_ENUM, Family.INTEGER_ENUM})


class SqliteDialect(Dialect):
    """SQLite 3.35 or newer."""

    name: ClassVar[str] = "sqlite"
    query: ClassVar[type[Query]] = SQLLiteQuery
    no_limit: ClassVar[str | None] = "-1"
    locks: ClassVar[bool] = False
    json_set_builds: ClassVar[bool] = True
    row_list: ClassVar[str] = "{} IN (VALUES {})"

    def takes_array(self, field: Any) -> bool:
        return field is not None and field.family in _LISTED and type(field).to_db_value is Field.to_db_value

    def array(self, encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda values: _json_array(encoded_all(encode, values))

    def in_array(self, term: Sql, place: Sql) -> Sql:
        return Fragment("{} IN (SELECT value FROM json_each({}))", term, place)

    def comparable(self, term: Sql, field: Any) -> Sql:
        if not is_decimal(field):
            return term
        # what is computed is a number, and numbers are less than any text
        return Fragment("{} COLLATE ormgen_decimal" if isinstance(term, ColumnTerm) else _COMPUTED, term)

    def compared(self, term: Sql, field: Any) -> Sql:
        return Fragment("CAST({} AS TEXT)", term) if is_decimal(field) else term

    def calculated(self, left: Sql, operator: Operator, right: Sql, field: Any) -> Sql:
        if is_decimal(field):
            return Fragment(f"ormgen_decimal_{_OPERATORS[operator]}({{}},{{}})", left, right)
        if operator == "%" and field is not None and field.family is Family.FLOAT:
            return spelled(self.name, "MOD", (left, right), ())
        return super().calculated(left, operator, right, field)

    def between(self, later: Sql, earlier: Sql, days: bool) -> Sql:
        return Fragment("ormgen_between({},{})", later, earlier)

    def shifted(self, moment: Sql, span: Sql, days: bool) -> Sql:
        return Fragment("ormgen_shifted({},{})", moment, span)

    def json_path(self, keys: tuple[str, ...]) -> Any:
        if any('"' in key for key in keys):
            raise UnSupportedError(f"SQLite has no path to a JSON key with a quotation mark in it: {'__'.join(keys)}")
        return super().json_path(keys)

    def in_json(self, document: Sql, path: Sql, family: Family | None) -> Sql:
        if family is Family.JSON:
            return Fragment(_WHOLE_IN_JSON, document, path)
        if family is None:
            return Fragment("json_extract({},{})", document, path)
        kinds = _IN_JSON.get(family, "'text'")
        value = "json_extract({0},{1})"
        if family is Family.DATETIME:
            value = f"ormgen_moment({value})"
        elif family not in _IN_JSON:
            value = _TEXT_IN_JSON
        return Fragment(f"CASE WHEN json_type({{0}},{{1}}) IN ({kinds}) THEN {value} END", document, path)

    def json_literal(self, place: Sql) -> Sql:
        return Fragment("json({})", place)

    def as_json(self, term: Sql, field: Any) -> Sql:
        family = None if field is None else field.family
        if family is Family.BOOLEAN:
            return Fragment("json(CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END)", term)
        if family is Family.DECIMAL:
            return Fragment("json(CAST({} AS TEXT))", term)
        return Fragment("json({})", term) if family is Family.JSON else term

    def json_length(self, array: Sql) -> Sql:
        return Fragment("CASE WHEN json_type({0})='array' THEN json_array_length({0}) END", array)

    def json_contains(self, term: Sql, other: Sql) -> Sql:
        return Fragment("ormgen_json_contains({},{})", term, other)

    def in_zone(self, moment: Sql, zone: Zone) -> Sql:
        return moment if zone.name == "UTC" else Fragment("ormgen_in_zone({},{})", moment, quoted(zone.name))

    def from_zone(self, local: Sql, zone: Zone) -> Sql:
        return Fragment("ormgen_from_zone({},{})", local, quoted(zone.name))

    # LIKE and GLOB end at a NUL character; GLOB is there for the indexes, which it uses to find beginnings.

    def like(self, before: str, after: str, term: Sql, patterns: list[Sql], ignore_case: bool) -> Sql:
        if not after:
            return Fragment(f"ormgen_{'i' if ignore_case else ''}endswith({{}},{{}})", term, *patterns)
        if ignore_case:
            term, patterns = Fragment("ormgen_lower({})", term), [Fragment("ormgen_lower({})", patterns[0])]
        elif not before:
            return Fragment("({0} GLOB {1} AND instr({0},{2})=1)", term, *patterns)
        return Fragment("instr({},{})>0" if before else "instr({},{})=1", term, *patterns)

    def patterns(self, before: str, after: str, ignore_case: bool) -> list[Callable[[str], str]]:
        return [str] if before or ignore_case else [_beginning, str]

    def pattern_of(self, before: str, after: str, term: Sql, ignore_case: bool) -> list[Sql]:
        return [term] if before or ignore_case else [Fragment("'*'"), term]

    def same_text(self, term: Sql, other: Sql) -> Sql:
        return Fragment("ormgen_lower({})=ormgen_lower({})", term, other)

    def same(self, term: Sql, other: Sql) -> Sql:
        return Fragment("{} IS {}", term, other)

    def same_json(self, term: Sql, other: Sql) -> Sql:
        # not the text: {"a":1,"b":2} equals {"b":2,"a":1}
        rows = "SELECT fullkey,type,atom FROM json_tree"
        missing = f"EXISTS ({rows}({{0}}) EXCEPT {rows}({{1}}))"
        extra = f"EXISTS ({rows}({{1}}) EXCEPT {rows}({{0}}))"
        same = f"(json({{0}})=json({{1}}) OR (NOT {missing} AND NOT {extra}))"
        return Fragment(f"IIF(instr({{0}}||{{1}},'{_NUL}'),ormgen_json_same({{0}},{{1}}),{same})", term, other)

    def regex(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        return Fragment("{} REGEXP '(?i)' || {}" if ignore_case else "{} REGEXP {}", term, pattern)

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        if part == "microsecond":
            return Fragment("IIF(instr({0},'.')=0,0,CAST(substr({0},instr({0},'.')+1,6) AS INTEGER))", term)
        if part == "quarter":
            return Fragment("((CAST(strftime('%m',{}) AS INTEGER)+2)/3)", term)
        if part == "week":
            return Fragment(
                "((CAST(strftime('%j',date(substr({0},1,10),'-3 days','weekday 4')) AS INTEGER)-1)/7+1)", term
            )
        if part == "week_day":
            return Fragment("((CAST(strftime('%w',substr({},1,10)) AS INTEGER)+6)%7+1)", term)
        if part == "date":
            return Fragment("date({})", term)
        return Fragment(f"CAST(strftime('{_FORMATS[part]}',{{}}) AS INTEGER)", term)

    def beginning(self, unit: str, term: Sql, family: Family) -> Sql:
        if unit == "date":
            return Fragment("date({})", term)
        begun = Fragment(_BEGINNINGS[unit], term)
        return begun if family is Family.DATE or unit in _FULL else Fragment("({}||' 00:00:00')", begun)

    def assigned(self, term: Sql, field: Any) -> Sql:
        if isinstance(field, DecimalField):
            return Fragment(f"ormgen_decimal({{}},{field.decimal_places})", term)
        if isinstance(field, IntField):
            low, high = field.bounds
            return Fragment(_WHOLE.format(low=f"({low + 1}-1)", high=high), term)
        return term

    def aggregate(
        self, name: str, term: Sql, field: Any, distinct: bool, more: list[Sql], over: Sql | None = None
    ) -> Sql:
        if name == "COUNT" and more:
            return Fragment(
                "COUNT(DISTINCT CASE WHEN {0} IS NOT NULL THEN json_array({0},{1}) END)", term, listed(more)
            )
        if name == "JSON_ARRAY_AGG":
            return super().aggregate("json_group_array", self.as_json(term, field), field, distinct, more, over)
        if name == "STRING_AGG":
            inner = super().aggregate("json_group_array", term, field, distinct, [], over)
            return Fragment("ormgen_joined({},{})", inner, *more)
        if name.startswith(("STDDEV", "VARIANCE")):
            return super().aggregate(f"ormgen_{name.lower()}", term, field, distinct, more, over)
        if is_decimal(field):
            if name in ("SUM", "AVG"):
                return super().aggregate(f"ormgen_decimal_{name.lower()}", term, field, distinct, more, over)
            if name in ("MIN", "MAX"):
                return super().aggregate(name, self.comparable(term, field), field, distinct, more, over)
        return super().aggregate(name, term, field, distinct, more, over)

    def in_order(self, name: str, term: Sql, distinct: bool, more: list[Sql], order: Sql) -> Sql:
        if sqlite3.sqlite_version_info < _ORDERS_AGGREGATES:
            raise UnSupportedError(
                f"SQLite {sqlite3.sqlite_version} does not order aggregates, 3.44 does; leave order_by out and "
                "sort the values in Python"
            )
        return Fragment("ormgen_joined({},{})", super().in_order("json_group_array", term, distinct, [], order), *more)


def _beginning(text: str) -> str:
    """The pattern of GLOB for text that begins so, as far as GLOB can look."""
    if "\x00" in text:
        text = text.partition("\x00")[0]
    if _GLOB_SPECIAL.search(text):  # looking for it takes a third of what `sub` does
        text = _GLOB_SPECIAL.sub(r"[\g<0>]", text)
    return f"{text}*"


def _json_array(values: list[Any]) -> str:
    """Values as one parameter."""
    made = json.dumps(values)
    if _NUL in made and any("\x00" in value for value in values if isinstance(value, str)):
        raise ValidationError("text with a NUL character cannot be one of so many values on SQLite; ask for fewer")
    return made
