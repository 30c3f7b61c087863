"""Which aggregates of a grouped question are computed apart, so that relations to many do not multiply each other."""

from __future__ import annotations

from collections.abc import Iterable

from ormgen.query.resolved import (
    AggregateCall,
    Column,
    Group,
    Question,
    Term,
    Windowed,
    aggregated,
    columns_of,
    parts_of,
    plain_columns,
    terms_in,
)

Ways = frozenset[tuple[str, ...]]  # each a path of relations that ends in one to many


def ways_of(columns: Iterable[Column]) -> Ways:
    """The relations to many that columns are behind, each with the path to it."""
    found: set[tuple[str, ...]] = set()
    for column in columns:
        for depth, relation in enumerate(column.path.relations, 1):
            if relation.many:
                found.add(tuple([step.name for step in column.path.relations[:depth]]))
    return frozenset(found)


def ways_in(group: Group) -> Ways:
    """The relations to many that conditions lead over."""
    return ways_of([column for term in terms_in(group) for column in plain_columns(term)])


def stands_apart(question: Question, groups: Iterable[Group], call: AggregateCall) -> bool:
    """Whether rows joined for something else would be counted by an aggregate as well, or its own by others.

    It reads the joined rows where they are those that keys and conditions lead to, or where nothing else is joined.
    """
    own = ways_of(columns_of(call))
    if not own:
        return False
    joined = ways_of([column for key in question.group_by for column in columns_of(key)])
    for group in groups:
        if not aggregated(group):
            joined |= ways_in(group)
    if joined:
        return own != joined
    return any(ways_of(columns_of(other)) != own for other in calls_of(question))


def calls_of(question: Question) -> Iterable[AggregateCall]:
    """Every aggregate of a question, those inside of others left out."""
    for annotation in question.annotations:
        yield from _calls(annotation.term)
    for group in question.where:
        for term in terms_in(group):
            yield from _calls(term)
    for entry in question.order_by:
        yield from _calls(entry.term)


def _calls(term: Term) -> Iterable[AggregateCall]:
    if isinstance(term, AggregateCall):
        yield term
    elif not isinstance(term, Windowed):
        for part in parts_of(term):
            yield from _calls(part)
