"""Expressions as values of rows that do not exist yet, and so have no columns to read."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from ormgen.exceptions import FieldError
from ormgen.query.expressions import Combined, Expression, F, Name, Value
from ormgen.query.functions import Aggregate, Function
from ormgen.query.resolved import Term, columns_of, holds_aggregate, holds_window


def for_new_row(expression: Expression, names: Iterable[str], column: str) -> Expression:
    """`expression` with texts as what they are: `Lower("X")` names a column elsewhere, here it can only be text.

    Raises:
        FieldError: it is the name of a column, or a column is read.
    """
    if isinstance(expression, Combined):
        left, right = [for_new_row(side, names, column) for side in (expression.left, expression.right)]
        return Combined(left, expression.operator, right)
    if isinstance(expression, Name) and expression.name not in names and "__" not in expression.name:
        return Value(expression.name)
    if isinstance(expression, F):
        raise unreadable(column, f'"{expression.name}"')
    if not isinstance(expression, Function) or isinstance(expression, Aggregate):
        return expression
    made = copy(expression)
    made.field = None if expression.field is None else for_new_row(expression.field, names, column)
    arguments = []
    for each in expression.arguments:
        arguments.append(for_new_row(each, names, column) if isinstance(each, Expression) else each)
    made.arguments = tuple(arguments)
    return made


def refuse_reading(term: Term, column: str) -> None:
    """Refuse what is computed from columns or other rows.

    Raises:
        FieldError: it is.
    """
    read = next((each.path.column.name for each in columns_of(term)), None)
    if read is not None:
        raise unreadable(column, f'"{read}"')
    if holds_aggregate(term) or holds_window(term):
        raise unreadable(column, "other rows")


def unreadable(column: str, what: str) -> FieldError:
    """The error for an expression that reads what a new row does not have."""
    return FieldError(
        f"{column}: a row that is being made cannot read {what}; it has no values yet. "
        "Write Value(…) for a text, Subquery(…) for what other rows hold, or update() the row afterwards"
    )
