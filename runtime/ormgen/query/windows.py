"""Window functions: values computed over the rows around each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Final, Never, TypeAlias, overload

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import NO_ROOTS, Computable, Expression, F, OrderBy, Roots, Shape, ordering_of
from ormgen.query.functions import Function, L_co, S_co, Standalone
from ormgen.query.not_text import NotText

MYPY = False
"""As in `functions`: to mypy alone, `SomeNames` are nothing, to the others any names."""

if not MYPY:
    SomeNames: TypeAlias = str | Computable | Iterable[str | Computable]  # pyright: ignore[reportRedeclaration]
else:
    SomeNames: TypeAlias = Never  # pyright: ignore[reportRedeclaration]

Ordering: TypeAlias = str | Computable | OrderBy | Iterable[Any] | None


class Frame:
    """Which rows around each row a window has; see `RowRange` and `ValueRange`."""

    __slots__ = ("end", "start")
    unit: ClassVar[str]

    def __init__(self, start: int | None = None, end: int | None = None) -> None:
        for bound in (start, end):
            if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int)):
                raise ParamsError(f"a frame begins and ends at whole numbers or None, not at {bound!r}")
        if start is not None and end is not None and start > end:
            raise ParamsError(f"a frame cannot begin at {start} and end at {end}")
        self.start: Final = start
        self.end: Final = end

    def text(self) -> str:
        """The frame in SQL: made of whole numbers."""
        start = _bound(self.start, "PRECEDING")
        return f"{self.unit} BETWEEN {start} AND {_bound(self.end, 'FOLLOWING')}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.start}, {self.end})"


def _bound(bound: int | None, unbounded: str) -> str:
    if bound is None:
        return f"UNBOUNDED {unbounded}"
    if bound == 0:
        return "CURRENT ROW"
    return f"{abs(bound)} {'PRECEDING' if bound < 0 else 'FOLLOWING'}"


class RowRange(Frame):
    """Rows by their number from the current one: `RowRange(-2, 0)` is two before and the row; None has no end."""

    __slots__ = ()
    unit = "ROWS"


class ValueRange(Frame):
    """Rows by the value that they are ordered by: `ValueRange(None, 0)` is all up to those equal to the current."""

    __slots__ = ()
    unit = "RANGE"


class Window(Expression[L_co, Callable[[L_co], object]]):
    """A function over the rows around each row: `Window(Rank(), partition_by="team", order_by="-power")`.

    `expression` is a window function or an aggregate. A filter on the annotation looks at windows over the rows that
    all other conditions leave.

    Raises:
        ParamsError: it is no such function, or an argument cannot be used.
    """

    __slots__ = ("expression", "frame", "order_by", "partition_by")

    @overload
    def __init__(
        self: Window[Never],
        expression: Function[Any],
        partition_by: None = ...,
        order_by: Ordering = ...,
        frame: Frame | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        expression: Function[Any],
        partition_by: L_co | NotText[L_co | Computable] | Iterator[L_co | Computable],
        order_by: Ordering = ...,
        frame: Frame | None = ...,
    ) -> None: ...
    @overload
    def __init__(  # type: ignore[overload-cannot-match]
        self,
        expression: Function[Any],
        partition_by: SomeNames,
        order_by: Ordering = ...,
        frame: Frame | None = ...,
    ) -> None: ...
    def __init__(
        self, expression: Function[Any], partition_by: Any = None, order_by: Ordering = None, frame: Frame | None = None
    ) -> None:
        if not isinstance(expression, Function):
            raise ParamsError(f"Window takes a window function or an aggregate, not {expression!r}")
        if not isinstance(frame, Frame | None):
            raise ParamsError(f"frame is a RowRange or a ValueRange, not {frame!r}")
        self.expression: Final = expression
        parts = [part.__expression__() if isinstance(part, Computable) else F(part) for part in _listed(partition_by)]
        self.partition_by: Final[tuple[Expression, ...]] = tuple(parts)
        self.order_by: Final[tuple[OrderBy, ...]] = tuple([ordering_of(each) for each in _listed(order_by)])
        self.frame: Final = frame

    def roots(self) -> Roots:
        ordered = [entry.expression.roots() for entry in self.order_by]
        return NO_ROOTS.union(self.expression.roots(), *[part.roots() for part in self.partition_by], *ordered)

    def shape(self, values: list[Any]) -> Shape:
        inner = self.expression.shape(values)
        parts = tuple([part.shape(values) for part in self.partition_by])
        ordered = tuple([entry.shape(values) for entry in self.order_by])
        return ("Window", inner, parts, ordered, None if self.frame is None else self.frame.text())

    def __repr__(self) -> str:
        return f"Window({self.expression!r}, {self.partition_by!r}, {self.order_by!r}, {self.frame!r})"


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return [given] if isinstance(given, str | Computable | OrderBy) or not isinstance(given, Iterable) else list(given)


class RowNumber(Standalone):
    """The number of the row, from 1."""

    __slots__ = ()
    name = "ROW_NUMBER"


class Rank(Standalone):
    """The place of the row, from 1; equal rows share one, and the next ones are left out."""

    __slots__ = ()
    name = "RANK"


class DenseRank(Standalone):
    """The place of the row, from 1; equal rows share one, and none is left out."""

    __slots__ = ()
    name = "DENSE_RANK"


class PercentRank(Standalone):
    """The rank as a share, from 0 to 1."""

    __slots__ = ()
    name = "PERCENT_RANK"


class CumeDist(Standalone):
    """The share of rows up to this one and those equal to it, more than 0 and at most 1."""

    __slots__ = ()
    name = "CUME_DIST"


class NTile(Standalone):
    """The number of the bucket, from 1, where the rows are dealt into this many of nearly equal size."""

    __slots__ = ()
    name = "NTILE"

    def __init__(self, buckets: int) -> None:
        if isinstance(buckets, bool) or not isinstance(buckets, int) or buckets < 1:
            raise ParamsError(f"NTile takes a whole number of at least 1, not {buckets!r}")
        super().__init__(buckets)


class _Neighbour(Function[S_co]):
    __slots__ = ()

    def __init__(self, field: S_co, offset: int = 1, default: Any = None) -> None:
        if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
            raise ParamsError(f"{type(self).__name__} takes a whole number of at least 0, not {offset!r}")
        super().__init__(field, *((offset,) if default is None else (offset, default)))


class Lag(_Neighbour[S_co]):
    """The value of the row `offset` rows before, else `default`."""

    __slots__ = ()
    name = "LAG"


class Lead(_Neighbour[S_co]):
    """The value of the row `offset` rows after, else `default`."""

    __slots__ = ()
    name = "LEAD"


class FirstValue(Function[S_co]):
    """The value of the first row of the frame."""

    __slots__ = ()
    name = "FIRST_VALUE"


class LastValue(Function[S_co]):
    """The value of the last row of the frame; without a frame that is the last row equal to the current one."""

    __slots__ = ()
    name = "LAST_VALUE"


class NthValue(Function[S_co]):
    """The value of the row number `nth` of the frame, from 1."""

    __slots__ = ()
    name = "NTH_VALUE"


_RANKS: Final = (RowNumber, Rank, DenseRank, PercentRank, CumeDist, NTile)
WINDOW_ONLY: Final = (*_RANKS, _Neighbour, FirstValue, LastValue, NthValue)
"""Functions that stand in a `Window` alone."""
