"""Questions whose names are found in the model graph; values are numbers, the places where they are bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ormgen.query.functions import Aggregate, Function
from ormgen.query.paths import Path
from ormgen.query.statements import Select
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
    """Two terms and the operator between them."""

    left: Term
    operator: Literal["+", "-", "*", "/", "%"]
    right: Term


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one row."""

    function: type[Function[Any]]
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AggregateCall:
    """An aggregate over the rows that `argument` leads to."""

    function: type[Aggregate[Any]]
    argument: Term
    distinct: bool
    condition: Group | None


@dataclass(frozen=True, slots=True)
class Nested:
    """A question inside another one, whose rows are its values."""

    select: Select
    question: Question


Term = Column | Bound | Arithmetic | Call | AggregateCall | Nested | Raw


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
    `fixed` the operand where the SQL depends on it: None, True or False.
    """

    term: Term
    field: Field[Any] | None
    key_attribute: str | None
    lookup: Lookup
    operand: Term | None
    size: int | None = None
    has_none: bool = False
    fixed: bool | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Comparisons joined by AND or OR."""

    parts: tuple[Comparison | Group, ...]
    join_type: Literal["AND", "OR"]
    negated: bool


@dataclass(frozen=True, slots=True)
class Ordering:
    """One term to order by, and the field of its values where it is known."""

    term: Term
    descending: bool
    field: Field[Any] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A `Select` whose names are found."""

    model: LinkedModel
    annotations: tuple[Annotation, ...]
    where: tuple[Group, ...]
    via: int | None
    order_by: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
