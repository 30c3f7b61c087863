"""Limited sub-queries that read the question around them, where a database has none behind IN: MariaDB and MySQL.

Neither a limit there nor a derived table that reads what is around it is possible, so that the rows of all such
questions are counted at once, for each value that they are asked for.
"""

from __future__ import annotations

from typing import Any

from ormgen.exceptions import UnSupportedError
from ormgen.query.resolved import Comparison, Group, Outer, Question, Term, parts_of, separated, terms_in
from ormgen.query.statements import Select
from ormgen.records import replace
from ormgen.sql.conditions import Writer
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, bare, joined, listed
from ormgen.sql.term_writer import Scope


def holds_outer(group: Group) -> bool:
    """Whether conditions read the question around theirs."""
    return any(_reads_outer(term) for term in terms_in(group))


def _reads_outer(term: Term) -> bool:
    return isinstance(term, Outer) or any(_reads_outer(part) for part in parts_of(term))


def limited_among(make: Any, writer: Writer, select: Select, question: Question, prefix: str, outer: Scope) -> Sql:
    """The first rows for each value that the question around is equal to; `make` is what writes a question.

    Raises:
        UnSupportedError: it is compared in another way than by being equal.
    """
    groups = list(separated(question.where))
    pairs = [_equal(group) for group in groups if holds_outer(group)]
    rest = tuple([group for group in groups if not holds_outer(group)])
    if any(pair is None for pair in pairs) or select.distinct or select.group_by:
        raise UnSupportedError(
            "MariaDB and MySQL have no limited sub-query behind __in that reads the question around it in another way "
            "than column=OuterRef(…): ask for one row with `=`, or use a window function"
        )
    alone = replace(question, where=rest, order_by=(), limit=None, offset=None)
    inner = make(writer, select.replace(limit=None, offset=None), alone, prefix, outer)
    inner.add_values()
    found = [pair for pair in pairs if pair is not None]
    keys = [writer.term(inner, term) for term, _ in found]
    around = [writer.term(inner, term) for _, term in found]
    orders = [writer.ordering(inner, entry) for entry in question.order_by]
    order = " ORDER BY {}" if orders else ""
    parts = [listed(keys), *([listed(orders)] if orders else [])]
    place = Fragment(f"ROW_NUMBER() OVER (PARTITION BY {{}}{order})", *parts, alias="place")
    named = [Fragment("{}", key, alias=f"k{at}") for at, key in enumerate(keys)]
    value = Fragment("{}", bare(inner.columns[0]), alias="value")
    alias = f"{prefix}rows"
    same = [Fragment("{}={}", ColumnTerm(alias, f"k{at}"), term) for at, term in enumerate(around)]
    first = Fragment("0") if question.offset is None else writer.place(question.offset, None)
    same.append(Fragment("{}>{}", ColumnTerm(alias, "place"), first))
    if question.limit is not None:
        last = Fragment("{}+{}", first, writer.place(question.limit, None))
        same.append(Fragment("{}<={}", ColumnTerm(alias, "place"), last))
    query = inner.selecting([value, *named, place])
    chosen = writer.dialect.query.from_(query.as_(alias)).select(ColumnTerm(alias, "value"))
    return Fragment("{}", chosen.where(joined(same, "AND")))


def _equal(group: Group) -> tuple[Term, Term] | None:
    """A column and what of the question around it is equal to; None where the condition is another one."""
    part = group.parts[0] if len(group.parts) == 1 and not group.negated else None
    if not isinstance(part, Comparison) or part.lookup.name != "exact" or _reads_outer(part.term):
        return None
    return (part.term, part.operand) if isinstance(part.operand, Outer) else None
