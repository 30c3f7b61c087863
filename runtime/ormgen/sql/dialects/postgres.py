"""How PostgreSQL spells what differs."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any, ClassVar

from pypika import Query
from pypika.dialects import PostgreSQLQuery

from ormgen.schema.column_types import own_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import Fragment, Sql

_CASTS: dict[type, str] = {
    int: "bigint",
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


class PostgresDialect(Dialect):
    """PostgreSQL 12 or newer."""

    name: ClassVar[str] = "postgres"
    query: ClassVar[type[Query]] = PostgreSQLQuery
    arrays: ClassVar[bool] = True

    def placeholder(self, position: int) -> str:
        return f"${position}"

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        moment = Fragment("{} AT TIME ZONE 'UTC'", term) if family is Family.DATETIME else term
        if part == "date":
            return Fragment("({})::date", moment)
        if part == "microsecond":
            return Fragment("(EXTRACT(MICROSECONDS FROM {})::bigint % 1000000)", moment)
        if part == "second":
            return Fragment("floor(EXTRACT(SECOND FROM {}))::int", moment)
        return Fragment(f"EXTRACT({part.upper()} FROM {{}})::int", moment)

    def aggregate(self, name: str, term: Sql, field: Any, distinct: bool) -> Sql:
        made = super().aggregate(name, term, field, distinct)
        if name == "SUM" and field is not None and field.python_type is int:
            return Fragment("{}::bigint", made)
        return made

    def bound(self, place: Sql, value_type: type | None) -> Sql:
        cast = None if value_type is None else _CASTS.get(value_type)
        return place if cast is None else Fragment(f"{{}}::{cast}", place)

    def array_types(self, columns: list[FieldSchema]) -> list[str] | None:
        return [f"{self.stored_type(column)}[]" for column in columns]

    def stored_type(self, column: FieldSchema) -> str:
        """The type of a bound value of a column."""
        return own_type(column.field, self.name) or _TYPES[column.family]

    def keyed_update(
        self, table: str, names: list[str], columns: list[FieldSchema], rows: list[list[str]], keys: int = 1
    ) -> str:
        types = [self.stored_type(column) for column in columns]
        first = [f"{place}::{sql_type}" for place, sql_type in zip(rows[0], types, strict=True)]
        return super().keyed_update(table, names, columns, [first, *rows[1:]], keys)
