"""What a question selects, as SQL: the columns of instances, or plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ormgen.exceptions import FieldError
from ormgen.query.expressions import places_for
from ormgen.query.layout import Extra, Section
from ormgen.query.paths import Path, into_json, relation_path
from ormgen.query.resolve import Resolver
from ormgen.query.resolved import Question, Term
from ormgen.query.result_fields import field_of
from ormgen.query.statements import VIA, Select, Via
from ormgen.schema.field import Field, FieldSchema
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.sql.conditions import ARRAY_ABOVE, Writer
from ormgen.sql.fragments import FALSE, ColumnTerm, Fragment, Sql, listed
from ormgen.sql.joins import Joins
from ormgen.sql.keys import key_rows
from ormgen.sql.partial import only_by_path
from ormgen.sql.term_writer import Scope


class ColumnWriter(Scope):
    """Writes what one question selects; one inside another has a `prefix` that sets its aliases apart.

    `numbered` columns are called by their places, `steady` ones have types that hold for all rows of a recursion.
    """

    def __init__(
        self, writer: Writer, select: Select, question: Question, prefix: str = "", outer: Scope | None = None
    ) -> None:
        self.writer = writer
        self.select = select
        self.question = question
        self.model = question.model
        self.prefix = prefix
        self.joins = Joins(
            writer.graph, question.model, prefix, None if select.common is None else select.common.source, question.held
        )
        self.columns: list[Sql] = []
        self.kinds: list[Field[Any] | None] = []
        self.sections: list[Section] = []
        self.extras: list[Extra] = []
        self.nesting = 0
        self.orderings: list[Sql] = []
        self.numbered = False
        self.over_all = False
        self.row_by_row = False
        self.outer = outer
        self.steady = False
        self.apart: dict[int, Sql] = {}  # aggregates of groups that are computed in queries of their own
        self.before: dict[int, Sql] = {}

    def add_instances(self) -> None:
        only = only_by_path(self.writer.graph, self.model, self.select)
        self.add_section((), self.model, (), only.get((), None) if self.select.only is not None else None)
        done: set[tuple[str, ...]] = set()
        for name in self.select.related:
            relations = relation_path(self.writer.graph, self.model, name)
            for depth in range(1, len(relations) + 1):
                steps = relations[:depth]
                path = tuple(step.name for step in steps)
                if path not in done:
                    done.add(path)
                    self.add_related(steps, path, only.get(path))
        for annotation in self.question.annotations:
            self.add_extra(annotation.name, self.writer.term(self, annotation.term), annotation.field)
        if self.select.via is not None and self.select.via.labelled:
            relation = self.writer.graph[self.select.via.model].relations[self.select.via.relation]
            self.add_key(VIA, self.via_columns(relation), self.writer.graph[relation.model].columns_of(relation.near))

    def add_key(self, name: str, terms: Sequence[Sql], columns: Sequence[FieldSchema]) -> None:
        """A value of the rows that is a key: of several columns a tuple."""
        if len(terms) == 1:
            self.add_extra(name, terms[0], columns[0].field)
            return
        outer, self.extras = self.extras, []
        for at, (term, column) in enumerate(zip(terms, columns, strict=True)):
            self.add_extra(f"{name}__{at}", term, column.field)
        parts, self.extras = tuple(self.extras), outer
        self.extras.append(Extra(name, None, parts[0].position, parts))

    def via_columns(self, relation: Relation) -> list[Sql]:
        """The columns of the through table that hold the keys of the instances on its other side."""
        assert relation.through is not None
        alias = self.joins.via(relation)
        return [ColumnTerm(alias, name) for name in relation.through.near_columns]

    def via_condition(self, via: Via, number: int) -> Sql:
        relation = self.writer.graph[via.model].relations[via.relation]
        first, *more = self.writer.graph[relation.model].columns_of(relation.near)
        columns, size = self.via_columns(relation), places_for(len(via.keys))
        if not size:
            return FALSE
        if more:
            return key_rows(self.writer, columns, [first.field, *(key.field for key in more)], number, size)
        encoder = self.writer.codec.encoder(first.field, relation.near)
        dialect = self.writer.dialect
        if len(via.keys) > ARRAY_ABOVE and dialect.takes_array(first.field):
            return dialect.in_array(columns[0], self.writer.place(number, dialect.array(encoder)))
        places = [self.writer.place(number, encoder, item) for item in range(size)]
        return Fragment("{} IN ({})", columns[0], listed(places))

    def add_related(self, steps: tuple[Relation, ...], path: tuple[str, ...], only: tuple[str, ...] | None) -> None:
        last = steps[-1]
        if last.many:
            raise FieldError(
                f'select_related("{"__".join(path)}"): {last.name} leads to many objects; '
                f'use prefetch_related("{"__".join(path)}")'
            )
        self.add_section(path, self.writer.graph[last.target], steps, only)

    def add_section(
        self, path: tuple[str, ...], model: LinkedModel, steps: tuple[Relation, ...], only: tuple[str, ...] | None
    ) -> None:
        alias = self.joins.alias(steps)
        keys = () if self.select.keyless and not path else model.pk_names
        kept = model.columns if only is None else {*only, *keys}
        held = None if steps else self.question.held
        names = [name for name in model.columns if name in kept and (held is None or name in held)]
        start = len(self.columns)
        columns = [model.columns[name] for name in names]
        self.columns += [ColumnTerm(alias, column.column) if steps else self.joins.own(column) for column in columns]
        self.kinds += [column.field for column in columns]
        decoders = tuple(self.writer.codec.decoder(model.columns[name].field) for name in names)
        key = start + names.index(model.pk_names[0]) if path else None
        partial = only is not None or len(names) < len(model.columns)
        self.sections.append(Section(path, model.key, tuple(names), decoders, start, key, partial))

    def add_values(self) -> None:
        fields = {annotation.name: annotation.field for annotation in self.question.annotations}
        for alias, name in self.select.output or ():
            path, keys = (None, ()) if name in fields else into_json(self.writer.graph, self.model, name)
            if path is None or keys or not path.others:
                term = self.resolved(name)
                self.add_extra(alias, self.writer.term(self, term), fields[name] if path is None else field_of(term))
                continue
            terms = [self.joins.column(Path(path.relations, column)) for column in path.columns]
            self.add_key(alias, terms, path.columns)

    def add_extra(self, name: str, term: Sql, field: Any) -> None:
        codec = self.writer.codec
        decoder = codec.decoder(field) if isinstance(term, ColumnTerm) else codec.computed_decoder(field)
        self.extras.append(Extra(name, decoder, len(self.columns)))
        self.columns.append(Fragment("{}", term, alias=name))
        self.kinds.append(field)

    def resolved(self, name: str) -> Term:
        """The term of a column or an annotation."""
        found = next((each.term for each in self.question.annotations if each.name == name), None)
        return Resolver(self.writer.graph, self.model).named(name) if found is None else found
