"""Queries that users build with pypika: the table of a model, and text whose values are bound."""

from __future__ import annotations

import copy
from typing import Any

from pypika import Schema, Table
from pypika.terms import NullValue, ParameterValueWrapper, ValueWrapper

from ormgen.schema.graph import LinkedModel
from ormgen.sql.compiling import DIALECTS
from ormgen.sql.fragments import Place, finish
from ormgen.sql.values import Codec


def table_of(model: LinkedModel) -> Table:
    """The table of a model."""
    schema = model.meta.schema
    return Table(model.table, schema=None if schema is None else Schema(schema))


def bound(query: Any, dialect: str, codec: Codec) -> tuple[str, list[Any]]:
    """The text of a query with placeholders, and its values; the query itself stays as it is."""
    places, spelling = Places(), DIALECTS[dialect]
    text = places.put(query).get_sql(quote_char=spelling.quote)
    sql, order = finish(spelling.escaped(text), spelling.placeholder)
    return sql, [codec.plain(places.values[number]) for number in order]


class Places:
    """Puts a place where a query holds a value; pypika would make text of it."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._done: dict[int, tuple[Any, Any]] = {}  # the original is kept, so that its id stays its own

    def put(self, part: Any) -> Any:
        """A copy of a part of a query, with places instead of values."""
        if isinstance(part, list | tuple | set):
            return type(part)([self.put(item) for item in part])
        if isinstance(part, dict):
            return {key: self.put(value) for key, value in part.items()}
        if not type(part).__module__.startswith("pypika") or isinstance(part, type) or not hasattr(part, "__dict__"):
            return part
        if isinstance(part, NullValue):
            return part
        known = self._done.get(id(part))
        if known is None:
            known = self._done[id(part)] = (part, self._copied(part))
        return known[1]

    def _copied(self, part: Any) -> Any:
        plain = isinstance(part, ValueWrapper) and not isinstance(part, ParameterValueWrapper)
        if plain and part.value is not None and not hasattr(part.value, "get_sql"):
            self.values.append(part.value)
            place = Place(len(self.values) - 1)
            place.alias = part.alias
            return place
        made = copy.copy(part)
        self._done[id(part)] = (part, made)
        for name, value in vars(part).items():
            made.__dict__[name] = self.put(value)
        return made
