"""Finds the names of a question in the model graph; see `query.resolve_terms`."""

from __future__ import annotations

from collections.abc import Iterator

from ormgen.exceptions import FieldError
from ormgen.query.expressions import (
    Expression,
    OrderBy,
)
from ormgen.query.named import Layout, compound_question, definitions
from ormgen.query.paths import Path, into_json
from ormgen.query.resolve_terms import TermResolver
from ormgen.query.resolved import (
    Annotation,
    Column,
    Named,
    NamedJoined,
    Nested,
    Ordering,
    Question,
    Term,
    columns_of,
    holds_aggregate,
    plain_columns,
)
from ormgen.query.result_fields import (
    field_of,
)
from ormgen.query.statements import Common, Compound, Select
from ormgen.records import replace


class Resolver(TermResolver):
    """Reads the parts of one statement about a model."""

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

    def annotate(self, name: str, expression: Expression) -> None:
        """Read one annotation and remember it for the parts that follow."""
        term = self.term(expression)
        self.annotations[name] = Annotation(name, term, field_of(term))

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
