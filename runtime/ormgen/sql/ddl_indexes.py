"""Indexes and constraints beyond plain columns: kinds, expressions, conditions; values in them are literals."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ormgen.exceptions import ConfigurationError, FieldError, UnSupportedError, ValidationError
from ormgen.query.computable import OrderBy
from ormgen.query.expressions import Computable, Q
from ormgen.query.paths import Path
from ormgen.query.resolve import Resolver
from ormgen.schema.column_types import PRODUCTS
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.indexes import CheckSchema, ExclusionConstraint
from ormgen.sql.compiling import DIALECTS
from ormgen.sql.conditions import Writer
from ormgen.sql.ddl_tables import Index, Table
from ormgen.sql.ddl_text import literal_sql, quote_name, quote_names
from ormgen.sql.fragments import Fragment, Sql
from ormgen.sql.values import Codec, Encoder
from ormgen.sql.zone import Zone


class LiteralWriter(Writer):
    """Writes expressions about one table as text that has no parameters; columns stand without their table."""

    def __init__(self, model: LinkedModel, graph: ModelGraph, dialect: str, label: str) -> None:
        super().__init__(graph, DIALECTS[dialect], Codec(dialect, Zone(use_tz=False)))
        self.model = model
        self.where = label
        self.values: list[Any] = []
        joins = SimpleNamespace(column=self._column, own=lambda column: self._quoted(column.column), model=model)
        self.scope: Any = SimpleNamespace(joins=joins, aggregate=self._refused, nested=self._refused)

    def place(
        self,
        index: int,
        encoder: Encoder | None,
        item: int | None = None,
        label: str | None = None,
        spread: bool = False,
    ) -> Sql:
        if spread:
            raise ConfigurationError(f"{self.where} compares a key of several columns; name them one by one")
        value = self.values[index] if item is None else self.values[index][item]
        text = literal_sql(self.where, value if encoder is None else encoder(value), self.dialect.name)
        return Fragment(text.replace("{", "{{").replace("}", "}}"))

    def _quoted(self, name: str) -> Sql:
        return Fragment(self.dialect.quoted(name).replace("{", "{{").replace("}", "}}"))

    def _column(self, path: Path) -> Sql:
        if path.relations:
            raise ConfigurationError(f"{self.where} leads to another table; only columns of its own can stand there")
        return self._quoted(path.column.column)

    def _refused(self, *_: Any) -> Sql:
        raise ConfigurationError(f"{self.where} is computed from many rows, which no index or constraint can be")

    def text(self, declared: Any) -> str:
        """SQL text of an expression or condition: text as it is, lookups, a `Q`, or what a query can compute.

        Raises:
            ConfigurationError: a name is no column of the table, or the database cannot write it there.
        """
        if isinstance(declared, str):
            return declared
        condition = Q(**declared) if isinstance(declared, Mapping) else declared
        if not isinstance(condition, Q | Computable):
            raise ConfigurationError(f"{self.where}: {declared!r} is neither SQL text nor an expression")
        resolver = Resolver(self.graph, self.model)
        try:
            if isinstance(condition, Q):
                condition.shape(self.values)
                made = self.group(self.scope, resolver.group(condition))
            else:
                expression = condition.__expression__()
                expression.shape(self.values)
                made = self.term(self.scope, resolver.term(expression))
        except (FieldError, ValidationError) as error:
            raise ConfigurationError(f"{self.where}: {error}") from error
        self.values = []
        return str(made.get_sql(quote_char=self.dialect.quote, subquery=True))


def index_columns(index: Index, dialect: str) -> str:
    """What an index is about, as it stands in brackets: the names of columns, or expressions."""
    declared = index.declared
    if declared is None:
        return quote_names(index.columns, dialect)
    if declared.index is None or not declared.expressions:
        parts, orders = [quote_name(column, dialect) for column in index.columns], declared.marks
    else:
        writer = _writer(index, dialect, "indexes")
        parts = [_element(writer, expression) for expression in declared.index.expressions]
        orders = tuple(_order(expression) for expression in declared.index.expressions)
    behind = [each for each in (declared.opclasses, orders) if each]
    return ", ".join(" ".join(filter(None, each)) for each in zip(parts, *behind, strict=True))


def _element(writer: LiteralWriter, declared: Any) -> str:
    """An expression in an index, without the order that it has there."""
    return f"({writer.text(declared.expression if isinstance(declared, OrderBy) else declared)})"


def _order(declared: Any) -> str:
    if not isinstance(declared, OrderBy):
        return ""
    nulls = f"NULLS {declared.nulls.upper()}" if declared.nulls else ""
    return " ".join(filter(None, ("DESC" if declared.descending else "", nulls)))


def index_condition(index: Index, dialect: str) -> str:
    """The WHERE of an index that holds some of the rows."""
    declared = index.declared
    if declared is None or declared.condition is None:
        return ""
    given = declared.condition if declared.index is None else declared.index.condition
    return f" WHERE {_writer(index, dialect, 'constraints' if declared.unique else 'indexes').text(given)}"


def check_sql(table: Table, check: CheckSchema, dialect: str) -> str:
    """One CHECK or EXCLUDE constraint, as in CREATE TABLE and ADD."""
    if isinstance(check.declared, ExclusionConstraint):
        return _exclusion_sql(table, check.declared, dialect)
    return f"CONSTRAINT {quote_name(check.name, dialect)} CHECK ({check_condition(table, check, dialect)})"


def _exclusion_sql(table: Table, declared: ExclusionConstraint, dialect: str) -> str:
    if dialect != "postgres":
        where = f"{table.name.name}: the constraint {declared.name}"
        raise UnSupportedError(f"{where} excludes rows, as PostgreSQL does and {PRODUCTS[dialect]} cannot")
    elements, condition = exclusion_parts(table, declared)
    listed = ", ".join(f"{what} WITH {operator}" for what, operator in elements)
    where = f" WHERE ({condition})" if condition else ""
    name = quote_name(declared.name, dialect)
    return f"CONSTRAINT {name} EXCLUDE USING {declared.index_type} ({listed}){where}"


def exclusion_parts(table: Table, declared: ExclusionConstraint) -> tuple[list[tuple[str, str]], str]:
    """What an exclusion constraint compares, each with its operator, and its condition, as PostgreSQL has them."""
    writer = _writer(table, "postgres", "constraints")
    columns = {} if table.model is None else table.model.columns
    elements = []
    for what, operator in declared.expressions:
        column = columns.get(what) if isinstance(what, str) else None
        text = f"({writer.text(what)})" if column is None else quote_name(column.column, "postgres")
        elements.append((text, operator))
    return elements, "" if declared.condition is None else writer.text(declared.condition)


def check_condition(table: Table, check: CheckSchema, dialect: str) -> str:
    """What a CHECK constraint asks of a row."""
    given = check.check if check.declared is None else check.declared.check
    return _writer(table, dialect, "constraints").text(given)


def _writer(place: Index | Table, dialect: str, option: str) -> LiteralWriter:
    assert place.model is not None
    assert place.graph is not None
    return LiteralWriter(place.model, place.graph, dialect, f"{place.model.name}.Meta.{option}")


def refuse_index(index: Index, dialect: str) -> None:
    """Refuse an index that the database has nothing like.

    Raises:
        UnSupportedError: it is of a kind of other databases, or of expressions or some rows on MySQL.
    """
    declared, model = index.declared, index.model
    if declared is None or model is None:
        return
    name = declared.name or ", ".join((*declared.fields, *declared.expressions))
    where, product = f"{model.name}.Meta: the index {name}", PRODUCTS[dialect]
    homes = None if declared.index is None else declared.index.dialects
    if homes is not None and dialect not in homes:
        there = " and ".join(PRODUCTS[each] for each in homes)
        raise UnSupportedError(
            f"{where} is a {declared.type or type(declared.index).__name__} index of {there}, not of {product}"
        )
    if dialect == "mysql" and declared.condition is not None:
        raise UnSupportedError(
            f"{where} has a condition; {product} have no partial indexes. Hint: index the fields whole"
        )
    if dialect == "mysql" and declared.expressions:
        hint = "keep the value in a field of its own and index that"
        raise UnSupportedError(f"{where} is of expressions, which MariaDB cannot index. Hint: {hint}")
