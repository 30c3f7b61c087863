"""How MySQL and MariaDB spell what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, ClassVar, Final

from pypika import Query
from pypika.dialects import MySQLQuery

from ormgen.query.expressions import Nulls
from ormgen.schema.field import FieldSchema
from ormgen.schema.field_types import TextField
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect, is_decimal
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, quoted
from ormgen.sql.zone import Zone

_STEP: Final = re.compile(r'\."(?:[^"\\]|\\.)*"|\[[0-9]+\]')
_NUMBER: Final = "'INTEGER','UNSIGNED INTEGER','DOUBLE','DECIMAL'"
_IN_JSON: Final[Mapping[Family, tuple[str, str]]] = MappingProxyType(
    {
        **dict.fromkeys((Family.INTEGER, Family.DECIMAL), (_NUMBER, "CAST(JSON_UNQUOTE(#) AS DECIMAL(65,20))")),
        Family.FLOAT: (_NUMBER, "(JSON_UNQUOTE(#)+0e0)"),
        Family.BOOLEAN: ("'BOOLEAN'", "(JSON_UNQUOTE(#)='true')"),
        Family.DATETIME: ("'STRING'", "CAST(JSON_UNQUOTE(#) AS DATETIME(6))"),
        Family.DATE: ("'STRING'", "CAST(JSON_UNQUOTE(#) AS DATE)"),
    }
)
_BEGINNINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "year": "DATE_FORMAT({0},'%Y-01-01')",
        "quarter": "CONCAT(YEAR({0}),'-',QUARTER({0})*3-2,'-01')",
        "month": "DATE_FORMAT({0},'%Y-%m-01')",
        "week": "(DATE({0})-INTERVAL WEEKDAY({0}) DAY)",
        "day": "DATE({0})",
        "hour": "DATE_FORMAT({0},'%Y-%m-%d %H:00:00')",
        "minute": "DATE_FORMAT({0},'%Y-%m-%d %H:%i:00')",
        "second": "DATE_FORMAT({0},'%Y-%m-%d %H:%i:%s')",
    }
)
_LONG_TEXT: Final = "CAST({} AS CHAR(16000))"
_AGGREGATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "STDDEVPOP": "STDDEV_POP",
        "STDDEVSAMP": "STDDEV_SAMP",
        "VARIANCEPOP": "VAR_POP",
        "VARIANCESAMP": "VAR_SAMP",
    }
)


def _moved(term: Sql, start: str, end: str, sign: str, changes: Sequence[int], offsets: Sequence[int]) -> Sql:
    """A time moved from one zone to another, by the server's tables of zones, or by ours where it has none."""
    offset = str(offsets[0])
    if changes:
        place = f"INTERVAL(TIMESTAMPDIFF(SECOND,'1970-01-01',{{0}}),{','.join(map(str, changes))})"
        offset = f"ELT({place}+1,{','.join(map(str, offsets))})"
    known = f"CONVERT_TZ({{0}},{quoted(start).template},{quoted(end).template})"
    return Fragment(f"COALESCE({known},{{0}}{sign}INTERVAL {offset} SECOND)", term)


class MysqlDialect(Dialect):
    """MariaDB 10.5 or newer, MySQL 8."""

    name: ClassVar[str] = "mysql"
    query: ClassVar[type[Query]] = MySQLQuery
    quote: ClassVar[str] = "`"
    returning: ClassVar[bool] = False
    limit_in_subquery: ClassVar[bool] = False
    index_hints: ClassVar[bool] = True
    no_limit: ClassVar[str | None] = "18446744073709551615"

    def placeholder(self, position: int) -> str:
        return "%s"

    def escaped(self, text: str) -> str:
        return text.replace("%", "%%")

    def like(self, before: str, after: str, term: Sql, patterns: list[Sql], ignore_case: bool) -> Sql:
        if ignore_case:
            return super().like(before, after, term, patterns, ignore_case)
        return Fragment("{} LIKE BINARY {} ESCAPE '!'", term, *patterns)

    def same(self, term: Sql, other: Sql) -> Sql:
        return Fragment("{} <=> {}", term, other)

    def same_json(self, term: Sql, other: Sql) -> Sql:
        # Mutual containment is equality, except that it disregards the order of arrays; texts with a bracket have to be
        # equal as they are written (on MySQL: as JSON).
        contained = "JSON_CONTAINS({0},{1}) AND JSON_CONTAINS({1},{0})"
        same = "LOCATE('[',{0})=0 OR JSON_EXTRACT({0},'$')=JSON_EXTRACT({1},'$')"
        return Fragment(f"({contained} AND ({same}))", term, other)

    def regex(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        return Fragment("{} REGEXP CONCAT('(?i)',{})" if ignore_case else "{} REGEXP CONCAT('(?-i)',{})", term, pattern)

    def pattern_of(self, before: str, after: str, term: Sql, ignore_case: bool) -> list[Sql]:
        made = super().pattern_of(before, after, term, ignore_case)
        return [Fragment("CONCAT({},{},{})", *each.terms) for each in made if isinstance(each, Fragment)]

    def ordered(self, term: Sql, descending: bool, nulls: Nulls | None) -> Sql:
        made = super().ordered(term, descending, None)
        test = "{} IS NULL" if nulls == "last" else "{} IS NOT NULL"
        return made if nulls is None else Fragment(f"{test},{{}}", term, made)

    def between(self, later: Sql, earlier: Sql, days: bool) -> Sql:
        return Fragment("TIMESTAMPDIFF(MICROSECOND,{},{})", earlier, later)

    def shifted(self, moment: Sql, span: Sql, days: bool) -> Sql:
        made = Fragment("({}+INTERVAL {} MICROSECOND)", moment, span)
        return Fragment("DATE({})", made) if days else made

    def neighbour(self, name: str, terms: list[Sql], over: Sql) -> Sql:
        # MariaDB has no default there: where the other row is missing, so is its constant
        there = f"{name}(1,{{1}}){{3}} IS NOT NULL"
        return Fragment(f"CASE WHEN {there} THEN {name}({{0}},{{1}}){{3}} ELSE {{2}} END", *terms, over)

    def json_place(self, document: Sql, path: Any, constant: Callable[[Any], Sql]) -> Sql:
        # the first place of what is no array is all of it
        made = constant(path)
        for step in _STEP.finditer(path):
            if step[0] == "[0]":
                array = "JSON_TYPE(JSON_EXTRACT({},{}))='ARRAY'"
                made = Fragment(f"IF({array},{{}},NULL)", document, constant(path[: step.start()]), made)
        return made

    def in_json(self, document: Sql, path: Sql, family: Family | None) -> Sql:
        inner = "JSON_EXTRACT({0},{1})"
        if family is Family.JSON:
            return Fragment(inner, document, path)
        if family is None:
            return Fragment(f"NULLIF(JSON_TYPE({inner}),'NULL')", document, path)
        kinds, value = _IN_JSON.get(family, ("'STRING'", "JSON_UNQUOTE(#) COLLATE utf8mb4_bin"))
        value = value.replace("#", inner)
        return Fragment(f"(CASE WHEN JSON_TYPE({inner}) IN ({kinds}) THEN {value} END)", document, path)

    def json_literal(self, place: Sql) -> Sql:
        return Fragment("JSON_EXTRACT({},'$')", place)

    def as_json(self, term: Sql, field: Any) -> Sql:
        family = None if field is None else field.family
        if family is Family.BOOLEAN:
            return Fragment("JSON_EXTRACT(IF({0} IS NULL,NULL,IF({0},'true','false')),'$')", term)
        if family is Family.TEXT:  # one collation for all texts in it
            return Fragment("{} COLLATE utf8mb4_bin", term)
        return Fragment("JSON_EXTRACT({},'$')", term) if family is Family.JSON else term

    def json_length(self, array: Sql) -> Sql:
        return Fragment("CASE WHEN JSON_TYPE({0})='ARRAY' THEN JSON_LENGTH({0}) END", array)

    def json_contains(self, term: Sql, other: Sql) -> Sql:
        return Fragment("JSON_CONTAINS({},{})", term, other)

    def steady(self, term: Sql, field: Any) -> Sql:
        if field is None or (isinstance(term, ColumnTerm) and field.family is not Family.TEXT):
            return term
        if field.family is Family.TEXT:  # the first rows say how long texts may become: as long as the server allows
            return term if type(field) is TextField and isinstance(term, ColumnTerm) else Fragment(_LONG_TEXT, term)
        return Fragment("CAST({} AS SIGNED)", term) if field.family is Family.INTEGER else term

    def search(self, term: Sql, query: Sql, family: Family, bound: bool) -> Sql:
        return Fragment("MATCH ({}) AGAINST ({})", term, query)

    def in_zone(self, moment: Sql, zone: Zone) -> Sql:
        changes, offsets = zone.offsets()
        return moment if offsets == (0,) else _moved(moment, "+00:00", zone.name, "+", changes, offsets)

    def from_zone(self, local: Sql, zone: Zone) -> Sql:
        changes, offsets = zone.offsets()
        if offsets == (0,):
            return local
        shown = [at + max(pair) for at, pair in zip(changes, pairwise(offsets), strict=True)]
        return _moved(local, zone.name, "+00:00", "-", shown, offsets)

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        if part == "date":
            return Fragment("DATE({})", term)
        if part in ("week", "week_day"):
            return Fragment("WEEK({},3)" if part == "week" else "(WEEKDAY({})+1)", term)
        return Fragment(f"EXTRACT({part.upper()} FROM {{}})", term)

    def beginning(self, unit: str, term: Sql, family: Family) -> Sql:
        if unit == "date":
            return Fragment("DATE({})", term)
        kind = "DATE" if family is Family.DATE else "DATETIME(6)"
        return Fragment(f"CAST({_BEGINNINGS[unit]} AS {kind})", term)

    def aggregate(
        self, name: str, term: Sql, field: Any, distinct: bool, more: list[Sql], over: Sql | None = None
    ) -> Sql:
        if name == "JSON_ARRAY_AGG":
            return super().aggregate("JSON_ARRAYAGG", self.as_json(term, field), field, distinct, more, over)
        if name == "STRING_AGG":
            return Fragment(f"GROUP_CONCAT({'DISTINCT ' if distinct else ''}{{}} SEPARATOR {{}})", term, *more)
        # the mean of whole numbers has only four decimals there, that of floating ones has all
        exact = name not in ("AVG", *_AGGREGATES) or (name == "AVG" and is_decimal(field))
        name = _AGGREGATES.get(name, name)
        return super().aggregate(name, term if exact else Fragment("({}+0e0)", term), field, distinct, more, over)

    def in_order(self, name: str, term: Sql, distinct: bool, more: list[Sql], order: Sql) -> Sql:
        word = "DISTINCT " if distinct else ""
        return Fragment(f"GROUP_CONCAT({word}{{}} ORDER BY {{}} SEPARATOR {{}})", term, order, *more)

    def insert_conflict(self, columns: list[str], on: list[str], update: list[str]) -> tuple[str, str]:
        # INSERT IGNORE would also hide broken foreign keys and cut-off values
        changes = [f"{name}=VALUES({name})" for name in update] or [f"{columns[0]}={columns[0]}"]
        return "", f" ON DUPLICATE KEY UPDATE {','.join(changes)}"

    def add_pairs(self, table: str, names: list[str], pairs: list[tuple[str, str]]) -> str:
        rows = ",".join(f"({first},{second})" for first, second in pairs)
        kept = f"{names[0]}={names[0]}"
        return f"INSERT INTO {table} ({','.join(names)}) VALUES {rows} ON DUPLICATE KEY UPDATE {kept}"

    def keyed_update(
        self, table: str, names: list[str], columns: list[FieldSchema], rows: list[list[str]], keys: int = 1
    ) -> str:
        new = [f"c{at}" for at in range(len(names))]
        first = ",".join(f"{place} AS {name}" for place, name in zip(rows[0], new, strict=True))
        values = " UNION ALL ".join([f"SELECT {first}", *[f"SELECT {','.join(row)}" for row in rows[1:]]])
        changes = ",".join(f"{table}.{name}=v.{value}" for name, value in zip(names[keys:], new[keys:], strict=True))
        same = " AND ".join(f"{table}.{names[at]}=v.{new[at]}" for at in range(keys))
        return f"UPDATE {table} JOIN ({values}) AS v ON {same} SET {changes}"
