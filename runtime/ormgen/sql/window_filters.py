"""Conditions on windows: SQL has none, so windows are computed in a query that is joined, before those conditions."""

from __future__ import annotations

from collections.abc import Iterable

from pypika.queries import QueryBuilder

from ormgen.query.resolved import Question, Term, Windowed, parts_of, terms_in
from ormgen.schema.graph import LinkedModel
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, joined
from ormgen.sql.joins import Joins


def windows_of(question: Question) -> list[Windowed]:
    """Every window that a question computes."""
    terms = [each.term for each in question.annotations]
    terms += [term for group in question.where for term in terms_in(group)]
    terms += [entry.term for entry in question.order_by]
    found: dict[int, Windowed] = {}
    for term in terms:
        found |= {id(window): window for window in _within(term)}
    return list(found.values())


def _within(term: Term) -> Iterable[Windowed]:
    if isinstance(term, Windowed):
        yield term
        return
    for part in parts_of(term):
        yield from _within(part)


def computing(
    model: LinkedModel, joins: Joins, query: QueryBuilder, windows: list[Sql], where: list[Sql]
) -> QueryBuilder:
    """The query that gives the key of each row beside its windows."""
    keys = [Fragment("{}", joins.own(column), alias=f"k{at}") for at, column in enumerate(model.pk_columns)]
    computed = [Fragment("{}", term, alias=f"w{at}") for at, term in enumerate(windows)]
    made = joins.applied(query).select(*keys, *computed)
    return made.where(joined(where, "AND")) if where else made


def same_row(model: LinkedModel, joins: Joins, alias: str) -> Sql:
    """Whether a row of the query called `alias` is about this row."""
    return joined(
        [
            Fragment("{}={}", joins.own(column), ColumnTerm(alias, f"k{at}"))
            for at, column in enumerate(model.pk_columns)
        ],
        "AND",
    )
