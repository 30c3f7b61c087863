"""What a term or condition reads: aggregates, columns, relations to many objects."""

from __future__ import annotations

from collections.abc import Iterable

from ormgen.query.resolved import AggregateCall, Arithmetic, Call, Column, Comparison, Group, Term


def holds_aggregate(term: Term | None) -> bool:
    """Whether an aggregate is computed somewhere in `term`."""
    if isinstance(term, AggregateCall):
        return True
    if isinstance(term, Arithmetic):
        return holds_aggregate(term.left) or holds_aggregate(term.right)
    return isinstance(term, Call) and any(holds_aggregate(argument) for argument in term.arguments)


def comparisons(group: Group) -> Iterable[Comparison]:
    """Every comparison of a tree."""
    for part in group.parts:
        if isinstance(part, Group):
            yield from comparisons(part)
        else:
            yield part


def columns_of(term: Term | None) -> Iterable[Column]:
    """Every column that `term` reads, leaving out what stands inside sub-queries."""
    if isinstance(term, Column):
        yield term
    elif isinstance(term, Arithmetic):
        yield from columns_of(term.left)
        yield from columns_of(term.right)
    elif isinstance(term, Call):
        for argument in term.arguments:
            yield from columns_of(argument)


def aggregated(group: Group) -> bool:
    """Whether a condition is one on aggregates."""
    return any(holds_aggregate(test.term) or holds_aggregate(test.operand) for test in comparisons(group))


def _paths(group: Group) -> Iterable[Column]:
    for test in comparisons(group):
        yield from columns_of(test.term)
        yield from columns_of(test.operand)


def crosses_many(group: Group) -> bool:
    """Whether a condition leads over a relation to many objects."""
    return any(column.path.many for column in _paths(group))


def shares_many(group: Group, argument: Term) -> bool:
    """Whether a condition is about the same related rows as the argument of an aggregate."""
    roots = {column.path.relations[0].name for column in columns_of(argument) if column.path.many}
    return any(column.path.many and column.path.relations[0].name in roots for column in _paths(group))


def reads_many(call: AggregateCall) -> bool:
    """Whether an aggregate is one over the objects of a relation to many."""
    return any(column.path.many for column in columns_of(call.argument)) or (
        call.condition is not None and crosses_many(call.condition)
    )
