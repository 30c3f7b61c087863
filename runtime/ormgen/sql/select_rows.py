"""Which rows a question gives, as SQL: joins, conditions, order and limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pypika.queries import QueryBuilder

from ormgen.exceptions import FieldError
from ormgen.query.resolved import (
    Group,
    Named,
    aggregated,
    crosses_many,
    holds_aggregate,
    separated,
    windowed,
)
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, bare, joined
from ormgen.sql.locks import lock_clause
from ormgen.sql.select_columns import ColumnWriter
from ormgen.sql.window_filters import computing, same_row, windows_of


class RowWriter(ColumnWriter):
    """Writes where the rows of one question come from."""

    def selecting(self, columns: list[Sql]) -> QueryBuilder:
        """SELECT … FROM … WHERE …; joins come last, when every term has said which it needs."""
        where, having = self.conditions()
        if self.select.via is not None and self.question.via is not None:
            where.append(self.via_condition(self.select.via, self.question.via))
        self.orderings = [self.writer.ordering(self, entry) for entry in self.question.order_by]
        query = self.hinted(self.writer.dialect.query.from_(self.joins.table()))
        grouped = [self.writer.term(self, term) for term in self.question.group_by]
        self.join_named()
        query = self.joins.applied(query).select(*columns).groupby(*grouped, *self.apart.values())
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
        if self.before or not any(windowed(group) for group in groups):
            return bool(self.before)
        if self.select.group_by:
            raise FieldError("conditions on windows and group_by() exclude each other")
        inner, windows = self.inner(), windows_of(self.question)
        where = inner.beside_aggregates([group for group in separated(groups) if not windowed(group)])
        if self.select.via is not None and self.question.via is not None:
            where.append(inner.via_condition(self.select.via, self.question.via))
        terms = [self.writer.window(inner, window) for window in windows]
        query = computing(self.model, inner.joins, self.writer.dialect.query.from_(inner.joins.table()), terms, where)
        alias = f"{inner.prefix}windows"
        self.before = {id(window): ColumnTerm(alias, f"w{at}") for at, window in enumerate(windows)}
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

    def inner(self) -> Self:
        """A writer for a query about the same model inside this one."""
        self.nesting += 1
        return type(self)(self.writer, self.select, self.question, f"{self.prefix}u{self.nesting}_", self.outer)

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
        if self.select.distinct and self.select.output is not None and not self.select.group_by:
            self.add_values()
            keys = [bare(column) for column in self.columns]
        else:
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

    # -- named questions

    def join_named(self) -> None:
        """Join every named question that rows are joined with, whether a column of it is read or not."""
        for each in self.question.joins:
            self.named_alias(each.name)

    def named_alias(self, name: str) -> str:
        """What a named question is called here."""
        alias = self.joins.named(name)
        if alias is not None:
            return alias
        joined = next((each for each in self.question.joins if each.name == name), None)
        if joined is None:
            raise FieldError(f"{name} is not joined with {self.model.name}: begin with {name}.join(…)")
        alias = self.joins.add_named(name, joined.left)
        self.joins.joined_on(name, self.writer.group(self, joined.on))
        return alias

    def named_column(self, term: Named) -> Sql:
        """A column of a named question that is joined, or read instead of the table."""
        read = term.name is None or (term.name == self.joins.source and not self.question.joins)
        table = self.joins.base if read or term.name is None else self.named_alias(term.name)
        return Fragment("{}", ColumnTerm(table, term.column))  # as what it is: computed
