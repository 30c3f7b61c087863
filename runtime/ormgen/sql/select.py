"""A `Select` as SQL: the columns of instances or plain values, joins, sub-queries for aggregates, order and limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pypika.queries import QueryBuilder

from ormgen.exceptions import FieldError
from ormgen.query.expressions import places_for
from ormgen.query.functions import Count
from ormgen.query.layout import Extra, Section
from ormgen.query.paths import Path, into_json, relation_path
from ormgen.query.resolve import Resolver
from ormgen.query.resolved import (
    AggregateCall,
    Group,
    Nested,
    Question,
    Term,
    Windowed,
    aggregated,
    crosses_many,
    holds_aggregate,
    reads_many,
    separated,
    shares_many,
    windowed,
)
from ormgen.query.result_fields import field_of
from ormgen.query.statements import VIA, Select, Via
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.conditions import ARRAY_ABOVE, Writer
from ormgen.sql.criteria import FALSE
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, joined, listed
from ormgen.sql.joins import Joins
from ormgen.sql.locks import lock_clause
from ormgen.sql.partial import only_by_path
from ormgen.sql.term_writer import Scope, called
from ormgen.sql.window_filters import computing, same_row, windows_of


class SelectWriter:
    """Writes one question; a question inside another has a `prefix` that sets its aliases apart."""

    def __init__(
        self, writer: Writer, select: Select, question: Question, prefix: str = "", outer: Scope | None = None
    ) -> None:
        self.writer = writer
        self.select = select
        self.question = question
        self.model = question.model
        self.prefix = prefix
        self.joins = Joins(writer.graph, question.model, prefix)
        self.columns: list[Sql] = []
        self.sections: list[Section] = []
        self.extras: list[Extra] = []
        self.nesting = 0
        self.orderings: list[Sql] = []
        self.numbered = False
        self.over_all = False
        self.row_by_row = False
        self.outer = outer
        self._before: dict[int, Sql] = {}

    def compiled(self) -> CompiledQuery:
        """The whole statement."""
        text = self.query().get_sql() + self.lock_text()
        sql, parameters = self.writer.finish(text)
        return CompiledQuery(sql, parameters, tuple(self.sections), tuple(self.extras))

    def query(self) -> QueryBuilder:
        """The pypika query."""
        self.compute_windows(self.question.where)
        if self.select.ending == "count":
            return self.counting()
        if self.select.ending == "aggregate":
            return self.aggregating()
        if self.select.ending == "exists":
            return self.limited(self.selecting([Fragment("1")]), with_order=False)
        if self.select.output is not None:
            self.add_values()
        else:
            self.add_instances()
        numbered: list[Sql] = [Fragment("{}", column, alias=f"c{at}") for at, column in enumerate(self.columns)]
        return self.limited(self.selecting(numbered if self.numbered else self.columns))

    # -- what is selected

    def add_instances(self) -> None:
        only = only_by_path(self.writer.graph, self.model, self.select)
        self.add_section((), self.model, (), only.get((), None) if self.select.only is not None else None)
        done: set[tuple[str, ...]] = set()
        for name in self.select.related:
            relations = relation_path(self.writer.graph, self.model, name)
            for depth in range(1, len(relations) + 1):
                steps = relations[:depth]
                path = tuple(step.name for step in steps)
                if path not in done:
                    done.add(path)
                    self.add_related(steps, path, only.get(path))
        for annotation in self.question.annotations:
            self.add_extra(annotation.name, self.writer.term(self, annotation.term), annotation.field)
        if self.select.via is not None and self.select.via.labelled:
            relation = self.writer.graph[self.select.via.model].relations[self.select.via.relation]
            near = self.writer.graph[relation.model].columns[relation.near]
            self.add_extra(VIA, self.via_column(relation), near.field)

    def via_column(self, relation: Relation) -> Sql:
        """The column of the through table that holds the keys of the instances on its other side."""
        assert relation.through is not None
        alias = self.joins.via(relation)
        return ColumnTerm(alias, relation.through.near_column)

    def via_condition(self, via: Via, number: int) -> Sql:
        relation = self.writer.graph[via.model].relations[via.relation]
        near = self.writer.graph[relation.model].columns[relation.near]
        encoder = self.writer.codec.encoder(near.field, relation.near)
        column = self.via_column(relation)
        dialect = self.writer.dialect
        if len(via.keys) > ARRAY_ABOVE and dialect.takes_array(near.field):
            return dialect.in_array(column, self.writer.place(number, dialect.array(encoder)))
        places = [self.writer.place(number, encoder, item) for item in range(places_for(len(via.keys)))]
        return Fragment("{} IN ({})", column, listed(places)) if places else FALSE

    def add_related(self, steps: tuple[Relation, ...], path: tuple[str, ...], only: tuple[str, ...] | None) -> None:
        last = steps[-1]
        if last.many:
            raise FieldError(
                f'select_related("{"__".join(path)}"): {last.name} leads to many objects; '
                f'use prefetch_related("{"__".join(path)}")'
            )
        self.add_section(path, self.writer.graph[last.target], steps, only)

    def add_section(
        self, path: tuple[str, ...], model: LinkedModel, steps: tuple[Relation, ...], only: tuple[str, ...] | None
    ) -> None:
        alias = self.joins.alias(steps)
        names = [name for name in model.columns if only is None or name in only or name in model.pk_names]
        start = len(self.columns)
        self.columns += [ColumnTerm(alias, model.columns[name].column) for name in names]
        decoders = tuple(self.writer.codec.decoder(model.columns[name].field) for name in names)
        key = start + names.index(model.pk_names[0]) if path else None
        self.sections.append(Section(path, model.key, tuple(names), decoders, start, key, only is not None))

    def add_values(self) -> None:
        fields = {annotation.name: annotation.field for annotation in self.question.annotations}
        for alias, name in self.select.output or ():
            path, keys = (None, ()) if name in fields else into_json(self.writer.graph, self.model, name)
            if path is None or keys or not path.others:
                term = self.resolved(name)
                self.add_extra(alias, self.writer.term(self, term), fields[name] if path is None else field_of(term))
                continue
            outer, self.extras = self.extras, []
            for at, column in enumerate(path.columns):
                self.add_extra(f"{alias}__{at}", self.joins.column(Path(path.relations, column)), column.field)
            parts, self.extras = tuple(self.extras), outer
            self.extras.append(Extra(alias, None, parts[0].position, parts))

    def add_extra(self, name: str, term: Sql, field: Any) -> None:
        codec = self.writer.codec
        decoder = codec.decoder(field) if isinstance(term, ColumnTerm) else codec.computed_decoder(field)
        self.extras.append(Extra(name, decoder, len(self.columns)))
        self.columns.append(Fragment("{}", term, alias=name))

    def resolved(self, name: str) -> Term:
        """The term of a column or an annotation."""
        found = next((each.term for each in self.question.annotations if each.name == name), None)
        return Resolver(self.writer.graph, self.model).named(name) if found is None else found

    # -- where, order, limit

    def selecting(self, columns: list[Sql]) -> QueryBuilder:
        """SELECT … FROM … WHERE …; joins come last, when every term has said which it needs."""
        where, having = self.conditions()
        if self.select.via is not None and self.question.via is not None:
            where.append(self.via_condition(self.select.via, self.question.via))
        self.orderings = [self.writer.ordering(self, entry) for entry in self.question.order_by]
        query = self.hinted(self.writer.dialect.query.from_(self.joins.table()))
        grouped = [self.writer.term(self, term) for term in self.question.group_by]
        query = self.joins.applied(query).select(*columns).groupby(*grouped)
        if where:
            query = query.where(joined(where, "AND"))
        if having:
            query = query.having(joined(having, "AND"))
        return query.distinct() if self.select.distinct else query

    def hinted(self, query: QueryBuilder) -> QueryBuilder:
        for hint in self.select.hints if self.writer.dialect.index_hints else ():
            query = query.force_index(*hint.indexes) if hint.kind == "force" else query.use_index(*hint.indexes)
        return query

    def conditions(self) -> tuple[list[Sql], list[Sql]]:
        """The conditions on rows, and those on groups of rows."""
        groups = [group for group in self.question.where if group.parts]
        if self.select.group_by or self.question.whole or any(windowed(group) for group in groups):
            groups = list(separated(groups))
        if self.compute_windows(groups):
            return self.written(group for group in groups if windowed(group)), []
        if self.select.group_by:
            having = [group for group in groups if aggregated(group)]
            return self.written(group for group in groups if group not in having), self.written(having)
        if self.question.whole:
            having = [group for group in groups if aggregated(group)]
            return self.beside_aggregates([group for group in groups if group not in having]), self.written(having)
        if any(holds_aggregate(annotation.term) for annotation in self.question.annotations):
            return self.beside_aggregates(groups), []
        return self.written(groups), []

    def written(self, groups: Iterable[Group]) -> list[Sql]:
        return [self.writer.group(self, group) for group in groups]

    def compute_windows(self, groups: Iterable[Group]) -> bool:
        """Join the windows that there are conditions on, as they are among the rows that the other conditions leave;
        whether there are any."""
        if self._before or not any(windowed(group) for group in groups):
            return bool(self._before)
        if self.select.group_by:
            raise FieldError("conditions on windows and group_by() exclude each other")
        inner, windows = self.inner(), windows_of(self.question)
        where = inner.beside_aggregates([group for group in separated(groups) if not windowed(group)])
        if self.select.via is not None and self.question.via is not None:
            where.append(inner.via_condition(self.select.via, self.question.via))
        terms = [self.writer.window(inner, window) for window in windows]
        query = computing(self.model, inner.joins, self.writer.dialect.query.from_(inner.joins.table()), terms, where)
        alias = f"{inner.prefix}windows"
        self._before = {id(window): ColumnTerm(alias, f"w{at}") for at, window in enumerate(windows)}
        self.joins.to_query(query, alias, same_row(self.model, self.joins, alias))
        return True

    def beside_aggregates(self, groups: list[Group]) -> list[Sql]:
        """Conditions that cross to-many relations choose rows by key, so that no row is counted twice."""
        crossing = [group for group in groups if crosses_many(group)]
        terms = self.written(group for group in groups if group not in crossing)
        if crossing:
            inner = self.inner()
            keys = [inner.joins.own(column) for column in self.model.pk_columns]
            where = [self.writer.group(inner, group) for group in crossing]
            query = self.writer.dialect.query.from_(inner.joins.table())
            chosen = inner.joins.applied(query).select(*keys).where(joined(where, "AND"))
            terms.append(Fragment("{} IN {}", self.joins.own_key(), chosen))
        return terms

    def inner(self) -> SelectWriter:
        """A writer for a query about the same model inside this one."""
        self.nesting += 1
        return SelectWriter(self.writer, self.select, self.question, f"{self.prefix}u{self.nesting}_", self.outer)

    def limited(self, query: QueryBuilder, with_order: bool = True) -> QueryBuilder:
        if with_order:
            query = query.orderby(*self.orderings)
        dialect, question = self.writer.dialect, self.question
        if question.limit is not None:
            query = query.limit(self.writer.place(question.limit, None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # pypika writes any term
        elif self.select.ending == "exists":
            query = query.limit(1)
        elif question.offset is not None and dialect.no_limit is not None:
            query = query.limit(Fragment(dialect.no_limit))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        if question.offset is not None:
            query = query.offset(self.writer.place(question.offset, None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        return query

    def counting(self) -> QueryBuilder:
        """The number of rows that the question would give."""
        bounded = self.select.limit is not None or self.select.offset is not None
        if not (bounded or self.select.distinct or self.select.group_by):
            return self.selecting([Fragment("COUNT(*)")])
        keys = [] if self.select.group_by else [self.joins.own(column) for column in self.model.pk_columns]
        counted: list[Sql] = [Fragment("{}", key, alias=f"pk{at or ''}") for at, key in enumerate(keys)]
        inner = self.limited(self.selecting(counted or [Fragment("1", alias="pk")]), with_order=False)
        return self.writer.dialect.query.from_(inner.as_("counted")).select(Fragment("COUNT(*)"))

    def lock_text(self) -> str:
        lock = self.select.lock
        if lock is None:
            return ""
        text = lock_clause(lock, self.joins.aliases(), self.joins.base, self.writer.dialect)
        return text if self.writer.dialect.locks else ""

    # -- terms that need a query of their own

    def aggregating(self) -> QueryBuilder:
        """One row of aggregates over all rows; those over a relation to many have a query of their own."""
        terms = {annotation.name: annotation.term for annotation in self.question.annotations}
        for name, inner in self.select.output or ():
            if not holds_aggregate(terms[inner]):
                raise FieldError(f"aggregate({name}=…) takes an aggregate such as Sum or Count")
        self.add_values()
        if not self.over_all:
            return self.writer.dialect.query.select(*self.columns)
        query = self.hinted(self.writer.dialect.query.from_(self.joins.table()))
        where = self.chosen(self, None)
        query = self.joins.applied(query).select(*self.columns)
        return query.where(joined(where, "AND")) if where else query

    def chosen(self, scope: SelectWriter, argument: Term | None) -> list[Sql]:
        """The conditions of an aggregate over all rows, each row once; those about the same related rows as
        `argument` restrict what is aggregated."""
        if self.select.limit is not None or self.select.offset is not None or self.select.via is not None:
            rows = self.select.replace(ending="rows", output=(("pk", "pk"),), only=None, related=(), lock=None)
            keys = self.nested(Nested(rows, self.question, None), among=True)
            return [Fragment("{} IN {}", scope.joins.own_key(), keys)]
        groups = [group for group in self.question.where if group.parts]
        shared = [group for group in groups if argument is not None and shares_many(group, argument)]
        return [
            *scope.beside_aggregates([group for group in groups if group not in shared]),
            *[self.writer.group(scope, group) for group in shared],
        ]

    def over_every_row(self, call: AggregateCall) -> Sql:
        """An aggregate over all rows of the question; aggregates inside of its argument are those of each row."""
        self.row_by_row = True
        try:
            if not reads_many(call):
                self.over_all = True
                return self.aggregate_over(self, call)
            inner = self.inner()
            inner.row_by_row = True
            value = self.aggregate_over(inner, call)
            where = self.chosen(inner, call.argument)
            query = inner.joins.applied(self.writer.dialect.query.from_(inner.joins.table())).select(value)
            return Fragment("{}", query.where(joined(where, "AND")) if where else query)
        finally:
            self.row_by_row = False

    def aggregate(self, call: AggregateCall) -> Sql:
        """An aggregate: over the rows of a group, or else over the rows that belong to one row of this query."""
        if self.select.group_by or self.question.whole:
            return self.aggregate_over(self, call)
        if self.select.ending == "aggregate" and not self.row_by_row:
            return self.over_every_row(call)
        inner = self.inner()
        value = self.aggregate_over(inner, call)
        pks = self.model.pk_columns
        where: list[Sql] = [Fragment("{}={}", inner.joins.own(pk), self.joins.own(pk)) for pk in pks]
        matches = issubclass(call.function, Count) and not reads_many(call)  # of a row: as often as it is found
        groups = [group for group in self.question.where if group.parts]
        related = [group for group in groups if shares_many(group, call.argument) or (matches and crosses_many(group))]
        where += [self.writer.group(inner, group) for group in related]
        query = self.writer.dialect.query.from_(inner.joins.table())
        return Fragment("{}", inner.joins.applied(query).select(value).where(joined(where, "AND")))

    def aggregate_over(self, scope: Scope, call: AggregateCall, over: Sql | None = None) -> Sql:
        """An aggregate over the rows of `scope`, or those of the window `over`."""
        if call.function.database_func is not None:
            terms = [self.writer.term(scope, argument) for argument in (call.argument, *call.more)]
            made = called(call.function.database_func, terms)
            return made if over is None else Fragment("{}{}", made, over)
        term = self.writer.term(scope, call.argument)
        more = [self.writer.term(scope, argument) for argument in call.more]
        if call.condition is not None:
            term = Fragment("CASE WHEN {} THEN {} END", self.writer.group(scope, call.condition), term)
        name = f"{call.function.name}{call.option}"
        return self.writer.dialect.aggregate(name, term, call.inner, call.distinct, more, over)

    def over_rows(self, call: AggregateCall, over: Sql) -> Sql:
        """An aggregate over the rows of a window."""
        return self.aggregate_over(self, call, over)

    def computed_before(self, term: Windowed) -> Sql | None:
        """The column that holds the values of a window where they were computed before conditions on them."""
        return self._before.get(id(term))

    def nested(self, nested: Nested, attribute: str = "pk", among: bool = False) -> Sql:
        """A question whose rows are values of this one: of `attribute`, where it does not say which.

        `among` says that a value is looked for among them.
        """
        self.nesting += 1
        select = nested.select
        if select.output is None:
            select = select.replace(output=((attribute, attribute),))
        prefix = f"{self.prefix}q{self.nesting}_"
        query = SelectWriter(self.writer, select, nested.question, prefix, self).query()
        bounded = select.limit is not None or select.offset is not None
        if among and bounded and not self.writer.dialect.limit_in_subquery:
            query = self.writer.dialect.query.from_(query.as_(f"{prefix}rows")).select(Fragment("*"))
        return Fragment("{}", query)

    def existing(self, nested: Nested) -> Sql:
        """A question of which only matters whether it has a row."""
        self.nesting += 1
        prefix = f"{self.prefix}q{self.nesting}_"
        return Fragment("{}", SelectWriter(self.writer, nested.select, nested.question, prefix, self).query())


def compile_select(writer: Writer, select: Select) -> CompiledQuery:
    """The SQL of one question.

    Raises:
        FieldError: a name does not exist, or a lookup does not fit its field.
    """
    model = writer.graph[select.model]
    question = Resolver(writer.graph, model).question(select)
    return SelectWriter(writer, select, question).compiled()
