"""Paths from a model to a column, written as attributes: `Hero.q.team.name.icontains("a")`.

A path only collects names and never looks at the models, so that it may be written before they are linked. What a
column offers is told to type checkers by the classes here and those of `ormgen.models.path_families`; while a
program runs, every path is an `OpenPath`.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, overload

from typing_extensions import TypeVar

from ormgen.exceptions import FieldError
from ormgen.query.expressions import Combined, Computable, Expression, F, M_contra, Q, Roots, condition_of
from ormgen.schema.lookups import LOOKUP_NAMES
from ormgen.schema.names import did_you_mean

T_co = TypeVar("T_co", covariant=True, default=Any)
V_contra = TypeVar("V_contra", contravariant=True, default=Any)
O = TypeVar("O", default=Any)  # noqa: E741 - a short name, for it stands in every line of the stubs


class Takes(Protocol[M_contra, V_contra]):
    """A lookup that is compared with one operand."""

    def __call__(self, value: V_contra, /) -> Q[M_contra]: ...


class Flag(Protocol[M_contra]):
    """A lookup that is true or false."""

    def __call__(self, value: bool = True, /) -> Q[M_contra]: ...


class Between(Protocol[M_contra, V_contra]):
    """A lookup with two bounds, as two operands or one pair."""

    @overload
    def __call__(self, lower: V_contra, upper: V_contra, /) -> Q[M_contra]: ...
    @overload
    def __call__(self, bounds: tuple[V_contra, V_contra], /) -> Q[M_contra]: ...


class Sorts(Protocol[M_contra]):
    """The entry of `order_by` for a column."""

    def __call__(self) -> Order[M_contra]: ...


class Order(Generic[M_contra]):
    """One entry of `order_by` made from a path: `Hero.q.power.desc()`."""

    __slots__ = ("name", "root")

    def __init__(self, root: type[Any], name: str) -> None:
        self.root = root
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Order) and (self.root, self.name) == (other.root, other.name)

    def __hash__(self) -> int:
        return hash((self.root, self.name))

    def __repr__(self) -> str:
        names = self.name.removeprefix("-").replace("__", ".")
        return f"{self.root.__name__}.q.{names}.{'desc' if self.name.startswith('-') else 'asc'}()"


class ColumnOf(F):
    """The value of a column, named by a path from `root`."""

    __slots__ = ("root",)

    def __init__(self, root: type[Any], name: str) -> None:
        super().__init__(name)
        self.root = root

    def roots(self) -> Roots:
        return frozenset((self.root,))


class Path(Computable["Path[M_contra, T_co]"], Generic[M_contra, T_co]):
    """A column reached from a model: `Hero.q.team.name` is a `Path[Hero, str]`.

    Comparing two paths makes a condition, so that `==` does not tell whether they are the same. They can be members
    of sets and keys of dictionaries, where only the same path is found again; `in` a list finds anything.
    """

    __slots__ = ("__names__", "__root__")

    def __init__(self, root: type[Any], names: tuple[str, ...] = ()) -> None:
        self.__root__ = root
        self.__names__ = names

    def __expression__(self) -> Expression:
        return ColumnOf(self.__root__, name_of(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.__root__, self.__names__)

    def __hash__(self) -> int:
        return hash((self.__root__, self.__names__))

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is neither true nor false: compare it, as in `{self!r} == True`")

    def __repr__(self) -> str:
        return ".".join((f"{self.__root__.__name__}.q", *self.__names__))


class Column(Path[M_contra, T_co], Generic[M_contra, T_co, V_contra, O]):
    """A column that can be compared with `V`; `O` is None where it may be empty, else Never."""

    __slots__ = ()

    exact: Takes[M_contra, V_contra | O]
    not_: Takes[M_contra, V_contra | O]
    isnull: Flag[M_contra]
    not_isnull: Flag[M_contra]
    asc: Sorts[M_contra]
    desc: Sorts[M_contra]

    def __eq__(self, other: V_contra | O) -> Q[M_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return compared(self, "exact", other) if other is not None else compared(self, "isnull", True)

    def __ne__(self, other: V_contra | O) -> Q[M_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return compared(self, "not", other) if other is not None else compared(self, "isnull", False)

    __hash__ = Path.__hash__


class Ordered(Column[M_contra, T_co, V_contra, O]):
    """A column whose values have an order."""

    __slots__ = ()

    gt: Takes[M_contra, V_contra]
    gte: Takes[M_contra, V_contra]
    lt: Takes[M_contra, V_contra]
    lte: Takes[M_contra, V_contra]
    range: Between[M_contra, V_contra]

    def __gt__(self, other: V_contra) -> Q[M_contra]:
        return compared(self, "gt", other)

    def __ge__(self, other: V_contra) -> Q[M_contra]:
        return compared(self, "gte", other)

    def __lt__(self, other: V_contra) -> Q[M_contra]:
        return compared(self, "lt", other)

    def __le__(self, other: V_contra) -> Q[M_contra]:
        return compared(self, "lte", other)


class Number(Ordered[M_contra, T_co, V_contra, O]):
    """A column that can be calculated with, as `F` can."""

    __slots__ = ()

    def __add__(self, other: V_contra) -> Combined:
        return self.__expression__() + other

    def __radd__(self, other: V_contra) -> Combined:
        return other + self.__expression__()

    def __sub__(self, other: V_contra) -> Combined:
        return self.__expression__() - other

    def __rsub__(self, other: V_contra) -> Combined:
        return other - self.__expression__()

    def __mul__(self, other: V_contra) -> Combined:
        return self.__expression__() * other

    def __rmul__(self, other: V_contra) -> Combined:
        return other * self.__expression__()

    def __truediv__(self, other: V_contra) -> Combined:
        return self.__expression__() / other

    def __rtruediv__(self, other: V_contra) -> Combined:
        return other / self.__expression__()

    def __mod__(self, other: V_contra) -> Combined:
        return self.__expression__() % other

    def __rmod__(self, other: V_contra) -> Combined:
        return other % self.__expression__()

    def __neg__(self) -> Combined:
        return -self.__expression__()


class OpenPath(Number[M_contra, Any, Any, Any]):
    """A path as it is while a program runs: any attribute makes it longer, and its last name may be called.

    The last name of a call is a lookup, `asc` or `desc`; an underscore behind it is left out, for `in_` and `not_`.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.startswith("_"):
            raise AttributeError(f"{self!r} has no attribute {name!r}; columns that begin so are named by F({name!r})")
        return OpenPath(self.__root__, (*self.__names__, name))

    def __call__(self, *operands: Any) -> Any:
        *names, last = self.__names__ or ("",)
        inner: OpenPath[M_contra] = OpenPath(self.__root__, tuple(names))
        name = last.removesuffix("_")
        if name in ("asc", "desc"):
            if operands:
                raise TypeError(f"{self!r}() takes no operands")
            return Order(self.__root__, ("-" if name == "desc" else "") + name_of(inner))
        if name not in LOOKUP_NAMES:
            raise FieldError(f'{inner!r} has no lookup "{last}"; {did_you_mean(last, LOOKUP_NAMES)}')
        return compared(inner, name, _operand(self, name, operands))


def _operand(called: OpenPath[Any], lookup: str, operands: tuple[Any, ...]) -> Any:
    if len(operands) == 1:
        return operands[0]
    if lookup == "range" and len(operands) == 2:
        return operands
    if lookup in ("isnull", "not_isnull") and not operands:
        return True
    wanted = "two bounds" if lookup == "range" else "one operand"
    raise TypeError(f"{called!r}() takes {wanted}, not {len(operands)}")


def name_of(path: Path[Any, Any]) -> str:
    """The path as text, as in `team__name`.

    Raises:
        FieldError: it does not name anything yet.
    """
    if not path.__names__:
        raise FieldError(f"{path!r} alone is no column; name one, as in {path!r}.pk")
    return "__".join(path.__names__)


def compared(path: Path[Any, Any], lookup: str, value: Any) -> Q[Any]:
    """The condition that `path` has this value, by the lookup."""
    name = name_of(path)
    return Q.of((condition_of(name if lookup == "exact" else f"{name}__{lookup}", value, path.__root__),), "AND")
