"""Finds the names of expressions and conditions in the model graph.

Values are numbered in the order in which `shape` collects them; each node of a question is read exactly once, in
that order, so that a compiled statement can be run again with the values of any other question of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, Self

from ormgen.exceptions import FieldError
from ormgen.query.conditional import Case, Truth
from ormgen.query.expressions import (
    Combined,
    Condition,
    Expression,
    F,
    Members,
    OrderBy,
    Predicate,
    Q,
    RawSQL,
    Several,
    Value,
    places_for,
)
from ormgen.query.functions import Aggregate, Count, Function, OrderedAggregate, kind_of
from ormgen.query.json_functions import JSONLiteral
from ormgen.query.named import Layout
from ormgen.query.nested import Exists, OuterRef
from ormgen.query.paths import column_path, filter_path, find_lookup, into_json, json_path, key_path
from ormgen.query.resolved import (
    AggregateCall,
    Annotation,
    Arithmetic,
    Bound,
    Call,
    Choice,
    Column,
    Comparison,
    Existing,
    Group,
    InJson,
    Named,
    Nested,
    Ordering,
    Outer,
    Raw,
    Term,
    Windowed,
)
from ormgen.query.resolved import Truth as TruthTerm
from ormgen.query.result_fields import (
    FIELDS,
    as_family,
    field_in_json,
    field_of,
    field_of_type,
    json_argument,
    of_aggregate,
    of_arithmetic,
    of_call,
)
from ormgen.query.statements import Compound, NamedColumn, Select, Subquery
from ormgen.query.windows import WINDOW_ONLY, Window
from ormgen.schema.field import Field
from ormgen.schema.field_types import DecimalField
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.lookups import EVERY_LOOKUP, Family, Lookup, lookups_of
from ormgen.schema.names import did_you_mean


class TermResolver:
    """Reads the parts of one statement about `model`; `counter` numbers the values that it meets.

    `outer` reads the question around this one, where there is one; `beside` knows named questions that it may read.
    """

    def __init__(
        self,
        graph: ModelGraph,
        model: LinkedModel,
        counter: Iterator[int] | None = None,
        outer: Self | None = None,
        beside: Self | None = None,
    ) -> None:
        self.graph = graph
        self.model = model
        self.annotations: dict[str, Annotation] = {}
        self.counter = count() if counter is None else counter
        self.outer = outer
        self.beside = outer if beside is None else beside
        self.layouts: dict[str, Layout] = {}

    def number(self) -> int:
        """The number of the next value."""
        return next(self.counter)

    def term(self, expression: Expression) -> Term:
        """One expression.

        Raises:
            FieldError: a name in it does not exist, or it cannot be used here.
        """
        if isinstance(expression, F):
            return self.named(expression.name)
        if isinstance(expression, Value):
            return Bound(None) if expression.value is None else Bound(self.number(), type(expression.value))
        if isinstance(expression, JSONLiteral):
            return Bound(self.number(), JSONLiteral)
        if isinstance(expression, RawSQL):
            return Raw(expression.sql)
        if isinstance(expression, Combined):
            return self.arithmetic(expression)
        if isinstance(expression, Aggregate):
            return self.aggregate(expression)
        if isinstance(expression, Function):
            if isinstance(expression, WINDOW_ONLY):
                raise FieldError(f"{expression!r} looks at other rows: write Window({type(expression).__name__}(…), …)")
            return self.call(expression)
        return self.composed(expression)

    def arithmetic(self, expression: Combined) -> Arithmetic:
        """Arithmetic; what stands in JSON counts as a number."""
        left = as_family(self.term(expression.left), FIELDS[Family.DECIMAL])
        right = as_family(self.term(expression.right), FIELDS[Family.DECIMAL])
        fields = field_of(left), field_of(right)
        field = of_arithmetic(fields[0], expression.operator, fields[1])
        return Arithmetic(left, expression.operator, right, fields, field)

    def composed(self, expression: Expression) -> Term:
        """An expression that holds conditions or a question, or looks at other rows."""
        if isinstance(expression, Case):
            branches = tuple([(self.group(each.condition), self.term(each.then)) for each in expression.branches])
            otherwise = self.term(expression.default)
            found = [field_of(term) for _, term in branches] + [field_of(otherwise)]
            field = next((each for each in found if each is not None), None)
            exact = any(isinstance(each, DecimalField) for each in found)
            return Choice(branches, otherwise, of_arithmetic(field, "+", None) if exact else field)
        if isinstance(expression, Truth):
            return TruthTerm(self.group(expression.condition))
        if isinstance(expression, Window):
            return self.window(expression)
        if isinstance(expression, Subquery):
            return self.nested(expression.select)
        if isinstance(expression, Exists):
            return Existing(self.nested(expression.select))
        if isinstance(expression, NamedColumn):
            fields = self.layout(expression.name).fields
            if expression.column not in fields:
                hint = did_you_mean(expression.column, fields)
                raise FieldError(f'{expression.name} holds no "{expression.column}"; {hint}')
            return Named(expression.name, expression.column, fields[expression.column])
        if isinstance(expression, OuterRef):
            if self.outer is None:
                raise FieldError(f"{expression!r} stands outside of any sub-query")
            inner = expression.name
            return Outer(self.outer.named(inner) if isinstance(inner, str) else self.outer.term(inner))
        raise FieldError(f"{expression!r} cannot be used here")

    def call(self, function: Function[Any]) -> Call:
        """A function of one row, or of a window."""
        given = [function.field, *function.arguments] if function.field is not None else function.arguments
        kind = type(function)
        wanted = json_argument(kind)
        arguments = tuple([as_family(self.argument(kind, value), wanted) for value in given])
        fields = tuple([field_of(argument) for argument in arguments])
        return Call(kind, function.option, arguments, fields, of_call(kind, function.option, fields))

    def aggregate(self, function: Aggregate[Any]) -> AggregateCall:
        """An aggregate; its condition comes first, as its values do."""
        condition = None if function.condition is None else self.group(function.condition)
        first = function.field
        key: list[Term] = []
        if isinstance(function, Count) and function.distinct and isinstance(first, F) and first.name != "*":
            key = [*self.columns(first.name)]
        if len(key) > 1:
            argument: Term = key[0]
        elif isinstance(function, Count) and isinstance(first, F) and first.name == "*":
            argument = Raw("1")
        elif isinstance(function, Count) and isinstance(first, F) and not function.distinct:
            argument = self.counted(first.name)
        else:
            assert first is not None
            argument = as_family(self.term(first), json_argument(type(function)))
        more = (*key[1:], *[self.argument(type(function), value) for value in function.arguments])
        inner, kind = field_of(argument), type(function)
        field = of_aggregate(kind, inner)
        order = (
            tuple([self.ordering(entry) for entry in function.order_by])
            if isinstance(function, OrderedAggregate)
            else ()
        )
        return AggregateCall(kind, function.option, argument, more, function.distinct, condition, inner, field, order)

    def counted(self, name: str) -> Term:
        """What rows are counted by: of a key, one column."""
        if name in self.annotations or "__" in name:
            path = None if name in self.annotations else into_json(self.graph, self.model, name)[0]
            return self.named(name) if path is None or not path.others else Column(path.telling)
        return Column(key_path(self.graph, self.model, name).telling)

    def window(self, window: Window) -> Windowed:
        """A function over the rows around each row."""
        function = window.expression
        inner = self.aggregate(function) if isinstance(function, Aggregate) else self.call(function)
        parts = tuple([self.term(part) for part in window.partition_by])
        ordered = tuple([self.ordering(entry) for entry in window.order_by])
        return Windowed(inner, parts, ordered, "" if window.frame is None else window.frame.text())

    def argument(self, function: type[Function[Any]], value: Any) -> Term:
        """An argument of a function: an expression or a value."""
        if value is None:
            return Bound(None)
        return self.term(value) if isinstance(value, Expression) else Bound(self.number(), kind_of(function, value))

    def named(self, name: str) -> Term:
        """The term of a column, a relation's key, an earlier annotation, or what stands inside one that is JSON."""
        if name in self.annotations:
            return self.annotations[name].term
        first, _, rest = name.partition("__")
        if rest and first in self.annotations and _is_json(self.annotations[first].field):
            return InJson(self.annotations[first].term, tuple(rest.split("__")), FIELDS[Family.JSON])
        path, keys = into_json(self.graph, self.model, name)
        if keys:
            return InJson(Column(path), keys, FIELDS[Family.JSON])
        return Column(column_path(self.graph, self.model, name))

    def group(self, q: Q) -> Group:
        """One tree of conditions; branches without any condition are left out."""
        parts: list[Comparison | Group | Term] = []
        for child in q.children:
            if isinstance(child, Q):
                parts.append(self.group(child))
            else:
                parts.append(self.term(child) if isinstance(child, Predicate) else self.comparison(child))
        kept = tuple(part for part in parts if not isinstance(part, Group) or part.parts)
        return Group(kept, q.join_type, q.negated)

    def comparison(self, condition: Condition) -> Comparison:
        """One condition: the term and lookup of its keyword, and the place of its value."""
        first, _, rest = condition.key.partition("__")
        annotation = self.annotations.get(first)
        if annotation is None:
            path, keys, lookup = filter_path(self.graph, self.model, condition.key)
            if keys:
                return self.compared(condition.value, InJson(Column(path), keys, None), None, None, lookup)
            return self.compared(condition.value, Column(path), path.column.field, path.end_attribute, lookup)
        names = rest.split("__") if rest else []
        inside = annotation.term
        if isinstance(inside, InJson):
            keys, lookup = json_path(names) if names else ((), EVERY_LOOKUP["exact"])
            return self.compared(condition.value, InJson(inside.document, inside.keys + keys, None), None, None, lookup)
        if _is_json(annotation.field) and (len(names) > 1 or (names and names[0] not in EVERY_LOOKUP)):
            keys, lookup = json_path(names)
            term = InJson(annotation.term, keys, None) if keys else annotation.term
            return self.compared(condition.value, term, None if keys else annotation.field, None, lookup)
        family = None if annotation.field is None else annotation.field.family
        lookup = find_lookup(family, names, first, condition.key)
        return self.compared(condition.value, annotation.term, annotation.field, None, lookup)

    def compared(self, value: Any, term: Term, field: Field[Any] | None, key: str | None, lookup: Lookup) -> Comparison:
        """A comparison of a term with the value of a condition."""
        if value is None or (isinstance(value, bool) and lookup.name.endswith("isnull")):
            return Comparison(as_family(term, None), field, key, lookup, None, fixed=value)
        if isinstance(value, Several):
            several = tuple([self.operand(item) for item in value.items])
            return Comparison(term, field, key, lookup, None, several=several)
        if isinstance(value, Members):
            field = field or (field_of_type(type(value.present[0])) if value.present else None)
            operand = Bound(self.number())
            term = as_family(term, field)
            return Comparison(term, field, key, lookup, operand, places_for(len(value.present)), value.has_none)
        if isinstance(term, InJson) and lookup.name == "contains" and isinstance(value, list | dict):
            lookup = lookups_of(Family.JSON)["contains"]
        if lookup.name == "exact" and isinstance(value, Function) and value.searches:
            lookup = EVERY_LOOKUP["search"]
        operand_term = self.operand(value)
        other = field_of(operand_term)
        if isinstance(term, InJson):
            field = field_in_json(lookup, other, value)
            term = as_family(term, field)
        elif isinstance(other, DecimalField) and not isinstance(field, DecimalField):
            field = other
        return Comparison(term, field, key, lookup, as_family(operand_term, field))

    def operand(self, value: Any) -> Term:
        """What a term is compared with: an expression, or a value of the term's field."""
        return self.term(value) if isinstance(value, Expression) else Bound(self.number())

    def ordering(self, entry: OrderBy) -> Ordering:
        """An expression to order by."""
        term = self.term(entry.expression)
        return Ordering(term, entry.descending, field_of(term), entry.nulls)

    def layout(self, name: str) -> Layout:
        """What the rows of a named question hold."""
        raise NotImplementedError

    def columns(self, name: str) -> tuple[Term, ...]:
        """The terms that a name stands for: of a key, its columns."""
        raise NotImplementedError

    def nested(self, select: Select | Compound) -> Nested:
        """A question inside of this one."""
        raise NotImplementedError


def _is_json(field: Field[Any] | None) -> bool:
    return field is not None and field.family is Family.JSON
