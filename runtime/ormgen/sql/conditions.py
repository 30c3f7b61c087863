"""Conditions of one statement as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ormgen.exceptions import ParamsError
from ormgen.query.resolved import Bound, Column, Comparison, Group, Nested, Term
from ormgen.schema.field import Field
from ormgen.schema.field_types import DateField, JSONField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.lookups import Operand
from ormgen.sql.criteria import CRITERIA, PATTERNS, Test
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import TRUE, Fragment, Sql, joined
from ormgen.sql.keys import compare_keys
from ormgen.sql.term_writer import Scope, TermWriter
from ormgen.sql.values import Codec, Encoder

ARRAY_ABOVE: Final = 20

_DATE = DateField()
_JSON: Final = JSONField[Any]()


class Writer(TermWriter):
    """Writes the terms and conditions of one statement."""

    def __init__(self, graph: ModelGraph, dialect: Dialect, codec: Codec, inline: bool = False) -> None:
        super().__init__(graph, dialect, codec, inline)
        self._encoders: dict[int, Encoder] = {}

    def group(self, scope: Scope, group: Group) -> Sql:
        """A tree of conditions; an empty one is true, negated or not."""
        parts = [
            self.group(scope, part) if isinstance(part, Group) else self.condition(scope, part) for part in group.parts
        ]
        if not parts:
            return TRUE
        whole = joined(parts, group.join_type)
        return Fragment("NOT ({})", whole) if group.negated else whole

    def condition(self, scope: Scope, part: Comparison | Term) -> Sql:
        """One condition: a comparison, or a term that is true or false."""
        return self.comparison(scope, part) if isinstance(part, Comparison) else self.term(scope, part)

    def comparison(self, scope: Scope, comparison: Comparison) -> Sql:
        """One comparison."""
        if isinstance(comparison.term, Column) and comparison.term.path.others:
            return compare_keys(self, scope, comparison)
        as_array = (comparison.size or 0) > ARRAY_ABOVE and self.dialect.takes_array(comparison.field)
        nested = isinstance(comparison.operand, Nested)
        bound = isinstance(comparison.operand, Bound) and comparison.operand.kind is None
        name, fixed = comparison.lookup.name, comparison.fixed
        test = Test(name, comparison.field, comparison.has_none, fixed, as_array, nested, bound)
        term = self.term(scope, comparison.term)
        if comparison.several or not (bound or nested or comparison.operand is None):
            term = self.dialect.argument(term, comparison.field)
        if comparison.lookup.operand in (Operand.INTEGER, Operand.DATE):
            term = self.local(term, test.family)
        return CRITERIA[test.lookup](self.dialect, test, term, self._operands(scope, comparison, as_array))

    def _operands(self, scope: Scope, comparison: Comparison, as_array: bool) -> list[Sql]:
        operand = comparison.operand
        if comparison.several:
            encoder = self._operand_encoder(comparison)
            return [self._operand(scope, term, comparison, encoder) for term in comparison.several]
        if operand is None:
            if comparison.fixed is None and comparison.lookup.name not in ("exact", "not"):
                raise ParamsError(f"{comparison.lookup.name} cannot be compared with None; use isnull=True")
            return []
        if isinstance(operand, Nested):
            among = comparison.lookup.operand is Operand.VALUES
            return [scope.nested(operand, compared_attribute(comparison), among)]
        if not isinstance(operand, Bound) or operand.index is None or operand.kind is not None:
            return [self._operand(scope, operand, comparison, None)]
        encoder, label = self._operand_encoder(comparison), self.label(scope, comparison.term)
        if as_array:
            return [self.place(operand.index, self.dialect.array(encoder), None, label)]
        if comparison.size is not None:
            return [self.place(operand.index, encoder, item, label) for item in range(comparison.size)]
        if comparison.lookup.operand is Operand.PAIR:
            return [self.place(operand.index, encoder, item, label) for item in (0, 1)]
        if comparison.lookup.name in PATTERNS and comparison.lookup.operand is Operand.TEXT:
            made = self.dialect.patterns(*PATTERNS[comparison.lookup.name])
            name = comparison.lookup.name
            encoders = [text_encoder(name, self.codec.text, each) for each in made]
            return [self.place(operand.index, each, None, label) for each in encoders]
        return [self.place(operand.index, encoder, None, label)]

    def _operand(self, scope: Scope, term: Term, comparison: Comparison, encoder: Encoder | None) -> Sql:
        """An operand that is computed, in the form in which it is compared."""
        if isinstance(term, Bound) and term.kind is None and encoder is not None and term.index is not None:
            return self.place(term.index, encoder, None, self.label(scope, comparison.term))
        return self.dialect.compared(self.term(scope, term), comparison.field)

    def label(self, scope: Scope, term: Term) -> str | None:
        """Whose values are compared with `term`, as `Model.field`; None where that is no column."""
        if not isinstance(term, Column):
            return None
        path = term.path
        owner = self.graph[path.relations[-1].target] if path.relations else scope.joins.model
        return f"{owner.name}.{path.column.name}"

    def _operand_encoder(self, comparison: Comparison) -> Encoder:
        """The encoder of the operand, the same one wherever the comparison is written again."""
        found = self._encoders.get(id(comparison))
        if found is None:
            found = self._encoders[id(comparison)] = self._new_encoder(comparison)
        return found

    def _new_encoder(self, comparison: Comparison) -> Encoder:
        operand, name = comparison.lookup.operand, comparison.lookup.name
        if operand in (Operand.JSON, Operand.MAPPING):
            return self.codec.encoder(_JSON)
        if operand is Operand.TEXT:
            return text_encoder(name, self.codec.text)
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


def text_encoder(lookup: str, check: Callable[[str], str], convert: Callable[[str], str] = str) -> Encoder:
    """An encoder for the text of a lookup, as the dialect takes it; `convert` makes a pattern of it."""

    def encode(value: Any) -> str:
        if type(value) is str and "\0" not in value:  # nothing else is refused: two functions less
            return convert(value)
        if not isinstance(value, str):
            raise ParamsError(f"{lookup} takes text, not {value!r}")
        return convert(check(value if type(value) is str else str(value)))

    return encode


def whole_number(lookup: str) -> Encoder:
    """An encoder for the number of a date part."""

    def encode(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ParamsError(f"{lookup} takes a whole number, not {value!r}")
        return value

    return encode
