"""Terms and conditions of one statement as SQL, with the places of their values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ormgen.exceptions import ParamsError
from ormgen.query.resolved import (
    AggregateCall,
    Arithmetic,
    Bound,
    Call,
    Column,
    Comparison,
    Group,
    Nested,
    Raw,
    Term,
)
from ormgen.schema.field import Field
from ormgen.schema.field_types import DateField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.lookups import Operand
from ormgen.sql.compiled import Parameter
from ormgen.sql.criteria import CRITERIA, PATTERNS, TRUE, Test
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import Fragment, Place, Sql, finish, joined
from ormgen.sql.joins import Joins
from ormgen.sql.keys import compare_keys
from ormgen.sql.literals import PLACE
from ormgen.sql.values import Codec, Encoder

ARRAY_ABOVE: Final = 20

_DATE = DateField()


@dataclass(frozen=True, slots=True)
class _Position:
    index: int
    encoder: Encoder | None
    item: int | None
    label: str | None
    spread: bool


class Scope(Protocol):
    """Where a term stands: its tables, and how it spells what needs a query of its own."""

    joins: Joins

    def aggregate(self, call: AggregateCall) -> Sql: ...

    def nested(self, nested: Nested, attribute: str = "pk") -> Sql: ...


class Writer:
    """Writes the terms of one statement and remembers which value belongs to which place."""

    def __init__(self, graph: ModelGraph, dialect: Dialect, codec: Codec, inline: bool = False) -> None:
        self.graph = graph
        self.dialect = dialect
        self.codec = codec
        self.inline = inline
        self._positions: list[_Position] = []

    def place(
        self,
        index: int,
        encoder: Encoder | None,
        item: int | None = None,
        label: str | None = None,
        spread: bool = False,
    ) -> Sql:
        """The place of value number `index`, or of one of its items; `label` names its field in errors.

        With `spread`, `encoder` gives several parameters for each item, and `item` counts those.
        """
        self._positions.append(_Position(index, encoder, item, label, spread))
        return Place(len(self._positions) - 1)

    def finish(self, text: str) -> tuple[str, list[Parameter]]:
        """The text with placeholders (or what literals will replace), and the parameters in their order."""
        escaped = text if self.inline else self.dialect.escaped(text)
        sql, order = finish(escaped, PLACE.format if self.inline else self.dialect.placeholder)
        parameters = []
        for number in order:
            position = self._positions[number]
            if not position.item:
                many = position.item is not None
                spread = position.spread
                parameters.append(Parameter(position.index, position.encoder, many, position.label, spread))
        return sql, parameters

    def term(self, scope: Scope, term: Term, encoder: Encoder | None = None) -> Sql:
        """Any term; `encoder` converts a bound value that stands for the whole of it."""
        if isinstance(term, Column):
            return scope.joins.column(term.path)
        if isinstance(term, Bound):
            if term.index is None:
                return Fragment("NULL")
            place = self.place(term.index, encoder or self.codec.plain)
            return place if encoder is not None else self.dialect.bound(place, term.kind)
        if isinstance(term, Arithmetic):
            left = self.term(scope, term.left)
            return Fragment(f"({{}}{term.operator}{{}})", left, self.term(scope, term.right))
        if isinstance(term, Call):
            arguments = [self.term(scope, argument) for argument in term.arguments]
            name = self.dialect.functions.get(term.function.name, term.function.name)
            return Fragment(f"{name}({','.join(['{}'] * len(arguments))})", *arguments)
        if isinstance(term, Raw):
            return Fragment(f"({term.sql.replace('{', '{{').replace('}', '}}')})")
        if isinstance(term, AggregateCall):
            return scope.aggregate(term)
        return scope.nested(term)

    def group(self, scope: Scope, group: Group) -> Sql:
        """A tree of conditions; an empty one is true, negated or not."""
        parts = [
            self.group(scope, part) if isinstance(part, Group) else self.comparison(scope, part) for part in group.parts
        ]
        if not parts:
            return TRUE
        whole = joined(parts, group.join_type)
        return Fragment("NOT ({})", whole) if group.negated else whole

    def comparison(self, scope: Scope, comparison: Comparison) -> Sql:
        """One condition."""
        if isinstance(comparison.term, Column) and comparison.term.path.others:
            return compare_keys(self, scope, comparison)
        as_array = self.dialect.arrays and (comparison.size or 0) > ARRAY_ABOVE
        nested = isinstance(comparison.operand, Nested)
        test = Test(comparison.lookup.name, comparison.field, comparison.has_none, comparison.fixed, as_array, nested)
        term = self.term(scope, comparison.term)
        return CRITERIA[test.lookup](self.dialect, test, term, self._operands(scope, comparison, as_array))

    def _operands(self, scope: Scope, comparison: Comparison, as_array: bool) -> list[Sql]:
        operand = comparison.operand
        if operand is None:
            if comparison.fixed is None and comparison.lookup.name not in ("exact", "not"):
                raise ParamsError(f"{comparison.lookup.name} cannot be compared with None; use isnull=True")
            return []
        if isinstance(operand, Nested):
            return [scope.nested(operand, compared_attribute(comparison))]
        if not isinstance(operand, Bound) or operand.index is None or operand.kind is not None:
            return [self.term(scope, operand)]
        encoder, label = self._operand_encoder(comparison), self.label(scope, comparison.term)
        if as_array:
            return [self.place(operand.index, lambda values: [encoder(value) for value in values], None, label)]
        if comparison.size is not None:
            return [self.place(operand.index, encoder, item, label) for item in range(comparison.size)]
        if comparison.lookup.operand is Operand.PAIR:
            return [self.place(operand.index, encoder, item, label) for item in (0, 1)]
        return [self.place(operand.index, encoder, None, label)]

    def label(self, scope: Scope, term: Term) -> str | None:
        """Whose values are compared with `term`, as `Model.field`; None where that is no column."""
        if not isinstance(term, Column):
            return None
        path = term.path
        owner = self.graph[path.relations[-1].target] if path.relations else scope.joins.model
        return f"{owner.name}.{path.column.name}"

    def _operand_encoder(self, comparison: Comparison) -> Encoder:
        operand, name = comparison.lookup.operand, comparison.lookup.name
        if operand is Operand.TEXT:
            pattern = PATTERNS.get(name)
            return text_encoder(name, None if pattern is None else self.dialect.pattern(*pattern))
        if operand is Operand.INTEGER:
            return whole_number(name)
        if operand is Operand.DATE:
            return self.codec.encoder(_DATE)
        term = comparison.term
        of = term.path.end_model if isinstance(term, Column) else None
        return self.field_encoder(comparison.field, comparison.key_attribute, of)

    def field_encoder(self, field: Field[Any] | None, key: str | None = None, of: str | None = None) -> Encoder:
        """The encoder for values of `field`, or instances of model `of`; by their type where it is not known."""
        path = None if of is None else self.graph[of].path
        return self.codec.plain if field is None else self.codec.encoder(field, key, stored=False, of=path)


def compared_attribute(comparison: Comparison) -> str:
    """What a sub-query that names no values stands for: the attribute that a foreign key points at, else the key."""
    path = comparison.term.path if isinstance(comparison.term, Column) else None
    return "pk" if path is None or path.end is None else path.end_attribute


def text_encoder(lookup: str, convert: Callable[[str], str] | None) -> Encoder:
    """An encoder for the text of a lookup; `convert` makes a pattern of it."""

    def encode(value: Any) -> str:
        if not isinstance(value, str):
            raise ParamsError(f"{lookup} takes text, not {value!r}")
        return str(value) if convert is None else convert(value)

    return encode


def whole_number(lookup: str) -> Encoder:
    """An encoder for the number of a date part."""

    def encode(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ParamsError(f"{lookup} takes a whole number, not {value!r}")
        return value

    return encode
