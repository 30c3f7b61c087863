"""Terms of one statement as SQL, with the places of their values."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Protocol

from ormgen.exceptions import UnSupportedError
from ormgen.query.array_functions import ArrayFunction
from ormgen.query.functions import Function
from ormgen.query.json_functions import JSONLiteral
from ormgen.query.resolved import (
    AggregateCall,
    Arithmetic,
    Bound,
    Call,
    Choice,
    Column,
    Existing,
    Group,
    InJson,
    Named,
    Nested,
    Ordering,
    Outer,
    Raw,
    Term,
    Truth,
    Windowed,
)
from ormgen.query.statements import NamedQuestion
from ormgen.records import dataclass
from ormgen.schema.database_fields import ArrayField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.lookups import Family
from ormgen.sql.compiled import Parameter
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import Fragment, Place, Sql, finish, listed
from ormgen.sql.functions import cast, spelled
from ormgen.sql.joins import Joins
from ormgen.sql.json_functions import JSON_CALLS
from ormgen.sql.literals import PLACE
from ormgen.sql.search import SEARCH, present
from ormgen.sql.values import Codec, Encoder


@dataclass(frozen=True, slots=True)
class _Position:
    index: int
    encoder: Encoder | None
    item: int | None
    label: str | None
    spread: bool = False
    fixed: tuple[Any, ...] = ()


def _parameter(first: _Position, size: int) -> Parameter:
    many = first.item is not None
    return Parameter(first.index, first.encoder, many, first.label, first.spread, first.fixed, size)


class Scope(Protocol):
    """Where a term stands: its tables, and how it spells what needs a query of its own."""

    joins: Joins
    outer: Scope | None

    def aggregate(self, call: AggregateCall) -> Sql: ...

    def over_rows(self, call: AggregateCall, over: Sql) -> Sql: ...

    def computed_before(self, term: Windowed) -> Sql | None: ...

    def nested(self, nested: Nested, attribute: str = "pk", among: bool = False) -> Sql: ...

    def existing(self, nested: Nested) -> Sql: ...

    def named_column(self, term: Named) -> Sql: ...


class TermWriter:
    """Writes the terms of one statement and remembers which value belongs to which place."""

    def __init__(self, graph: ModelGraph, dialect: Dialect, codec: Codec, inline: bool = False) -> None:
        self.graph = graph
        self.dialect = dialect
        self.codec = codec
        self.inline = inline
        self.known: list[NamedQuestion] = []  # those that are defined around what is being written
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

    def constant(self, value: Any) -> Sql:
        """The place of a value that belongs to the shape of the statement."""
        self._positions.append(_Position(0, None, None, None, False, (value,)))
        return Place(len(self._positions) - 1)

    def finish(self, text: str) -> tuple[str, list[Parameter]]:
        """The text with placeholders (or what literals will replace), and the parameters in their order."""
        same = self._key if self.dialect.numbered and not self.inline else None
        escaped = text if self.inline else self.dialect.escaped(text)
        sql, order = finish(escaped, PLACE.format if self.inline else self.dialect.placeholder, same)
        runs: list[list[_Position]] = []
        for number in order:
            position = self._positions[number]
            if position.item:
                runs[-1].append(position)
            else:
                runs.append([position])
        return sql, [_parameter(run[0], len(run)) for run in runs]

    def _key(self, number: int) -> Hashable:
        position = self._positions[number]
        if position.fixed:
            return (str(position.fixed),)
        return (position.index, position.item, position.encoder)

    def group(self, scope: Scope, group: Group) -> Sql:
        """A tree of conditions."""
        raise NotImplementedError

    def term(self, scope: Scope, term: Term, encoder: Encoder | None = None) -> Sql:
        """Any term; `encoder` converts a bound value that stands for the whole of it."""
        if isinstance(term, Column):
            return scope.joins.column(term.path)
        if isinstance(term, Bound):
            if term.index is None:
                return Fragment("NULL")
            if term.kind is JSONLiteral:
                return self.dialect.json_literal(self.place(term.index, self.codec.json))
            place = self.place(term.index, encoder or self.codec.plain)
            return place if encoder is not None else self.dialect.bound(place, term.kind)
        if isinstance(term, Arithmetic):
            left, right = self.term(scope, term.left), self.term(scope, term.right)
            return self.dialect.arithmetic(left, term.operator, right, term.fields, term.field)
        if isinstance(term, Call):
            return self.call(scope, term)
        if isinstance(term, Raw):
            return Fragment(f"({term.sql.replace('{', '{{').replace('}', '}}')})")
        if isinstance(term, AggregateCall):
            return scope.aggregate(term)
        return self.composed(scope, term)

    def composed(self, scope: Scope, term: Term) -> Sql:
        """A term that holds conditions or a question, or looks at other rows."""
        if isinstance(term, Windowed):
            return scope.computed_before(term) or self.window(scope, term)
        if isinstance(term, Choice):
            terms = []
            for group, result in term.branches:
                terms += [self.group(scope, group), self.argument(scope, result)]
            branches = " ".join(["WHEN {} THEN {}"] * len(term.branches))
            return Fragment(f"CASE {branches} ELSE {{}} END", *terms, self.argument(scope, term.otherwise))
        if isinstance(term, Truth):
            return Fragment("CASE WHEN {} THEN TRUE ELSE FALSE END", self.group(scope, term.group))
        if isinstance(term, InJson):
            return self.in_json(scope, term)
        if isinstance(term, Existing):
            return Fragment("EXISTS {}", scope.existing(term.nested))
        if isinstance(term, Outer):
            assert scope.outer is not None
            return self.term(scope.outer, term.term)
        if isinstance(term, Named):
            return scope.named_column(term)
        assert isinstance(term, Nested)
        return scope.nested(term)

    def in_json(self, scope: Scope, term: InJson) -> Sql:
        """What stands inside a JSON value, by the first path that leads to something."""
        document, family = self.term(scope, term.document), None if term.field is None else term.field.family
        paths = [self.dialect.json_place(document, path, self.constant) for path in self.dialect.json_paths(term.keys)]
        found = [self.dialect.in_json(document, path, family) for path in paths]
        return found[0] if len(found) == 1 else Fragment(f"COALESCE({','.join(['{}'] * len(found))})", *found)

    def call(self, scope: Scope, call: Call) -> Sql:
        """A function of one row, or of a window."""
        function = call.function
        self.refuse_elsewhere(function)
        if issubclass(function, ArrayFunction) and isinstance(call.fields[0], ArrayField):
            kind = f"{call.fields[0].element_type}{'[]' if function.whole else ''}"
            terms = [self.of_array(scope, argument, kind) for argument in call.arguments]
        else:
            terms = [self.argument(scope, argument) for argument in call.arguments]
        if function.database_func is not None:
            return called(function.database_func, terms)
        if function.name in JSON_CALLS:
            return JSON_CALLS[function.name](self.dialect, self.constant, call, terms)
        if function.name in ("EXTRACT", "TRUNC"):
            field = call.fields[0]
            family = Family.DATETIME if field is None else field.family
            local = self.local(terms[0], family)
            if function.name == "EXTRACT":
                return self.dialect.date_part(call.option, local, family)
            begun = self.dialect.beginning(call.option, local, family)
            return begun if call.option == "date" or family is not Family.DATETIME else self.utc(begun)
        if function.name in SEARCH:
            return SEARCH[function.name](call.option, present(call.arguments, terms))
        if function.name == "CAST":
            return cast(self.dialect.name, call.option, terms[0])
        return spelled(self.dialect.name, function.name, terms, call.fields)

    def argument(self, scope: Scope, term: Term) -> Sql:
        """A term that goes into a function."""
        made = self.term(scope, term)
        return self.dialect.argument(made, term.path.column.field) if isinstance(term, Column) else made

    def of_array(self, scope: Scope, term: Term, kind: str) -> Sql:
        """An argument that belongs to an array; a bound value has to be told its type."""
        if not isinstance(term, Bound) or term.index is None:
            return self.term(scope, term)
        return Fragment(f"{{}}::{kind}", self.place(term.index, self.codec.plain))

    def refuse_elsewhere(self, function: type[Function[Any]]) -> None:
        """Refuse a function on a database that has no such thing.

        Raises:
            UnSupportedError: it has not.
        """
        if function.dialects and self.dialect.name not in function.dialects:
            raise UnSupportedError(
                f"{function.__name__} exists on {' and '.join(function.dialects)} only, not on {self.dialect.name}"
            )

    def local(self, term: Sql, family: Family) -> Sql:
        """A moment in the context's time zone; dates and times as they are."""
        return self.dialect.in_zone(term, self.codec.zone) if family is Family.DATETIME else term

    def utc(self, term: Sql) -> Sql:
        """A moment of the context's time zone in UTC, in the form in which columns keep it."""
        return self.dialect.from_zone(term, self.codec.zone)

    def window(self, scope: Scope, term: Windowed) -> Sql:
        """A function over the rows around each row."""
        inner = term.inner
        parts = [self.term(scope, part) for part in term.partition_by]
        orders = [self.ordering(scope, entry) for entry in term.order_by]
        text = "PARTITION BY {} " if parts else ""
        text += "ORDER BY {} " if orders else ""
        over = Fragment(f" OVER ({text}{term.frame})", *[listed(each) for each in (parts, orders) if each])
        if not isinstance(inner, Call):
            return scope.over_rows(inner, over)
        if inner.function.name in ("LAG", "LEAD") and len(inner.arguments) == 3:
            terms = [self.argument(scope, argument) for argument in inner.arguments]
            return self.dialect.neighbour(inner.function.name, terms, over)
        return Fragment("{}{}", self.call(scope, inner), over)

    def ordering(self, scope: Scope, entry: Ordering) -> Sql:
        """One entry of an ORDER BY."""
        term = self.dialect.comparable(self.term(scope, entry.term), entry.field)
        return self.dialect.ordered(term, entry.descending, entry.nulls)


def called(function: Any, terms: list[Sql]) -> Sql:
    """A call of a user's function: its name, or what makes a pypika term of terms."""
    if isinstance(function, str):
        return Fragment(f"{function}({','.join(['{}'] * len(terms))})", *terms)
    return Fragment("{}", function(*terms))
