"""Questions put together by UNION, INTERSECT and EXCEPT, as SQL."""

from __future__ import annotations

from itertools import count
from typing import Any

from ormgen.exceptions import FieldError, ParamsError
from ormgen.query.resolve import Resolver
from ormgen.query.result_fields import field_of
from ormgen.query.statements import Compound
from ormgen.schema.field import Field
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.conditions import Writer
from ormgen.sql.fragments import ColumnTerm
from ormgen.sql.select import SelectWriter


def compile_compound(writer: Writer, compound: Compound) -> CompiledQuery:
    """The SQL of questions whose rows make one list.

    Raises:
        FieldError: a name does not exist, or the rows do not hold it.
        ParamsError: the questions do not give the same number of values.
    """
    counter = count()
    parts = []
    for at, select in enumerate(compound.parts):
        bounded = select.limit is not None or select.offset is not None
        asked = select if bounded else select.replace(order_by=())
        question = Resolver(writer.graph, writer.graph[select.model], counter).question(asked)
        parts.append(SelectWriter(writer, asked, question, f"p{at}_"))
    texts = [_text(part) for part in parts]
    if len({len(part.columns) for part in parts}) > 1:
        sizes = " and ".join(str(len(part.columns)) for part in parts)
        raise ParamsError(f"questions that are put together give the same number of values, not {sizes}")
    sql, parameters = writer.finish(_whole(writer, compound, parts[0], _folded(compound, texts), counter))
    first = parts[0]
    return CompiledQuery(sql, parameters, tuple(first.sections), tuple(first.extras))


def _text(part: SelectWriter) -> str:
    """One part; a compound of SQLite takes neither order nor limit in there, but sub-queries that have them."""
    part.numbered = True
    text = part.query().get_sql()
    bounded = part.select.limit is not None or part.select.offset is not None
    return f"SELECT * FROM ({text}) AS {part.writer.dialect.quoted(f'{part.prefix}rows')}" if bounded else text


def _folded(compound: Compound, texts: list[str]) -> str:
    """All parts, from left to right, whatever binds closer in SQL."""
    whole, last = texts[0], ""
    for at, (operator, text) in enumerate(zip(compound.operators[1:], texts[1:], strict=True)):
        if (last and operator != last) or (operator == "EXCEPT" and at):
            whole = f"SELECT * FROM ({whole}) AS c{at}"
        whole, last = f"{whole} {operator} {text}", operator
    return whole


def _whole(writer: Writer, compound: Compound, first: SelectWriter, text: str, counter: Any) -> str:
    dialect = writer.dialect
    limit = None if compound.limit is None else writer.place(next(counter), None).get_sql()
    offset = None if compound.offset is None else writer.place(next(counter), None).get_sql()
    if limit is None and offset is not None and dialect.no_limit is not None:
        limit = dialect.no_limit
    names = _names(first)
    orders = []
    for name in compound.order_by:
        plain = name.removeprefix("-")
        if plain not in names:
            raise FieldError(f'the rows hold no "{plain}" to order by; {did_you_mean(plain, names)}')
        at, field = names[plain]
        term = dialect.comparable(ColumnTerm("compound", f"c{at}"), field)
        orders.append(dialect.ordered(term, name.startswith("-"), None).get_sql(quote_char=dialect.quote))
    if compound.ending == "rows" and not orders and limit is None and offset is None:
        return text
    text = f"SELECT * FROM ({text}) AS {dialect.quoted('compound')}"
    text += f" ORDER BY {','.join(orders)}" if orders and compound.ending == "rows" else ""
    text += f" LIMIT {limit}" if limit is not None else ""
    text += f" OFFSET {offset}" if offset is not None else ""
    return text if compound.ending == "rows" else f"SELECT COUNT(*) FROM ({text}) AS counted"


def _names(first: SelectWriter) -> dict[str, tuple[int, Field[Any] | None]]:
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
