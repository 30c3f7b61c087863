"""Comparisons of keys that have several columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from ormgen.exceptions import FieldError, ParamsError
from ormgen.query.instance import key_of
from ormgen.query.keys import parts_of
from ormgen.query.paths import Path
from ormgen.query.resolved import Bound, Column, Comparison, Nested
from ormgen.schema.field import Field
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import FALSE, Fragment, Sql, joined, listed
from ormgen.sql.joins import Joins
from ormgen.sql.values import Codec, Encoder

ARRAY_ABOVE: Final = 20
ORDERS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Places(Protocol):
    """What gives values their places in the text."""

    graph: ModelGraph
    dialect: Dialect
    codec: Codec

    def place(
        self,
        index: int,
        encoder: Encoder | None,
        item: int | None = None,
        label: str | None = None,
        spread: bool = False,
    ) -> Sql: ...


class KeyScope(Protocol):
    """Where a comparison stands."""

    joins: Joins

    def nested(self, nested: Nested, attribute: str = "pk", among: bool = False) -> Sql: ...


def compare_keys(places: Places, scope: KeyScope, comparison: Comparison) -> Sql:
    """A comparison whose term is a key of several columns.

    Raises:
        FieldError: the key is compared with an expression.
    """
    return _KeyTest(places, scope, comparison).written()


class _KeyTest:
    def __init__(self, places: Places, scope: KeyScope, comparison: Comparison) -> None:
        assert isinstance(comparison.term, Column)
        self.places, self.scope, self.comparison = places, scope, comparison
        self.path = path = comparison.term.path
        self.lookup = comparison.lookup.name
        self.names = [column.name for column in path.columns]
        self.columns = [scope.joins.column(Path(path.relations, column)) for column in path.columns]
        comparable = places.dialect.comparable
        self.terms = [comparable(term, column.field) for term, column in zip(self.columns, path.columns, strict=True)]
        self.row = Fragment(f"({','.join(['{}'] * len(self.terms))})", *self.terms)
        self.encoders = [places.codec.encoder(column.field, stored=False) for column in path.columns]
        owner: LinkedModel = places.graph[path.relations[-1].target] if path.relations else scope.joins.model
        self.label = f"{owner.name}.pk" if path.end is None else f"{places.graph[path.end.model].name}.{path.end.name}"
        self.of = None if path.end is None else places.graph[path.end.target].path

    def written(self) -> Sql:
        operand = self.comparison.operand
        if operand is None:
            fixed = bool(self.comparison.fixed)
            empty = {"exact": True, "not": False, "isnull": fixed, "not_isnull": not fixed}.get(self.lookup)
            if empty is None:
                raise ParamsError(f"{self.lookup} cannot be compared with None; use isnull=True")
            return self.is_null() if empty else Fragment("NOT ({})", self.is_null())
        if isinstance(operand, Nested):
            rows = self.scope.nested(operand, "pk" if self.path.end is None else self.path.end_attribute, among=True)
            return self.member(Fragment("{} IN {}", self.row, rows))
        if not isinstance(operand, Bound) or operand.index is None:
            names = ", ".join(self.names)
            raise FieldError(f"{self.label} is a key of several columns; compare each with an expression: {names}")
        if self.comparison.size is not None:
            return self.member(self.listed(operand.index, self.comparison.size))
        if self.lookup == "range":
            lower, upper = [listed(self.values(operand.index, bound)) for bound in (0, 1)]
            return Fragment("{}>=({}) AND {}<=({})", self.row, lower, self.row, upper)
        values = self.values(operand.index)
        if self.lookup in ORDERS:
            return Fragment(f"{{}}{ORDERS[self.lookup]}({{}})", self.row, listed(values))
        same = [Fragment("{}={}", term, value) for term, value in zip(self.terms, values, strict=True)]
        return self.member(joined(same, "AND"))

    def is_null(self) -> Sql:
        """A key is empty when one of its columns is."""
        return joined([Fragment("{} IS NULL", column) for column in self.columns], "OR")

    def member(self, found: Sql) -> Sql:
        """`found`, or the opposite, with None as the lookup wants it."""
        has_none = self.comparison.has_none
        if not self.lookup.startswith("not"):
            return Fragment("({} OR {})", found, self.is_null()) if has_none else found
        missing = Fragment("NOT ({})", found)
        if has_none:
            return Fragment("({} AND NOT ({}))", missing, self.is_null())
        return Fragment("({} OR {})", missing, self.is_null())

    def listed(self, index: int, size: int) -> Sql:
        """Whether the key is one of `size` keys."""
        if not size:
            return FALSE
        dialect = self.places.dialect
        types = dialect.array_types(list(self.path.columns)) if size > ARRAY_ABOVE else None
        if types is not None:
            arrays = [
                Fragment(f"{{}}::{name}", self.places.place(index, self.all_parts(at), None, self.label))
                for at, name in enumerate(types)
            ]
            return Fragment("{} IN (SELECT * FROM unnest({}))", self.row, listed(arrays))
        width = len(self.terms)
        places = [
            self.places.place(index, self.parts, item, self.label, spread=True).get_sql()
            for item in range(size * width)
        ]
        rows = [f"({','.join(places[at : at + width])})" for at in range(0, size * width, width)]
        return Fragment(dialect.row_list, self.row, Fragment(",".join(rows)))

    # -- encoders

    def parts(self, value: Any) -> Sequence[Any]:
        """The parameters for one key, or for an instance that has it."""
        key = key_of(value, self.comparison.key_attribute or "pk", self.of)
        items = parts_of(key, self.names, self.label)
        return [encode(item) for encode, item in zip(self.encoders, items, strict=True)]

    def values(self, index: int, bound: int | None = None) -> list[Sql]:
        """The places of one key, which may be a bound of a range."""
        return [self.places.place(index, self.part(at, bound), None, self.label) for at in range(len(self.terms))]

    def part(self, at: int, bound: int | None) -> Callable[[Any], Any]:
        return lambda value: self.parts(value if bound is None else value[bound])[at]

    def all_parts(self, at: int) -> Callable[[Any], list[Any]]:
        return lambda values: [self.parts(value)[at] for value in values]


def key_rows(places: Places, columns: Sequence[Sql], fields: Sequence[Field[Any]], index: int, size: int) -> Sql:
    """Whether columns hold one of `size` keys, each a tuple."""
    encoders = [places.codec.encoder(field, stored=False) for field in fields]

    def parts(key: Any) -> list[Any]:
        return [encode(item) for encode, item in zip(encoders, key, strict=True)]

    width = len(columns)
    texts = [places.place(index, parts, item, None, spread=True).get_sql() for item in range(size * width)]
    rows = [f"({','.join(texts[at : at + width])})" for at in range(0, size * width, width)]
    return Fragment(places.dialect.row_list, Fragment("({})", listed(columns)), Fragment(",".join(rows)))
