"""Questions whose names are found in the model graph; values are numbers, the places where they are bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from ormgen.query.expressions import Operator
from ormgen.query.functions import Aggregate, Function
from ormgen.query.paths import Path
from ormgen.query.statements import Compound, NamedQuestion, Select
from ormgen.records import dataclass
from ormgen.schema.field import Field
from ormgen.schema.graph import LinkedModel
from ormgen.schema.lookups import Lookup


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column, perhaps behind relations."""

    path: Path


@dataclass(frozen=True, slots=True)
class Bound:
    """The value number `index` of the statement; None for SQL's NULL.

    `kind` is its Python type where it stands alone in an expression, so that the database has to be told.
    """

    index: int | None
    kind: type | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """SQL text taken as it is."""

    sql: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two terms and the operator between them; `fields` are those of the two terms, `field` that of the result."""

    left: Term
    operator: Operator
    right: Term
    fields: tuple[Field[Any] | None, Field[Any] | None]
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one row; `fields` are those of its arguments, `field` that of the result."""

    function: type[Function[Any]]
    option: str
    arguments: tuple[Term, ...]
    fields: tuple[Field[Any] | None, ...]
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class AggregateCall:
    """An aggregate over the rows that `argument` leads to, in `order`; `more` are further arguments, `inner` is its
    field."""

    function: type[Aggregate[Any]]
    option: str
    argument: Term
    more: tuple[Term, ...]
    distinct: bool
    condition: Group | None
    inner: Field[Any] | None
    field: Field[Any] | None
    order: tuple[Ordering, ...] = ()


@dataclass(frozen=True, slots=True)
class Windowed:
    """A function or aggregate over the rows around each row; `frame` is SQL text made of numbers."""

    inner: Call | AggregateCall
    partition_by: tuple[Term, ...]
    order_by: tuple[Ordering, ...]
    frame: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The term of the first condition that holds, or the last one."""

    branches: tuple[tuple[Group, Term], ...]
    otherwise: Term
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether conditions hold."""

    group: Group


@dataclass(frozen=True, slots=True)
class InJson:
    """What stands inside a JSON value, at the end of `keys`.

    It is a value of `field`, and null where it is of another type; JSON itself where `field` is, and where that is
    None anything but null.
    """

    document: Term
    keys: tuple[str, ...]
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Nested:
    """A question inside another one, whose rows are its values; `field` is that of the values."""

    select: Select | Compound
    question: Question | CompoundQuestion
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Existing:
    """Whether a question inside another one has any row."""

    nested: Nested


@dataclass(frozen=True, slots=True)
class Named:
    """A column of a named question: of the one called `name`, of None of the one that is read like a table."""

    name: str | None
    column: str
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Outer:
    """A term of the question around this one."""

    term: Term


Term = (
    Column
    | Bound
    | Arithmetic
    | Call
    | AggregateCall
    | Nested
    | Raw
    | Windowed
    | Choice
    | Truth
    | InJson
    | Existing
    | Outer
    | Named
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A named term, and the field that reads its values (None: as they come)."""

    name: str
    term: Term
    field: Field[Any] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a term with a bound value, another term, or a fixed operand.

    `size` is the number of values of an `__in` (None for one value), `has_none` whether None is among them,
    `fixed` the operand where the SQL depends on it: None, True or False. `several` are the operands where each of
    them is a term of its own.
    """

    term: Term
    field: Field[Any] | None
    key_attribute: str | None
    lookup: Lookup
    operand: Term | None
    size: int | None = None
    has_none: bool = False
    fixed: bool | None = None
    several: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Comparisons, and terms that are true or false, joined by AND or OR."""

    parts: tuple[Comparison | Group | Term, ...]
    join_type: Literal["AND", "OR"]
    negated: bool


@dataclass(frozen=True, slots=True)
class Ordering:
    """One term to order by, and the field of its values where it is known."""

    term: Term
    descending: bool
    field: Field[Any] | None = None
    nulls: Literal["first", "last"] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A named question whose names are found, and what the columns of its rows are called."""

    of: NamedQuestion
    question: Question | CompoundQuestion
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedJoined:
    """A named question that is joined where conditions hold."""

    name: str
    on: Group
    left: bool


@dataclass(frozen=True, slots=True)
class CompoundQuestion:
    """A `Compound` whose names are found."""

    compound: Compound
    parts: tuple[Question | CompoundQuestion, ...]
    limit: int | None
    offset: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A `Select` whose names are found; `whole` says that all its rows become one, made of aggregates, `held` are the
    columns that there are where it reads a named question."""

    model: LinkedModel
    annotations: tuple[Annotation, ...]
    where: tuple[Group, ...]
    via: int | None
    order_by: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
    group_by: tuple[Term, ...] = ()
    whole: bool = False
    defined: tuple[Definition, ...] = ()
    joins: tuple[NamedJoined, ...] = ()
    held: frozenset[str] | None = None


def parts_of(term: Term | None) -> Iterable[Term]:
    """The terms that a term is made of; those of a question inside of it are not among them."""
    if isinstance(term, Arithmetic):
        return (term.left, term.right)
    if isinstance(term, Call):
        return term.arguments
    if isinstance(term, AggregateCall):
        conditions = terms_in(term.condition) if term.condition is not None else ()
        return (term.argument, *term.more, *conditions, *[entry.term for entry in term.order])
    if isinstance(term, Windowed):
        return (term.inner, *term.partition_by, *[entry.term for entry in term.order_by])
    if isinstance(term, Choice):
        conditions = [part for group, _ in term.branches for part in terms_in(group)]
        return (*conditions, *[result for _, result in term.branches], term.otherwise)
    if isinstance(term, Truth):
        return terms_in(term.group)
    return (term.document,) if isinstance(term, InJson) else ()


def terms_in(group: Group) -> Iterable[Term]:
    """Every term that stands in a tree of conditions."""
    for part in group.parts:
        if isinstance(part, Group):
            yield from terms_in(part)
        elif isinstance(part, Comparison):
            yield part.term
            if part.operand is not None:
                yield part.operand
            yield from part.several
        else:
            yield part


def holds_aggregate(term: Term | None) -> bool:
    """Whether an aggregate of the rows of this question is computed somewhere in `term`."""
    if isinstance(term, Windowed):
        return any(holds_aggregate(part) for part in parts_of(term.inner))
    return isinstance(term, AggregateCall) or any(holds_aggregate(part) for part in parts_of(term))


def holds_window(term: Term | None) -> bool:
    """Whether `term` looks at the rows around each row."""
    return isinstance(term, Windowed) or any(holds_window(part) for part in parts_of(term))


def columns_of(term: Term | None) -> Iterable[Column]:
    """Every column that `term` reads, leaving out what stands inside sub-queries."""
    if isinstance(term, Column):
        yield term
    for part in parts_of(term):
        yield from columns_of(part)


def aggregated(group: Group) -> bool:
    """Whether a condition is one on aggregates."""
    return any(holds_aggregate(term) for term in terms_in(group))


def windowed(group: Group) -> bool:
    """Whether a condition is one on windows."""
    return any(holds_window(term) for term in terms_in(group))


def crosses_many(group: Group) -> bool:
    """Whether a condition leads over a relation to many objects."""
    return any(column.path.many for term in terms_in(group) for column in plain_columns(term))


def plain_columns(term: Term | None) -> Iterable[Column]:
    """Every column that `term` reads outside of aggregates, which are computed apart."""
    if isinstance(term, Column):
        yield term
    if not isinstance(term, AggregateCall):
        for part in parts_of(term):
            yield from plain_columns(part)


def shares_many(group: Group, argument: Term) -> bool:
    """Whether a condition is about the same related rows as the argument of an aggregate."""
    roots = {column.path.relations[0].name for column in columns_of(argument) if column.path.many}
    columns = [column for term in terms_in(group) for column in plain_columns(term)]
    return any(column.path.many and column.path.relations[0].name in roots for column in columns)


def reads_many(call: AggregateCall) -> bool:
    """Whether an aggregate is one over the objects of a relation to many."""
    return any(column.path.many for column in columns_of(call.argument)) or (
        call.condition is not None and crosses_many(call.condition)
    )


def separated(groups: Iterable[Group]) -> Iterable[Group]:
    """The same conditions, those joined by AND each by itself."""
    for group in groups:
        if group.negated or group.join_type != "AND":
            yield group
        else:
            for part in group.parts:
                yield from separated((part,)) if isinstance(part, Group) else (Group((part,), "AND", False),)
