"""Expressions: what the database computes, and how it is combined by arithmetic.

Every node can tell its shape: a hashable key that is equal for two nodes exactly when they become the same SQL,
while the values they hold are collected in a fixed order. SQL is compiled once per shape.
"""

from __future__ import annotations

from typing import Any, Final, Generic, Literal, Never

from typing_extensions import TypeVar

from ormgen.exceptions import ParamsError

Shape = Any  # hashable; class objects are not Hashable to type checkers
Roots = frozenset[type[Any]]
A_co = TypeVar("A_co", covariant=True, default=Any)
N_co = TypeVar("N_co", covariant=True, default=object)

NO_ROOTS: Final[Roots] = frozenset()


class Nameless(str):
    """No literal is of this type, so that it stands in generated stubs where a name was forgotten, as mypy forgets
    those of objects in variables: what takes any name takes this one too."""

    __slots__ = ()


class Computable(Generic[A_co, N_co]):
    """What the database can compute a value from: an expression, or what stands for one, such as a path.

    `A` is the name or path that it is computed from, as far as type checkers can tell whose that is; `N` is what they
    tell names by that mypy has forgotten, see `Nameless`.
    """

    __slots__ = ()

    def __expression__(self) -> Expression:
        raise TypeError(f"{type(self).__name__} is not a complete expression")


class Expression(Computable[A_co, N_co]):
    """Something the database computes: a column, a function, arithmetic."""

    __slots__ = ()

    def __expression__(self) -> Expression:
        return self

    def roots(self) -> Roots:
        """The models at which paths inside of it begin; names given as text have none."""
        return NO_ROOTS

    def shape(self, values: list[Any]) -> Shape:
        """The key of this node; appends its values to `values`."""
        raise TypeError(f"{type(self).__name__} is not a complete expression")

    def __add__(self, other: Any) -> Combined:
        return Combined(self, "+", operand(other))

    def __radd__(self, other: Any) -> Combined:
        return Combined(operand(other), "+", self)

    def __sub__(self, other: Any) -> Combined:
        return Combined(self, "-", operand(other))

    def __rsub__(self, other: Any) -> Combined:
        return Combined(operand(other), "-", self)

    def __mul__(self, other: Any) -> Combined:
        return Combined(self, "*", operand(other))

    def __rmul__(self, other: Any) -> Combined:
        return Combined(operand(other), "*", self)

    def __truediv__(self, other: Any) -> Combined:
        return Combined(self, "/", operand(other))

    def __rtruediv__(self, other: Any) -> Combined:
        return Combined(operand(other), "/", self)

    def __mod__(self, other: Any) -> Combined:
        return Combined(self, "%", operand(other))

    def __rmod__(self, other: Any) -> Combined:
        return Combined(operand(other), "%", self)

    def __pow__(self, other: Any) -> Combined:
        return Combined(self, "**", operand(other))

    def __rpow__(self, other: Any) -> Combined:
        return Combined(operand(other), "**", self)

    def __neg__(self) -> Combined:
        return Combined(self, "*", Value(-1))

    def asc(self, *, nulls_first: bool = False, nulls_last: bool = False) -> OrderBy:
        """The entry of `order_by` that puts small values first."""
        return OrderBy(self, False, _nulls(nulls_first, nulls_last))

    def desc(self, *, nulls_first: bool = False, nulls_last: bool = False) -> OrderBy:
        """The entry of `order_by` that puts great values first."""
        return OrderBy(self, True, _nulls(nulls_first, nulls_last))


class F(Expression[Never]):
    """The value of a column, as the database sees it: `F("power") + 1`, `F("team__name")`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def shape(self, values: list[Any]) -> Shape:
        return ("F", self.name)

    def __repr__(self) -> str:
        return f"F({self.name!r})"


class Name(F):
    """A column whose name was given as text: `Lower("name")`."""

    __slots__ = ()


class Value(Expression[Never]):
    """A Python value inside an expression; always bound, never written into the SQL text."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value: Final = value

    def shape(self, values: list[Any]) -> Shape:
        if self.value is None:
            return ("Value", None)
        values.append(self.value)
        return ("Value", type(self.value))

    def __repr__(self) -> str:
        return f"Value({self.value!r})"


Operator = Literal["+", "-", "*", "/", "%", "**"]


class Combined(Expression[Never]):
    """Arithmetic on two expressions."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, left: Expression, operator: Operator, right: Expression) -> None:
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right

    def roots(self) -> Roots:
        return self.left.roots() | self.right.roots()

    def shape(self, values: list[Any]) -> Shape:
        return (self.operator, self.left.shape(values), self.right.shape(values))

    def __repr__(self) -> str:
        return f"({self.left!r} {self.operator} {self.right!r})"


def operand(value: Any) -> Expression:
    """`value` as an expression."""
    return value.__expression__() if isinstance(value, Computable) else Value(value)


Nulls = Literal["first", "last"]


class OrderBy:
    """One entry of `order_by` made of an expression: `F("power").desc(nulls_last=True)`."""

    __slots__ = ("descending", "expression", "nulls")

    def __init__(self, expression: Expression, descending: bool = False, nulls: Nulls | None = None) -> None:
        self.expression: Final = expression
        self.descending: Final = descending
        self.nulls: Final = nulls

    def turned(self) -> OrderBy:
        """The opposite order."""
        opposite: dict[Nulls | None, Nulls | None] = {"first": "last", "last": "first", None: None}
        return OrderBy(self.expression, not self.descending, opposite[self.nulls])

    def shape(self, values: list[Any]) -> Shape:
        """The key of this entry; appends its values to `values`."""
        return ("OrderBy", self.expression.shape(values), self.descending, self.nulls)

    def __repr__(self) -> str:
        nulls = f"nulls_{self.nulls}=True" if self.nulls else ""
        return f"{self.expression!r}.{'desc' if self.descending else 'asc'}({nulls})"


def _nulls(first: bool, last: bool) -> Nulls | None:
    if first and last:
        raise ParamsError("nulls_first and nulls_last exclude each other")
    return "first" if first else "last" if last else None


def ordering_of(given: Any) -> OrderBy:
    """An entry of `order_by`: a name with or without a minus, an expression, or an entry already.

    Raises:
        ParamsError: it is none of them.
    """
    if isinstance(given, str):
        return OrderBy(F(given.removeprefix("-")), given.startswith("-"))
    if isinstance(given, Computable):
        return OrderBy(given.__expression__())
    if not isinstance(given, OrderBy):
        raise ParamsError(f"orders are names and expressions, not {given!r}")
    return given
