"""Finds the names of a question in the model graph.

Values are numbered in the order in which `shape` collects them; each node of a question is read exactly once, in
that order, so that a compiled statement can be run again with the values of any other question of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from ormgen.exceptions import FieldError
from ormgen.query.expressions import Combined, Condition, Expression, F, Members, Q, RawSQL, Value
from ormgen.query.functions import Aggregate, Avg, Count, Function, Length, Sum
from ormgen.query.paths import Path, column_path, filter_path, find_lookup, key_path
from ormgen.query.resolved import (
    AggregateCall,
    Annotation,
    Arithmetic,
    Bound,
    Call,
    Column,
    Comparison,
    Group,
    Nested,
    Ordering,
    Question,
    Raw,
    Term,
)
from ormgen.query.statements import Select, Subquery
from ormgen.schema.field import Field
from ormgen.schema.field_types import BigIntField, DecimalField, FloatField, IntField
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.lookups import Family, Lookup

_WHOLE = BigIntField()
_FLOAT = FloatField()


class Resolver:
    """Reads the parts of one statement about `model`; `counter` numbers the values that it meets."""

    def __init__(self, graph: ModelGraph, model: LinkedModel, counter: Iterator[int] | None = None) -> None:
        self.graph = graph
        self.model = model
        self.annotations: dict[str, Annotation] = {}
        self.counter = count() if counter is None else counter

    def question(self, select: Select) -> Question:
        """The whole of a `Select`.

        Raises:
            FieldError: a name does not exist, or a lookup does not fit its field.
        """
        for name, expression in select.annotations:
            self.annotate(name, expression)
        where = tuple(self.group(q) for q in select.where)
        via = self.number() if select.via is not None else None
        limit = self.number() if select.limit is not None else None
        offset = self.number() if select.offset is not None else None
        names = select.order_by
        if names is None:
            names = () if select.group_by or select.ending != "rows" else self._usual_order(select)
        orderings = tuple(entry for name in names for entry in self.orderings(name))
        return Question(self.model, tuple(self.annotations.values()), where, via, orderings, limit, offset)

    def _usual_order(self, select: Select) -> tuple[str, ...]:
        """The model's own ordering, where it does not stand in the way of distinct rows of values."""
        names = self.model.meta.ordering
        if select.distinct and select.output is not None:
            shown = {name for _, name in select.output}
            return names if all(name.removeprefix("-") in shown for name in names) else ()
        return names

    def number(self) -> int:
        """The number of the next value."""
        return next(self.counter)

    def annotate(self, name: str, expression: Expression) -> None:
        """Read one annotation and remember it for the parts that follow."""
        if name in self.model.columns or name in self.model.relations:
            raise FieldError(f'{self.model.name} has a field "{name}" already; annotate under another name')
        term = self.term(expression)
        self.annotations[name] = Annotation(name, term, self.field_of(term))

    def term(self, expression: Expression) -> Term:
        """One expression."""
        if isinstance(expression, F):
            return self.named(expression.name)
        if isinstance(expression, Value):
            return Bound(None) if expression.value is None else Bound(self.number(), type(expression.value))
        if isinstance(expression, RawSQL):
            return Raw(expression.sql)
        if isinstance(expression, Combined):
            left = self.term(expression.left)
            return Arithmetic(left, expression.operator, self.term(expression.right))
        if isinstance(expression, Aggregate):
            condition = None if expression.condition is None else self.group(expression.condition)
            return AggregateCall(type(expression), self.aggregated(expression), expression.distinct, condition)
        if isinstance(expression, Function):
            first = self.term(expression.field)
            return Call(type(expression), (first, *[self.argument(value) for value in expression.arguments]))
        if isinstance(expression, Subquery):
            inner = Resolver(self.graph, self.graph[expression.select.model], self.counter)
            return Nested(expression.select, inner.question(expression.select))
        raise FieldError(f"{expression!r} cannot be used here")

    def aggregated(self, expression: Aggregate) -> Term:
        """What an aggregate is over; rows are counted by one column of a key."""
        field = expression.field
        if isinstance(expression, Count) and not expression.distinct and isinstance(field, F):
            return self.named(field.name) if field.name in self.annotations else self.counted(field.name)
        return self.term(field)

    def counted(self, name: str) -> Term:
        return Column(key_path(self.graph, self.model, name).telling)

    def argument(self, value: Any) -> Term:
        return self.term(value) if isinstance(value, Expression) else Bound(self.number(), type(value))

    def named(self, name: str) -> Term:
        """The term of a column, a relation's key, or an earlier annotation."""
        if name in self.annotations:
            return self.annotations[name].term
        return Column(column_path(self.graph, self.model, name))

    def group(self, q: Q) -> Group:
        """One tree of conditions; branches without any condition are left out."""
        parts = [self.group(child) if isinstance(child, Q) else self.comparison(child) for child in q.children]
        kept = tuple(part for part in parts if not isinstance(part, Group) or part.parts)
        return Group(kept, q.join_type, q.negated)

    def comparison(self, condition: Condition) -> Comparison:
        """One condition: the term and lookup of its keyword, and the place of its value."""
        first, _, rest = condition.key.partition("__")
        if first in self.annotations:
            annotation = self.annotations[first]
            family = Family.OTHER if annotation.field is None else annotation.field.family
            names = rest.split("__") if rest else []
            lookup = find_lookup(_ordered(family), names, first, condition.key)
            return self.compared(condition.value, annotation.term, annotation.field, None, lookup)
        path, lookup = filter_path(self.graph, self.model, condition.key)
        return self.compared(condition.value, Column(path), path.column.field, path.end_attribute, lookup)

    def compared(self, value: Any, term: Term, field: Field[Any] | None, key: str | None, lookup: Lookup) -> Comparison:
        if value is None or (isinstance(value, bool) and lookup.name.endswith("isnull")):
            return Comparison(term, field, key, lookup, None, fixed=value)
        if isinstance(value, Members):
            operand = Bound(self.number())
            return Comparison(term, field, key, lookup, operand, len(value.present), value.has_none)
        operand_term = self.term(value) if isinstance(value, Expression) else Bound(self.number())
        return Comparison(term, field, key, lookup, operand_term)

    def orderings(self, name: str) -> Iterator[Ordering]:
        """One entry of `order_by`: a name, with a minus in front to reverse it; a key gives one for each column."""
        plain, descending = name.removeprefix("-"), name.startswith("-")
        if plain in self.annotations:
            term = self.annotations[plain].term
            yield Ordering(term, descending, self.field_of(term))
            return
        path = key_path(self.graph, self.model, plain)
        if path.end is not None and not path.end.kind.forward:
            raise FieldError(f'Filtering by relation is not possible: order by a field of it, such as "{plain}__pk"')
        for column in path.columns:
            yield Ordering(Column(Path(path.relations, column, path.end)), descending, column.field)

    def field_of(self, term: Term) -> Field[Any] | None:
        """The field that converts values of `term`, None where they are taken as they come."""
        if isinstance(term, Column):
            return term.path.column.field
        if isinstance(term, AggregateCall):
            return self.aggregate_field(term)
        if isinstance(term, Call):
            if issubclass(term.function, Length):
                return _WHOLE
            return self.field_of(term.arguments[0])
        if isinstance(term, Arithmetic):
            return self.field_of(term.left) or self.field_of(term.right)
        return None

    def aggregate_field(self, term: AggregateCall) -> Field[Any] | None:
        inner = self.field_of(term.argument)
        if issubclass(term.function, Count):
            return _WHOLE
        if issubclass(term.function, Avg):
            return inner if isinstance(inner, DecimalField) else _FLOAT
        if issubclass(term.function, Sum) and isinstance(inner, IntField):
            return _WHOLE
        return inner


def _ordered(family: Family) -> Family:
    """Values of unknown kind are compared like numbers."""
    return Family.FLOAT if family is Family.OTHER else family
