"""Finds the names of a question in the model graph.

Values are numbered in the order in which `shape` collects them; each node of a question is read exactly once, in
that order, so that a compiled statement can be run again with the values of any other question of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

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
from ormgen.query.functions import Aggregate, Count, Function
from ormgen.query.named import Layout, compound_question, definitions
from ormgen.query.nested import Exists, OuterRef
from ormgen.query.paths import Path, column_path, filter_path, find_lookup, into_json, json_path, key_path
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
    NamedJoined,
    Nested,
    Ordering,
    Outer,
    Question,
    Raw,
    Term,
    Windowed,
    columns_of,
    holds_aggregate,
    plain_columns,
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
from ormgen.query.statements import Common, Compound, NamedColumn, Select, Subquery
from ormgen.query.windows import WINDOW_ONLY, Window
from ormgen.schema.field import Field
from ormgen.schema.field_types import DecimalField
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.lookups import EVERY_LOOKUP, Family, Lookup, lookups_of
from ormgen.schema.names import did_you_mean


class Resolver:
    """Reads the parts of one statement about `model`; `counter` numbers the values that it meets.

    `outer` reads the question around this one, where there is one; `beside` knows named questions that it may read.
    """

    def __init__(
        self,
        graph: ModelGraph,
        model: LinkedModel,
        counter: Iterator[int] | None = None,
        outer: Resolver | None = None,
        beside: Resolver | None = None,
    ) -> None:
        self.graph = graph
        self.model = model
        self.annotations: dict[str, Annotation] = {}
        self.counter = count() if counter is None else counter
        self.outer = outer
        self.beside = outer if beside is None else beside
        self.layouts: dict[str, Layout] = {}

    def question(self, select: Select) -> Question:
        """The whole of a `Select`.

        Raises:
            FieldError: a name does not exist, or a lookup does not fit its field.
        """
        defined = definitions(self, () if select.common is None else select.common.defined)
        joins, held = self._common(select.common) if select.common is not None else ((), None)
        for name, expression in select.annotations:
            self.annotate(name, expression)
        where = tuple(self.group(q) for q in select.where)
        via = self.number() if select.via is not None else None
        limit = self.number() if select.limit is not None else None
        offset = self.number() if select.offset is not None else None
        grouped = tuple([term for name in select.group_by for term in self.grouped(name)])
        whole = self._is_whole(select)
        entries = select.order_by
        if entries is None:
            entries = () if grouped or whole or select.ending != "rows" else self._usual_order(select)
        orderings = tuple([each for entry in entries for each in self.orderings(entry, select)])
        if whole:
            orderings = ()
        annotations = tuple(self.annotations.values())
        question = Question(self.model, annotations, where, via, orderings, limit, offset, grouped, whole)
        return question if select.common is None else replace(question, defined=defined, joins=joins, held=held)

    def _common(self, common: Common) -> tuple[tuple[NamedJoined, ...], frozenset[str] | None]:
        """The named questions that are joined, and the columns of the one that is read instead of the table."""
        held = None
        if common.source is not None:
            layout = self.layout(common.source)
            held = layout.own
            for name, field in layout.fields.items():
                if name not in layout.own:
                    self.annotations[name] = Annotation(name, Named(None, name, field), field)
        return tuple([NamedJoined(each.name, self.group(each.on), each.left) for each in common.joins]), held

    def layout(self, name: str) -> Layout:
        """What the rows of a named question hold.

        Raises:
            FieldError: nothing here is called so.
        """
        if name in self.layouts:
            return self.layouts[name]
        if self.beside is None:
            raise FieldError(f'no common table expression is called "{name}" here; join it, or add with_cte(…)')
        return self.beside.layout(name)

    def part(self, model: str) -> Resolver:
        """What reads a part of this question, or one that it names, which sees what is around but not this one."""
        return Resolver(self.graph, self.graph[model], self.counter, self.outer, self)

    def grouped(self, name: str | Expression) -> tuple[Term, ...]:
        """One entry of `group_by`; a key gives a term for each of its columns."""
        return self.columns(name) if isinstance(name, str) else (self.term(name),)

    def columns(self, name: str) -> tuple[Term, ...]:
        """The term that a name stands for; those of all columns of a key."""
        if name in self.annotations:
            return (self.annotations[name].term,)
        path, _ = into_json(self.graph, self.model, name)
        if not path.others:
            return (self.named(name),)
        return tuple([Column(Path(path.relations, column, path.end)) for column in path.columns])

    def _is_whole(self, select: Select) -> bool:
        """Whether rows of values are asked for that hold nothing but aggregates of the model's own columns."""
        names = [name for _, name in select.output or ()]
        if (
            select.group_by
            or select.ending != "rows"
            or not names
            or not all(name in self.annotations for name in names)
        ):
            return False
        terms = [self.annotations[name].term for name in names]
        return all(
            holds_aggregate(term)
            and not any(plain_columns(term))
            and not any(column.path.many for column in columns_of(term))
            for term in terms
        )

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
        self.annotations[name] = Annotation(name, term, field_of(term))

    def term(self, expression: Expression) -> Term:
        """One expression.

        Raises:
            FieldError: a name in it does not exist, or it cannot be used here.
        """
        if isinstance(expression, F):
            return self.named(expression.name)
        if isinstance(expression, Value):
            return Bound(None) if expression.value is None else Bound(self.number(), type(expression.value))
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

    def nested(self, select: Select | Compound) -> Nested:
        """A question inside of this one."""
        model = select.model if isinstance(select, Select) else select.first.model
        inner = Resolver(self.graph, self.graph[model], self.counter, self)
        if isinstance(select, Compound):
            return Nested(select, *compound_question(inner, select))
        question = inner.question(select)
        output = select.output or (("pk", "pk"),)
        first, *others = inner.columns(output[0][1])
        return Nested(select, question, None if others else field_of(first))

    def call(self, function: Function[Any]) -> Call:
        """A function of one row, or of a window."""
        given = [function.field, *function.arguments] if function.field is not None else function.arguments
        kind = type(function)
        wanted = json_argument(kind)
        arguments = tuple([as_family(self.argument(value), wanted) for value in given])
        fields = tuple([field_of(argument) for argument in arguments])
        return Call(kind, function.option, arguments, fields, of_call(kind, function.option, fields))

    def aggregate(self, function: Aggregate[Any]) -> AggregateCall:
        """An aggregate; its condition comes first, as its values do."""
        condition = None if function.condition is None else self.group(function.condition)
        first = function.field
        if isinstance(function, Count) and isinstance(first, F) and first.name == "*":
            argument: Term = Raw("1")
        elif isinstance(function, Count) and isinstance(first, F) and not function.distinct:
            argument = self.counted(first.name)
        else:
            assert first is not None
            argument = as_family(self.term(first), json_argument(type(function)))
        more = tuple([self.argument(value) for value in function.arguments])
        inner, kind = field_of(argument), type(function)
        field = of_aggregate(kind, inner)
        return AggregateCall(kind, function.option, argument, more, function.distinct, condition, inner, field)

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

    def argument(self, value: Any) -> Term:
        """An argument of a function: an expression or a value."""
        if value is None:
            return Bound(None)
        return self.term(value) if isinstance(value, Expression) else Bound(self.number(), type(value))

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

    def orderings(self, entry: str | OrderBy, select: Select) -> Iterator[Ordering]:
        """One entry of `order_by`: a name, with a minus in front to reverse it, or an expression; a key gives one for
        each of its columns."""
        if not isinstance(entry, str):
            yield self.ordering(entry)
            return
        plain = entry.removeprefix("-")
        name = dict(select.output or ()).get(plain, plain)
        for term in self.columns(name):
            if isinstance(term, Column) and term.path.end is not None and not term.path.end.kind.forward:
                raise FieldError(f'Filtering by relation is not possible: order by a field of it, such as "{name}__pk"')
            yield Ordering(term, entry.startswith("-"), field_of(term))

    def ordering(self, entry: OrderBy) -> Ordering:
        """An expression to order by."""
        term = self.term(entry.expression)
        return Ordering(term, entry.descending, field_of(term), entry.nulls)


def _is_json(field: Field[Any] | None) -> bool:
    return field is not None and field.family is Family.JSON
