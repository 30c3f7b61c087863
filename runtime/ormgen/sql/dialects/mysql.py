"""How MySQL and MariaDB spell what differs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pypika import Query
from pypika.dialects import MySQLQuery

from ormgen.schema.field import FieldSchema
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect, is_decimal
from ormgen.sql.fragments import Fragment, Sql


class MysqlDialect(Dialect):
    """MariaDB 10.5 or newer, MySQL 8."""

    name: ClassVar[str] = "mysql"
    query: ClassVar[type[Query]] = MySQLQuery
    quote: ClassVar[str] = "`"
    returning: ClassVar[bool] = False
    limit_in_subquery: ClassVar[bool] = False
    index_hints: ClassVar[bool] = True
    functions: ClassVar[Mapping[str, str]] = MappingProxyType({"LENGTH": "CHAR_LENGTH"})  # LENGTH counts bytes
    no_limit: ClassVar[str | None] = "18446744073709551615"

    def placeholder(self, position: int) -> str:
        return "%s"

    def escaped(self, text: str) -> str:
        return text.replace("%", "%%")

    def like(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        if ignore_case:
            return super().like(term, pattern, ignore_case)
        return Fragment("{} LIKE BINARY {} ESCAPE '!'", term, pattern)

    def same_json(self, term: Sql, other: Sql) -> Sql:
        # Mutual containment is equality, except that it disregards the order of arrays; texts with a bracket have to be
        # equal as they are written (on MySQL: as JSON).
        contained = "JSON_CONTAINS({0},{1}) AND JSON_CONTAINS({1},{0})"
        same = "LOCATE('[',{0})=0 OR JSON_EXTRACT({0},'$')=JSON_EXTRACT({1},'$')"
        return Fragment(f"({contained} AND ({same}))", term, other)

    def regex(self, term: Sql, pattern: Sql, ignore_case: bool) -> Sql:
        return Fragment("{} REGEXP CONCAT('(?i)',{})" if ignore_case else "{} REGEXP CONCAT('(?-i)',{})", term, pattern)

    def date_part(self, part: str, term: Sql, family: Family) -> Sql:
        if part == "date":
            return Fragment("DATE({})", term)
        if part == "week":
            return Fragment("WEEK({},3)", term)
        return Fragment(f"EXTRACT({part.upper()} FROM {{}})", term)

    def aggregate(self, name: str, term: Sql, field: Any, distinct: bool) -> Sql:
        # the mean of whole numbers has only four decimals there, that of floating ones has all
        exact = name != "AVG" or is_decimal(field)
        return super().aggregate(name, term if exact else Fragment("({}+0e0)", term), field, distinct)

    def insert_conflict(self, columns: list[str], on: list[str], update: list[str]) -> tuple[str, str]:
        # INSERT IGNORE would also hide broken foreign keys and cut-off values
        changes = [f"{name}=VALUES({name})" for name in update] or [f"{columns[0]}={columns[0]}"]
        return "", f" ON DUPLICATE KEY UPDATE {','.join(changes)}"

    def add_pairs(self, table: str, near: str, far: str, pairs: list[tuple[str, str]]) -> str:
        rows = ",".join(f"({first},{second})" for first, second in pairs)
        return f"INSERT INTO {table} ({near},{far}) VALUES {rows} ON DUPLICATE KEY UPDATE {near}={near}"

    def keyed_update(
        self, table: str, names: list[str], columns: list[FieldSchema], rows: list[list[str]], keys: int = 1
    ) -> str:
        new = [f"c{at}" for at in range(len(names))]
        first = ",".join(f"{place} AS {name}" for place, name in zip(rows[0], new, strict=True))
        values = " UNION ALL ".join([f"SELECT {first}", *[f"SELECT {','.join(row)}" for row in rows[1:]]])
        changes = ",".join(f"{table}.{name}=v.{value}" for name, value in zip(names[keys:], new[keys:], strict=True))
        same = " AND ".join(f"{table}.{names[at]}=v.{new[at]}" for at in range(keys))
        return f"UPDATE {table} JOIN ({values}) AS v ON {same} SET {changes}"
