"""How SQLite spells what differs.

The connection offers `ormgen_lower` (case folding beyond ASCII), `regexp`, the collation `ormgen_decimal` and exact
aggregates of decimals, which are kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from pypika import Query
from pypika.dialects import SQLLiteQuery

from ormgen.schema.field_types import DecimalField
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect, is_decimal
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql

_GLOB_SPECIAL: Final = re.compile(r"[*?\[]")
_COMPUTED: Final = "CAST({} AS TEXT) COLLATE ormgen_decimal"
_FORMATS: Final = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}


class SqliteDialect(Dialect):
    """SQLite 3.35 or newer."""

    name: ClassVar[str] = "sqlite"
    query: ClassVar[type[Query]] = SQLLiteQuery
    no_limit: ClassVar[str | None] = "-1"
    locks: ClassVar[bool] = False
    row_list: ClassVar[str] = "{} IN (VALUES {})"
    functions: ClassVar[Mapping[str, str]] = MappingProxyType({"LOWER": "ormgen_lower"})

    def comparable(self, term: Sql, field: Any) -> Sql:
        if not is_decimal(field):
            return term
        # what is computed is a number, and numbers are less than any text
        return Fragment("{} COLLATE ormgen_decimal" if isinstance(term, ColumnTerm) else _COMPUTED, term)

    def like(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        if ignore_case:
            return Fragment("ormgen_lower({}) LIKE ormgen_lower({}) ESCAPE '!'", term, pattern)
        return Fragment("{} GLOB {}", term, pattern)

    def pattern(self, before: str, after: str, ignore_case: bool) -> Callable[[str], str]:
        if ignore_case:
            return super().pattern(before, after, ignore_case)
        ends = "*" if before else "", "*" if after else ""
        return lambda text: ends[0] + _GLOB_SPECIAL.sub(r"[\g<0>]", text) + ends[1]

    def same_text(self, term: Sql, other: Sql) -> Sql:
        return Fragment("ormgen_lower({})=ormgen_lower({})", term, other)

    def same_json(self, term: Sql, other: Sql) -> Sql:
        # not the text: {"a":1,"b":2} equals {"b":2,"a":1}
        rows = "SELECT fullkey,type,atom FROM json_tree"
        missing = f"EXISTS ({rows}({{0}}) EXCEPT {rows}({{1}}))"
        extra = f"EXISTS ({rows}({{1}}) EXCEPT {rows}({{0}}))"
        return Fragment(f"(json({{0}})=json({{1}}) OR (NOT {missing} AND NOT {extra}))", term, other)

    def regex(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        return Fragment("{} REGEXP '(?i)' || {}" if ignore_case else "{} REGEXP {}", term, pattern)

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        if part == "microsecond":
            return Fragment("IIF(instr({0},'.')=0,0,CAST(substr({0},instr({0},'.')+1,6) AS INTEGER))", term)
        if part == "quarter":
            return Fragment("((CAST(strftime('%m',{}) AS INTEGER)+2)/3)", term)
        if part == "week":
            return Fragment("((CAST(strftime('%j',date({0},'-3 days','weekday 4')) AS INTEGER)-1)/7+1)", term)
        if part == "date":
            return Fragment("date({})", term)
        return Fragment(f"CAST(strftime('{_FORMATS[part]}',{{}}) AS INTEGER)", term)

    def assigned(self, term: Sql, field: Any) -> Sql:
        if isinstance(field, DecimalField):
            return Fragment(f"ormgen_decimal({{}},{field.decimal_places})", term)
        return term

    def aggregate(self, name: str, term: Sql, field: Any, distinct: bool) -> Sql:
        if is_decimal(field):
            if name in ("SUM", "AVG"):
                return super().aggregate(f"ormgen_decimal_{name.lower()}", term, field, distinct)
            if name in ("MIN", "MAX"):
                return super().aggregate(name, self.comparable(term, field), field, distinct)
        return super().aggregate(name, term, field, distinct)
