"""Functions of the arrays of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ormgen.query.expressions import Q
from ormgen.query.functions import Function, OrderedAggregate, OrderedBy, S_co


class ArrayFunction(Function[S_co]):
    """Base of those whose values are elements, or with `whole` arrays, of the type of the first argument."""

    __slots__ = ()
    dialects = ("postgres",)
    whole = False


class ArrayAppend(ArrayFunction[S_co]):
    """An array with one element more at its end: `ArrayAppend("tags", "new")`."""

    __slots__ = ()
    name = "ARRAY_APPEND"


class ArrayPrepend(ArrayFunction[S_co]):
    """An array with one element more at its beginning: `ArrayPrepend("tags", "new")`."""

    __slots__ = ()
    name = "ARRAY_PREPEND"


class ArrayRemove(ArrayFunction[S_co]):
    """An array without the elements that are equal to a value."""

    __slots__ = ()
    name = "ARRAY_REMOVE"


class ArrayReplace(ArrayFunction[S_co]):
    """An array with another element in place of each that is equal to a value: `ArrayReplace("tags", "old", "new")`."""

    __slots__ = ()
    name = "ARRAY_REPLACE"


class ArrayConcat(ArrayFunction[S_co]):
    """An array and the elements of another one: `ArrayConcat("tags", ["a", "b"])`."""

    __slots__ = ()
    name = "ARRAY_CAT"
    whole = True


class ArrayPosition(ArrayFunction[S_co]):
    """Where a value is found first, counted from 1; null where it is not."""

    __slots__ = ()
    name = "ARRAY_POSITION"
    returns = int


class ArrayLength(ArrayFunction[S_co]):
    """The number of elements; 0 of an empty array."""

    __slots__ = ()
    name = "ARRAY_LENGTH"
    returns = int

    def __init__(self, field: S_co) -> None:
        super().__init__(field)


class ArrayToString(Function[S_co]):
    """The elements as one text: `ArrayToString("tags", ", ")`."""

    __slots__ = ()
    name = "ARRAY_TO_STRING"
    returns = str
    dialects = ("postgres",)

    def __init__(self, field: S_co, delimiter: str = ",") -> None:
        super().__init__(field, delimiter)


class Unnest(Function[S_co]):
    """One row for each element: `annotate(tag=Unnest("tags")).values("tag")`. It cannot stand in a condition."""

    __slots__ = ()
    name = "UNNEST"
    dialects = ("postgres",)

    def __init__(self, field: S_co) -> None:
        super().__init__(field)


class ArrayAgg(OrderedAggregate[S_co]):
    """The values of all rows as a list, nulls left out; None where there are none. In no particular order but that of
    `order_by`: `ArrayAgg("name", order_by="-name")`.
    """

    __slots__ = ()
    name = "ARRAY_AGG"
    dialects = ("postgres",)

    def __init__(
        self,
        field: S_co,
        *,
        distinct: bool = False,
        _filter: Q[Any] | None = None,
        order_by: OrderedBy | Iterable[OrderedBy] = (),
    ) -> None:
        super().__init__(field, distinct=distinct, _filter=_filter, order_by=order_by)
