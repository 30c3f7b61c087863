"""A `Select` as SQL: aggregates and sub-queries, and the questions that are put together or named."""

from __future__ import annotations

from pypika.queries import QueryBuilder

from ormgen.exceptions import FieldError, UnSupportedError
from ormgen.query.functions import Count
from ormgen.query.named import compound_question
from ormgen.query.resolve import Resolver
from ormgen.query.resolved import (
    AggregateCall,
    CompoundQuestion,
    Definition,
    Group,
    Nested,
    Term,
    Windowed,
    aggregated,
    columns_of,
    crosses_many,
    holds_aggregate,
    reads_many,
    separated,
    shares_many,
)
from ormgen.query.statements import Compound, Select
from ormgen.sql.among import holds_outer, limited_among
from ormgen.sql.apart import stands_apart, ways_in, ways_of
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.compound import folded, named_values, part_text, whole
from ormgen.sql.conditions import Writer
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, Text, bare, joined, listed
from ormgen.sql.select_rows import RowWriter
from ormgen.sql.term_writer import Scope, called


class SelectWriter(RowWriter):
    """Writes one question."""

    def compiled(self) -> CompiledQuery:
        """The whole statement."""
        text = self.query().get_sql() + self.lock_text()
        sql, parameters = self.writer.finish(text)
        return CompiledQuery(sql, parameters, tuple(self.sections), tuple(self.extras))

    def query(self) -> QueryBuilder:
        """The pypika query, with the named questions that it is the first to read."""
        known = self.writer.known
        before = len(known)
        bodies = []
        for each in self.question.defined:
            if not any(each.of is other for other in known):
                bodies.append((each, self.body(each)))
                known.append(each.of)
        query = self.asked()
        del known[before:]
        word = "RECURSIVE " if any(each.of.recursive for each, _ in bodies) else ""
        quoted = self.writer.dialect.quoted
        for each, body in bodies:
            columns = ",".join([quoted(name) for name in each.columns])
            query = query.with_(body, f"{word}{quoted(each.of.name)} ({columns})")  # type: ignore[arg-type]  # pypika asks it for text alone
            word = ""
        return query

    def body(self, definition: Definition) -> Sql:
        """The query of a named question."""
        self.nesting += 1
        prefix = f"{self.prefix}n{self.nesting}_"
        question = definition.question
        if isinstance(question, CompoundQuestion):
            return Text(write_compound(self.writer, question, prefix, self.outer, definition.of.recursive)[0])
        assert isinstance(definition.of.statement, Select)
        writer = SelectWriter(self.writer, definition.of.statement, question, prefix, self.outer)
        writer.numbered = True
        return Fragment("{}", Text(writer.query().get_sql()))

    def asked(self) -> QueryBuilder:
        """The query itself."""
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
        if self.steady:
            steady = self.writer.dialect.steady
            self.columns = [steady(bare(each), kind) for each, kind in zip(self.columns, self.kinds, strict=True)]
        numbered: list[Sql] = [Fragment("{}", column, alias=f"c{at}") for at, column in enumerate(self.columns)]
        return self.limited(self.selecting(numbered if self.numbered else self.columns))

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
        if (self.select.group_by or self.question.whole) and not self.row_by_row:
            return self.over_group(call)
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

    def over_group(self, call: AggregateCall) -> Sql:
        """An aggregate over the rows of a group; aggregates inside of its argument are those of each row."""
        groups = list(separated([group for group in self.question.where if group.parts]))
        self.row_by_row = True
        try:
            if not self.select.group_by or not stands_apart(self.question, groups, call):
                return self.aggregate_over(self, call)
            return self.joined_apart(call, [group for group in groups if not aggregated(group)])
        finally:
            self.row_by_row = False

    def joined_apart(self, call: AggregateCall, groups: list[Group]) -> Sql:
        """An aggregate over the rows of a group, in a query with groups of its own that is joined to this one."""
        if id(call) in self.apart:
            return Fragment("{}", self.apart[id(call)])
        inner, keys = self.inner(), self.question.group_by
        inner.row_by_row = True
        value = self.aggregate_over(inner, call)
        terms = [self.writer.term(inner, key) for key in keys]
        columns = [Fragment("{}", term, alias=f"k{at}") for at, term in enumerate(terms)]
        near = ways_of(columns_of(call)) | ways_of([column for key in keys for column in columns_of(key)])
        shared = [group for group in groups if ways_in(group) & near]
        where = inner.beside_aggregates([group for group in groups if group not in shared])
        where += [self.writer.group(inner, group) for group in shared]
        if self.select.via is not None and self.question.via is not None:
            where.append(inner.via_condition(self.select.via, self.question.via))
        inner.join_named()
        query = inner.joins.applied(self.writer.dialect.query.from_(inner.joins.table()))
        alias, name = f"{inner.prefix}apart", f"{inner.prefix}total"
        query = query.select(*columns, Fragment("{}", value, alias=name)).groupby(*terms)
        same = [
            self.writer.dialect.same(self.writer.term(self, key), ColumnTerm(alias, f"k{at}"))
            for at, key in enumerate(keys)
        ]
        self.joins.to_query(query.where(joined(where, "AND")) if where else query, alias, joined(same, "AND"))
        self.apart[id(call)] = ColumnTerm(alias, name)
        return Fragment("{}", self.apart[id(call)])

    def aggregate_over(self, scope: Scope, call: AggregateCall, over: Sql | None = None) -> Sql:
        """An aggregate over the rows of `scope`, or those of the window `over`."""
        self.writer.refuse_elsewhere(call.function)
        if call.function.database_func is not None:
            terms = [self.writer.term(scope, argument) for argument in (call.argument, *call.more)]
            made = called(call.function.database_func, terms)
            return made if over is None else Fragment("{}{}", made, over)
        term = self.writer.term(scope, call.argument)
        more = [self.writer.term(scope, argument) for argument in call.more]
        if call.condition is not None:
            term = Fragment("CASE WHEN {} THEN {} END", self.writer.group(scope, call.condition), term)
        if call.order:
            return self.in_order(scope, call, term, more, over)
        name = f"{call.function.name}{call.option}"
        return self.writer.dialect.aggregate(name, term, call.inner, call.distinct, more, over)

    def in_order(self, scope: Scope, call: AggregateCall, term: Sql, more: list[Sql], over: Sql | None) -> Sql:
        """An aggregate that takes its rows in order; those that are told apart, in their own."""
        if over is not None:
            raise UnSupportedError(f"{call.function.__name__}(order_by=…) cannot look through a window")
        if call.distinct and any(entry.term != call.argument for entry in call.order):
            raise FieldError(f"{call.function.__name__}(distinct=True) can be ordered by its own values only")
        dialect, orders = self.writer.dialect, []
        for entry in call.order:
            by = dialect.told_apart(term, call.function.name) if call.distinct else self.writer.term(scope, entry.term)
            orders.append(dialect.ordered(dialect.comparable(by, entry.field), entry.descending, entry.nulls))
        return dialect.in_order(call.function.name, term, call.distinct, more, listed(orders))

    def over_rows(self, call: AggregateCall, over: Sql) -> Sql:
        """An aggregate over the rows of a window."""
        return self.aggregate_over(self, call, over)

    def computed_before(self, term: Windowed) -> Sql | None:
        """The column that holds the values of a window where they were computed before conditions on them."""
        return self.before.get(id(term))

    def nested(self, nested: Nested, attribute: str = "pk", among: bool = False) -> Sql:
        """A question whose rows are values of this one: of `attribute`, where it does not say which.

        `among` says that a value is looked for among them.
        """
        self.nesting += 1
        select, question = nested.select, nested.question
        prefix = f"{self.prefix}q{self.nesting}_"
        if isinstance(question, CompoundQuestion):
            text, first = write_compound(self.writer, question, prefix, self)
            column = "*" if first.select.output is not None else f"c{named_values(first)[attribute][0]}"
            return Fragment("({})", Text(f"SELECT {column} FROM ({text}) AS {prefix}rows"))
        assert isinstance(select, Select)
        if select.output is None:
            select = select.replace(output=((attribute, attribute),))
        bounded = select.limit is not None or select.offset is not None
        wrapped = among and bounded and not self.writer.dialect.limit_in_subquery
        if wrapped and any(holds_outer(group) for group in question.where):
            return limited_among(SelectWriter, self.writer, select, question, prefix, self)
        query = SelectWriter(self.writer, select, question, prefix, self).query()
        if wrapped:
            query = self.writer.dialect.query.from_(query.as_(f"{prefix}rows")).select(Fragment("*"))
        return Fragment("{}", query)

    def existing(self, nested: Nested) -> Sql:
        """A question of which only matters whether it has a row."""
        if isinstance(nested.question, CompoundQuestion):
            return self.nested(nested)
        self.nesting += 1
        prefix = f"{self.prefix}q{self.nesting}_"
        assert isinstance(nested.select, Select)
        return Fragment("{}", SelectWriter(self.writer, nested.select, nested.question, prefix, self).query())


def compile_select(writer: Writer, select: Select) -> CompiledQuery:
    """The SQL of one question.

    Raises:
        FieldError: a name does not exist, or a lookup does not fit its field.
    """
    model = writer.graph[select.model]
    question = Resolver(writer.graph, model).question(select)
    return SelectWriter(writer, select, question).compiled()


def write_compound(
    writer: Writer, question: CompoundQuestion, prefix: str, outer: Scope | None, steady: bool = False
) -> tuple[str, SelectWriter]:
    """Questions put together, and the writer of the one that says what the rows hold.

    Raises:
        FieldError: the rows do not hold what they are to be ordered by.
        ParamsError: the questions do not give the same number of values.
    """
    texts: list[str] = []
    writers: list[SelectWriter] = []
    for at, (select, part) in enumerate(zip(question.compound.parts, question.parts, strict=True)):
        name = f"{prefix}p{at}_"
        if isinstance(part, CompoundQuestion):
            text, inner = write_compound(writer, part, name, outer, steady)
            texts.append(f"SELECT * FROM ({text}) AS {writer.dialect.quoted(f'{name}rows')}")
        else:
            assert isinstance(select, Select)
            inner = SelectWriter(writer, select, part, name, outer)
            inner.numbered, inner.steady = True, steady
            texts.append(part_text(inner.query().get_sql(), inner))
        writers.append(inner)
    sizes = [len(each.columns) for each in writers]
    return whole(writer, question, writers[0], folded(question.compound, texts), sizes), writers[0]


def compile_compound(writer: Writer, compound: Compound) -> CompiledQuery:
    """The SQL of questions whose rows make one list.

    Raises:
        FieldError: a name does not exist, or the rows do not hold it.
        ParamsError: the questions do not give the same number of values.
    """
    question, _ = compound_question(Resolver(writer.graph, writer.graph[compound.first.model]), compound)
    text, first = write_compound(writer, question, "", None)
    sql, parameters = writer.finish(text)
    return CompiledQuery(sql, parameters, tuple(first.sections), tuple(first.extras))
