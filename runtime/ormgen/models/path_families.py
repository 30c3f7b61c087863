"""What the columns of each family offer on a path, told to type checkers: one class for each set of lookups.

Each lookup of `ormgen.schema.lookups` is an attribute here, with an underscore behind it where Python has the word
for itself. The names of these classes stand in generated stubs; while a program runs, paths are of none of them.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from typing import Any, Generic, TypeAlias

from typing_extensions import TypeVar

from ormgen.models.operands import Many, Strs
from ormgen.query.expressions import Expression, M_contra
from ormgen.query.path_expressions import Column, Number, O, Ordered, Path, Takes

T = TypeVar("T", default=Any)
V = TypeVar("V", default=Any)
S_contra = TypeVar("S_contra", contravariant=True, default=Any)

Term: TypeAlias = V | Expression | Path[M_contra, V | None]
NumberTerm: TypeAlias = V | Expression | Path[M_contra, float | decimal.Decimal | None]


class Among(Generic[M_contra, S_contra]):
    """Lookups that compare with several values."""

    __slots__ = ()

    in_: Takes[M_contra, S_contra]
    not_in: Takes[M_contra, S_contra]


class PlainPath(Column[M_contra, V | O, Term[V, M_contra], O], Generic[M_contra, V, O]):
    """Bytes and the like: equal or not."""


class JsonPath(Column[M_contra, V | O, Any, O], Generic[M_contra, V, O]):
    """JSON, compared with any JSON."""

    contains: Takes[M_contra, Any]
    contained_by: Takes[M_contra, Any]
    filter: Takes[M_contra, Mapping[str, Any]]


class ArrayPath(PlainPath[M_contra, V, O], Generic[M_contra, V, O]):
    """Lists of values, compared with lists."""

    contains: Takes[M_contra, Term[V, M_contra]]
    contained_by: Takes[M_contra, Term[V, M_contra]]
    overlap: Takes[M_contra, Term[V, M_contra]]
    len: Takes[M_contra, int]


class SearchPath(PlainPath[M_contra, V, O], Generic[M_contra, V, O]):
    """Text prepared for search."""

    search: Takes[M_contra, str | Expression]


class MemberPath(PlainPath[M_contra, V, O], Among[M_contra, Many[V]], Generic[M_contra, V, O]):
    """Booleans and enumerations of text."""


class OrderedPath(Ordered[M_contra, V | O, Term[V, M_contra], O], Among[M_contra, Many[V]], Generic[M_contra, V, O]):
    """UUIDs, spans of time, enumerations of numbers."""


class NumberPath(
    Number[M_contra, T | O, NumberTerm[V, M_contra], O], Among[M_contra, Many[V]], Generic[M_contra, T, V, O]
):
    """Numbers of type `T`, compared with numbers of type `V`."""


class IntPath(NumberPath[M_contra, int, int, O], Generic[M_contra, O]):
    """Whole numbers."""


class FloatPath(NumberPath[M_contra, float, float, O], Generic[M_contra, O]):
    """Floating-point numbers."""


class DecimalPath(NumberPath[M_contra, decimal.Decimal, decimal.Decimal | float, O], Generic[M_contra, O]):
    """Decimal numbers."""


class TextualPath(
    Ordered[M_contra, V | O, Term[V, M_contra], O], Among[M_contra, S_contra], Generic[M_contra, V, S_contra, O]
):
    """Text of type `V`; several such texts are of type `S`."""

    contains: Takes[M_contra, str | Expression]
    icontains: Takes[M_contra, str | Expression]
    startswith: Takes[M_contra, str | Expression]
    istartswith: Takes[M_contra, str | Expression]
    endswith: Takes[M_contra, str | Expression]
    iendswith: Takes[M_contra, str | Expression]
    iexact: Takes[M_contra, str | Expression]
    posix_regex: Takes[M_contra, str]
    iposix_regex: Takes[M_contra, str]
    regex: Takes[M_contra, str]
    iregex: Takes[M_contra, str]
    search: Takes[M_contra, str | Expression]


class TextPath(TextualPath[M_contra, str, Strs, O], Generic[M_contra, O]):
    """Text."""


class DatedPath(OrderedPath[M_contra, V, O], Generic[M_contra, V, O]):
    """Days."""

    year: Takes[M_contra, int]
    quarter: Takes[M_contra, int]
    month: Takes[M_contra, int]
    week: Takes[M_contra, int]
    day: Takes[M_contra, int]


class TimedPath(OrderedPath[M_contra, V, O], Generic[M_contra, V, O]):
    """Times of day."""

    hour: Takes[M_contra, int]
    minute: Takes[M_contra, int]
    second: Takes[M_contra, int]
    microsecond: Takes[M_contra, int]


class MomentPath(DatedPath[M_contra, V, O], TimedPath[M_contra, V, O], Generic[M_contra, V, O]):
    """Days with times."""

    date: Takes[M_contra, Term[datetime.date, M_contra]]


class RelationPath(
    Column[M_contra, T, V | Expression | Path[M_contra, T | None], O],
    Among[M_contra, Many[V]],
    Generic[M_contra, T, V, O],
):
    """A relation: compared with objects or their keys of type `V`; its value is a key of type `T`."""


class UnreadPath(NumberPath[M_contra, Any, Any, O], TextualPath[M_contra, Any, Any, O], MomentPath[M_contra, Any, O]):
    """A column whose type could not be read: every lookup there is."""

    contained_by: Takes[M_contra, Any]
    filter: Takes[M_contra, Mapping[str, Any]]
    overlap: Takes[M_contra, Any]
    len: Takes[M_contra, int]
