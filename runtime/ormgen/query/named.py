"""Finds the names of questions that are put together, and of named ones, which others read like tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ormgen.exceptions import ParamsError
from ormgen.query.resolved import Annotation, CompoundQuestion, Definition, Question, Term
from ormgen.query.result_fields import field_of
from ormgen.query.statements import Compound, NamedQuestion, Select
from ormgen.records import dataclass, replace
from ormgen.schema.field import Field
from ormgen.schema.graph import LinkedModel


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of a named question hold: fields by name; `own` are columns of the model itself."""

    fields: Mapping[str, Field[Any] | None]
    own: frozenset[str]


class Reader(Protocol):
    """What finds the names of a question: `query.resolve.Resolver`."""

    @property
    def model(self) -> LinkedModel: ...

    @property
    def layouts(self) -> dict[str, Layout]: ...

    @property
    def annotations(self) -> dict[str, Annotation]: ...

    def part(self, model: str) -> Reader: ...

    def question(self, select: Select) -> Question: ...

    def columns(self, name: str) -> tuple[Term, ...]: ...

    def number(self) -> int: ...


def definitions(reader: Reader, named: tuple[NamedQuestion, ...]) -> tuple[Definition, ...]:
    """The named questions of one question, each of which sees those before it.

    Raises:
        ParamsError: one of them loads related objects, or two values of its rows have one name.
    """
    found = []
    for each in named:
        if isinstance(each.statement, Select):
            inner = reader.part(each.statement.model)
            question: Question | CompoundQuestion = inner.question(each.statement)
            reader.layouts[each.name] = layout_of(each.name, each.statement, inner)
        else:
            question = _compound(reader, each.statement, each.name)
        found.append(Definition(each, question, tuple(reader.layouts[each.name].fields)))
    return tuple(found)


def compound_question(reader: Reader, compound: Compound) -> tuple[CompoundQuestion, Field[Any] | None]:
    """Questions put together, and the field of the first value of their rows."""
    question = _compound(reader, compound, "")
    return question, next(iter(reader.layouts[""].fields.values()), None)


def _compound(reader: Reader, compound: Compound, name: str) -> CompoundQuestion:
    """Each part; the names of the rows are those of the first one, and known as `name` to those that follow."""
    parts: list[Question | CompoundQuestion] = []
    for at, part in enumerate(compound.parts):
        if isinstance(part, Compound):
            parts.append(_compound(reader, part, "" if at else name))
            continue
        inner = reader.part(part.model)
        question = inner.question(part)
        bounded = part.limit is not None or part.offset is not None
        parts.append(question if bounded else replace(question, order_by=()))
        if not at:
            reader.layouts[name] = layout_of(name, part, inner)
    limit = None if compound.limit is None else reader.number()
    offset = None if compound.offset is None else reader.number()
    return CompoundQuestion(compound, tuple(parts), limit, offset)


def layout_of(name: str, select: Select, reader: Reader) -> Layout:
    """What the rows of a question hold, in their order."""
    model = reader.model
    if select.related and name:
        raise ParamsError(f'the rows of "{name}" hold no related objects: use values(), or join them where it is read')
    fields: dict[str, Field[Any] | None] = {}
    own: set[str] = set()
    if select.output is None:
        keys = () if select.keyless else model.pk_names
        kept = model.columns if select.only is None else {*select.only, *keys}
        own.update([column for column in model.columns if column in kept])
        fields.update({column: model.columns[column].field for column in model.columns if column in kept})
        fields.update({each.name: each.field for each in reader.annotations.values()})
        return Layout(fields, frozenset(own))
    for alias, inner in select.output:
        terms = reader.columns(inner)
        called = model.pk if alias == "pk" and inner == "pk" else alias
        names = [called] if len(terms) == 1 else [f"{alias}__{at}" for at in range(len(terms))]
        if called == inner or alias == inner:
            own.update([each for each in names if each in model.columns])
        fields.update({each: field_of(term) for each, term in zip(names, terms, strict=True)})
    return Layout(fields, frozenset(own))
