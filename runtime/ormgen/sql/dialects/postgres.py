"""How PostgreSQL spells what differs."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pypika import Query
from pypika.dialects import PostgreSQLQuery

from ormgen.query.expressions import Operator
from ormgen.query.functions import Small
from ormgen.schema.column_types import own_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.lookups import Family
from ormgen.schema.native_enums import native_type
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import Fragment, Sql, Text, listed, quoted
from ormgen.sql.functions import spelled
from ormgen.sql.zone import Zone

_CASTS: dict[type, str] = {
    int: "bigint",
    Small: "integer",
    float: "double precision",
    str: "text",
    bool: "boolean",
    bytes: "bytea",
    Decimal: "numeric",
    uuid.UUID: "uuid",
    datetime.datetime: "timestamptz",
    datetime.date: "date",
    datetime.time: "time",
    datetime.timedelta: "bigint",
}

_TYPES: dict[Family, str] = {
    Family.INTEGER: "bigint",
    Family.FLOAT: "double precision",
    Family.DECIMAL: "numeric",
    Family.TEXT: "text",
    Family.BOOLEAN: "boolean",
    Family.DATE: "date",
    Family.DATETIME: "timestamptz",
    Family.TIME: "time",
    Family.TIMEDELTA: "bigint",
    Family.UUID: "uuid",
    Family.JSON: "jsonb",
    Family.BINARY: "bytea",
    Family.TEXT_ENUM: "text",
    Family.INTEGER_ENUM: "smallint",
    Family.SEARCH: "tsvector",
    Family.OTHER: "text",
}


_IN_JSON: dict[Family, tuple[str, str]] = {
    Family.INTEGER: ("number", "numeric"),
    Family.DECIMAL: ("number", "numeric"),
    Family.FLOAT: ("number", "double precision"),
    Family.BOOLEAN: ("boolean", "boolean"),
}
_CASTS_IN_JSON: dict[Family, str] = {Family.DATETIME: "timestamptz", Family.DATE: "date", Family.UUID: "uuid"}
_STEADY = (Family.INTEGER, Family.FLOAT, Family.DECIMAL, Family.TEXT, Family.TEXT_ENUM)
_VECTORS = (Family.OTHER, Family.SEARCH)
_AGGREGATES: dict[str, str] = {
    "STDDEVPOP": "STDDEV_POP",
    "STDDEVSAMP": "STDDEV_SAMP",
    "VARIANCEPOP": "VAR_POP",
    "VARIANCESAMP": "VAR_SAMP",
}
_EXTREMES: dict[str, str] = {"MIN": "BOOL_AND", "MAX": "BOOL_OR"}  # which it has neither for booleans nor for these
_AS_TEXT: dict[Family, tuple[str, str]] = {
    Family.UUID: ('{}::text COLLATE "C"', "{}::uuid"),
    Family.BINARY: ("encode({},'hex') COLLATE \"C\"", "decode({},'hex')"),
}


class PostgresDialect(Dialect):
    """PostgreSQL 12 or newer."""

    name: ClassVar[str] = "postgres"
    rows_at_once: ClassVar[int] = 1_000  # one statement needs no transaction, of 0.2 ms; the server keeps 1 to 4 MB
    query: ClassVar[type[Query]] = PostgreSQLQuery
    numbered: ClassVar[bool] = True
    returning_array: ClassVar[bool] = True

    def placeholder(self, position: int) -> str:
        return f"${position}"

    def calculated(self, left: Sql, operator: Operator, right: Sql, field: Any) -> Sql:
        if operator == "%" and field is not None and field.family is Family.FLOAT:
            return spelled(self.name, "MOD", (left, right), ())
        return super().calculated(left, operator, right, field)

    def between(self, later: Sql, earlier: Sql, days: bool) -> Sql:
        if days:
            return Fragment("(({}-{})::bigint*86400000000)", later, earlier)
        return Fragment("(EXTRACT(EPOCH FROM ({}-{}))*1000000)::bigint", later, earlier)

    def shifted(self, moment: Sql, span: Sql, days: bool) -> Sql:
        made = Fragment("({}+{}*interval '1 microsecond')", moment, span)
        return Fragment("{}::date", made) if days else made

    def json_path(self, keys: tuple[str, ...]) -> Any:
        return list(keys)

    def json_paths(self, keys: tuple[str, ...]) -> list[Any]:
        return [self.json_path(keys)]  # it looks itself what stands there

    def in_json(self, document: Sql, path: Sql, family: Family | None) -> Sql:
        if family is Family.JSON:
            return Fragment("({}#>{}::text[])", document, path)
        if family is None:
            return Fragment("({}#>>{}::text[])", document, path)
        kind, cast = _IN_JSON.get(family, ("string", _CASTS_IN_JSON.get(family, "text")))
        test = f"jsonb_typeof({{0}}#>{{1}}::text[])='{kind}'"
        return Fragment(f"CASE WHEN {test} THEN ({{0}}#>>{{1}}::text[])::{cast} END", document, path)

    def json_literal(self, place: Sql) -> Sql:
        return Fragment("{}::jsonb", place)

    def json_set(self, document: Sql, path: Sql, value: Sql) -> Sql:
        return Fragment("jsonb_set({},{}::text[],COALESCE(to_jsonb({}),'null'::jsonb))", document, path, value)

    def json_remove(self, document: Sql, path: Sql) -> Sql:
        return Fragment("({}#-{}::text[])", document, path)

    def json_length(self, array: Sql) -> Sql:
        return Fragment("CASE WHEN jsonb_typeof({0})='array' THEN jsonb_array_length({0}) END", array)

    def json_key(self, place: Sql) -> Sql:
        return Fragment("{}::text", place)

    def json_built(self, kind: Literal["object", "array"], parts: list[Sql]) -> Sql:
        return Fragment(f"jsonb_build_{kind}({','.join(['{}'] * len(parts))})", *parts)

    def json_contains(self, term: Sql, other: Sql) -> Sql:
        return Fragment("{}::jsonb@>{}::jsonb", term, other)

    def search(self, term: Sql, query: Sql, family: Family, bound: bool) -> Sql:
        vector = term if family in _VECTORS else Fragment("to_tsvector({})", term)
        return Fragment("{}@@{}", vector, Fragment("plainto_tsquery({}::text)", query) if bound else query)

    def in_zone(self, moment: Sql, zone: Zone) -> Sql:
        return Fragment("({} AT TIME ZONE {})", moment, quoted(zone.name))

    def from_zone(self, local: Sql, zone: Zone) -> Sql:
        return self.in_zone(local, zone)

    def takes_array(self, field: Any) -> bool:
        return True

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        if part == "date":
            return Fragment("({})::date", term)
        if part == "microsecond":
            return Fragment("(EXTRACT(MICROSECONDS FROM {})::bigint % 1000000)", term)
        if part == "second":
            return Fragment("floor(EXTRACT(SECOND FROM {}))::int", term)
        return Fragment(f"EXTRACT({'ISODOW' if part == 'week_day' else part.upper()} FROM {{}})::int", term)

    def beginning(self, unit: str, term: Sql, family: Family) -> Sql:
        if unit == "date":
            return Fragment("({})::date", term)
        begun = Fragment(f"date_trunc('{unit}',{{}})", term)
        return Fragment("{}::date", begun) if family is Family.DATE else begun

    def aggregate(
        self, name: str, term: Sql, field: Any, distinct: bool, more: list[Sql], over: Sql | None = None
    ) -> Sql:
        if name in _AGGREGATES:
            return super().aggregate(_AGGREGATES[name], term, field, distinct, more, over)
        if name == "COUNT" and more:
            return Fragment("COUNT(DISTINCT ({0},{1})) FILTER (WHERE {0} IS NOT NULL)", term, listed(more))
        if name == "ARRAY_AGG":
            word = "DISTINCT " if distinct else ""
            array = Fragment(f"array_agg({word}{{0}}) FILTER (WHERE {{0}} IS NOT NULL)", term)
            return array if over is None else Fragment("{}{}", array, over)
        if name == "JSON_ARRAY_AGG":
            return super().aggregate("jsonb_agg", term, field, distinct, more, over)
        if name in _EXTREMES and field is not None and field.family is Family.BOOLEAN:
            return super().aggregate(_EXTREMES[name], term, field, False, more, over)
        if name in _EXTREMES and field is not None and field.family in _AS_TEXT:
            there, back = _AS_TEXT[field.family]
            return Fragment(back, super().aggregate(name, Fragment(there, term), field, distinct, more, over))
        term = self.told_apart(term, name)
        made = super().aggregate(name, term, field, distinct, more, over)
        if name == "SUM" and field is not None and field.python_type is int:
            return Fragment("{}::bigint", made)
        return made

    def in_order(self, name: str, term: Sql, distinct: bool, more: list[Sql], order: Sql) -> Sql:
        made = super().in_order(name, term, distinct, more, order)
        return Fragment("{} FILTER (WHERE {} IS NOT NULL)", made, term) if name == "ARRAY_AGG" else made

    def told_apart(self, term: Sql, name: str) -> Sql:
        return Fragment("{}::text", term) if name == "STRING_AGG" else term

    def steady(self, term: Sql, field: Any) -> Sql:
        family = None if field is None else field.family
        return Fragment(f"({{}})::{_TYPES[family]}", term) if family in _STEADY else term

    def argument(self, term: Sql, field: Any) -> Sql:
        return term if native_type(field, self.name) is None else Fragment("({})::text", term)

    def compared(self, term: Sql, field: Any) -> Sql:
        return self.argument(term, field)

    def assigned(self, term: Sql, field: Any) -> Sql:
        native = native_type(field, self.name)
        return term if native is None else Fragment("({})::text::{}", term, Text(native))

    def bound(self, place: Sql, value_type: type | None) -> Sql:
        cast = None if value_type is None else _CASTS.get(value_type)
        return place if cast is None else Fragment(f"{{}}::{cast}", place)

    def array_types(self, columns: list[FieldSchema]) -> list[str] | None:
        return [f"{self.stored_type(column)}[]" for column in columns]

    def stored_type(self, column: FieldSchema) -> str:
        """The type of a bound value of a column."""
        return own_type(column.field, self.name) or native_type(column.field, self.name) or _TYPES[column.family]

    def keyed_update(
        self, table: str, names: list[str], columns: list[FieldSchema], rows: list[list[str]], keys: int = 1
    ) -> str:
        types = [self.stored_type(column) for column in columns]
        first = [f"{place}::{sql_type}" for place, sql_type in zip(rows[0], types, strict=True)]
        return super().keyed_update(table, names, columns, [first, *rows[1:]], keys)
