"""Names of common table expressions, and which of them stand before a question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ormgen.exceptions import ParamsError
from ormgen.query.statements import Compound, NamedQuestion, Select


def defining(known: tuple[NamedQuestion, ...], added: Iterable[Any]) -> tuple[NamedQuestion, ...]:
    """What stands before a question: `known`, then those of CTEs, each after what it reads itself.

    Raises:
        ParamsError: something is no CTE, or two of them have one name.
    """
    for cte in added:
        question = cte if isinstance(cte, NamedQuestion) else getattr(cte, "question", None)
        if not isinstance(question, NamedQuestion):
            raise ParamsError(f"with_cte() takes common table expressions, not {cte!r}")
        known = defining(known, defined_in(question.statement))
        if any(each is question for each in known):
            continue
        if any(each.name == question.name for each in known):
            raise ParamsError(f'two common table expressions are called "{question.name}": CTE(…, name="another")')
        known = (*known, question)
    return known


def defined_in(statement: Select | Compound) -> tuple[NamedQuestion, ...]:
    """The named questions that stand before a question or before its parts."""
    if isinstance(statement, Select):
        return () if statement.common is None else statement.common.defined
    found: list[NamedQuestion] = []
    for part in statement.parts:
        found += [each for each in defined_in(part) if not any(each is other for other in found)]
    return tuple(found)


def names_of(select: Select) -> tuple[str, ...]:
    """What can be named of a question besides the columns of its model: annotations, and what a CTE holds."""
    names = tuple([name for name, _ in select.annotations])
    common = select.common
    if common is None or common.source is None:
        return names
    for each in common.defined:
        if each.name == common.source:
            return (*held(each.statement), *names)
    return names


def held(statement: Select | Compound) -> tuple[str, ...]:
    """The names of the values that rows hold besides the columns of the model."""
    first = statement if isinstance(statement, Select) else statement.first
    return names_of(first) if first.output is None else tuple([name for name, _ in first.output])


def whole_output(statement: Select | Compound) -> tuple[str, ...] | None:
    """The names of all values of rows of values; None of objects."""
    first = statement if isinstance(statement, Select) else statement.first
    return None if first.output is None else tuple([name for name, _ in first.output])
