"""Questions put together by UNION, INTERSECT and EXCEPT, as SQL text made of the texts of the parts."""

from __future__ import annotations

from typing import Any

from ormgen.exceptions import ParamsError, UnselectedError
from ormgen.query.resolved import CompoundQuestion
from ormgen.query.result_fields import field_of
from ormgen.query.statements import Compound
from ormgen.schema.field import Field
from ormgen.schema.names import did_you_mean
from ormgen.sql.conditions import Writer
from ormgen.sql.fragments import ColumnTerm
from ormgen.sql.select_rows import RowWriter


def part_text(text: str, part: RowWriter) -> str:
    """One part; a compound of SQLite takes neither order nor limit in there, but sub-queries that have them."""
    select = part.select
    bounded = select.limit is not None or select.offset is not None or (select.common and select.common.defined)
    return f"SELECT * FROM ({text}) AS {part.writer.dialect.quoted(f'{part.prefix}rows')}" if bounded else text


def folded(compound: Compound, texts: list[str]) -> str:
    """All parts, from left to right, whatever binds closer in SQL."""
    text, last = texts[0], ""
    for at, (operator, other) in enumerate(zip(compound.operators[1:], texts[1:], strict=True)):
        if (last and operator != last) or (operator == "EXCEPT" and at):
            text = f"SELECT * FROM ({text}) AS c{at}"
        text, last = f"{text} {operator} {other}", operator
    return text


def whole(writer: Writer, question: CompoundQuestion, first: RowWriter, text: str, sizes: list[int]) -> str:
    """The parts in one text, with the order and limits of all.

    Raises:
        FieldError: the rows do not hold what they are to be ordered by.
        ParamsError: the parts do not give the same number of values.
    """
    if len(set(sizes)) > 1:
        told = " and ".join(map(str, sizes))
        raise ParamsError(f"questions that are put together give the same number of values, not {told}")
    dialect, compound = writer.dialect, question.compound
    limit = None if question.limit is None else writer.place(question.limit, None).get_sql()
    offset = None if question.offset is None else writer.place(question.offset, None).get_sql()
    if limit is None and offset is not None and dialect.no_limit is not None:
        limit = dialect.no_limit
    orders = _orders(writer, compound, first)
    if compound.ending == "rows" and not orders and limit is None and offset is None:
        return text
    text = f"SELECT * FROM ({text}) AS {dialect.quoted('compound')}"
    text += f" ORDER BY {','.join(orders)}" if orders and compound.ending == "rows" else ""
    text += f" LIMIT {limit}" if limit is not None else ""
    text += f" OFFSET {offset}" if offset is not None else ""
    if compound.ending == "count":
        return f"SELECT COUNT(*) FROM ({text}) AS counted"
    return text if compound.ending == "rows" else f"SELECT 1 FROM ({text}) AS counted LIMIT 1"


def _orders(writer: Writer, compound: Compound, first: RowWriter) -> list[str]:
    names, dialect = named_values(first), writer.dialect
    orders = []
    for name in compound.order_by:
        plain = name.removeprefix("-")
        if plain not in names:
            raise UnselectedError(f'the rows hold no "{plain}" to order by; {did_you_mean(plain, names)}')
        at, field = names[plain]
        term = dialect.comparable(ColumnTerm("compound", f"c{at}"), field)
        orders.append(dialect.ordered(term, name.startswith("-"), None).get_sql(quote_char=dialect.quote))
    return orders


def named_values(first: RowWriter) -> dict[str, tuple[int, Field[Any] | None]]:
    """The place and field of each value of the rows, by name."""
    found: dict[str, tuple[int, Field[Any] | None]] = {}
    for section in first.sections[:1]:
        for at, name in enumerate(section.attributes, section.start):
            found[name] = at, first.model.columns[name].field
        if len(first.model.pk_names) == 1:
            found["pk"] = found[first.model.pk_names[0]]
    output = dict(first.select.output or ())
    for extra in first.extras:
        found[extra.name] = extra.position, field_of(first.resolved(output.get(extra.name, extra.name)))
    return found
