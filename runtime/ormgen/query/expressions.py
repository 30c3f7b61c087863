"""What conditions and assignments are made of: Q, F, Value and their combinations.

Every node can tell its shape: a hashable key that is equal for two nodes exactly when they become the same SQL,
while the values they hold are collected in a fixed order. SQL is compiled once per shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Generic, Literal, Never

from typing_extensions import TypeVar

from ormgen.exceptions import ParamsError
from ormgen.query.instance import Instance

Shape = Any  # hashable; class objects are not Hashable to type checkers
Roots = frozenset[type[Any]]
M_contra = TypeVar("M_contra", contravariant=True, default=Any)
A_co = TypeVar("A_co", covariant=True, default=Any)

MAX_DEPTH: Final = 200
NULL_TESTS: Final = ("__isnull", "__not_isnull")
NO_ROOTS: Final[Roots] = frozenset()
PLAIN: Final = frozenset({bool, bytes, float, int, str})  # types of values that are neither questions nor instances


class Computable(Generic[A_co]):
    """What the database can compute a value from: an expression, or what stands for one, such as a path.

    `A` is the name or path that it is computed from, as far as type checkers can tell whose that is.
    """

    __slots__ = ()

    def __expression__(self) -> Expression:
        raise TypeError(f"{type(self).__name__} is not a complete expression")


class Expression(Computable[A_co]):
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
        return Combined(self, "+", _operand(other))

    def __radd__(self, other: Any) -> Combined:
        return Combined(_operand(other), "+", self)

    def __sub__(self, other: Any) -> Combined:
        return Combined(self, "-", _operand(other))

    def __rsub__(self, other: Any) -> Combined:
        return Combined(_operand(other), "-", self)

    def __mul__(self, other: Any) -> Combined:
        return Combined(self, "*", _operand(other))

    def __rmul__(self, other: Any) -> Combined:
        return Combined(_operand(other), "*", self)

    def __truediv__(self, other: Any) -> Combined:
        return Combined(self, "/", _operand(other))

    def __rtruediv__(self, other: Any) -> Combined:
        return Combined(_operand(other), "/", self)

    def __mod__(self, other: Any) -> Combined:
        return Combined(self, "%", _operand(other))

    def __rmod__(self, other: Any) -> Combined:
        return Combined(_operand(other), "%", self)

    def __neg__(self) -> Combined:
        return Combined(self, "*", Value(-1))


class F(Expression[Never]):
    """The value of a column, as the database sees it: `F("power") + 1`, `F("team__name")`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def shape(self, values: list[Any]) -> Shape:
        return ("F", self.name)

    def __repr__(self) -> str:
        return f"F({self.name!r})"


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


class RawSQL(Expression[Never]):
    """SQL text taken as it is; never make it of anything a user sent. Values belong into `Value`."""

    __slots__ = ("sql",)

    def __init__(self, sql: str) -> None:
        self.sql: Final = sql

    def shape(self, values: list[Any]) -> Shape:
        return ("RawSQL", self.sql)

    def __repr__(self) -> str:
        return f"RawSQL({self.sql!r})"


Operator = Literal["+", "-", "*", "/", "%"]


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


def _operand(value: Any) -> Expression:
    return value.__expression__() if isinstance(value, Computable) else Value(value)


class Condition:
    """One keyword of a filter: `name__icontains="a"`. Collections are copied, so that it never changes.

    `root` is the model that the keyword was written for, where that is known; `roots` holds it together with those
    of the value.
    """

    __slots__ = ("key", "roots", "value")

    def __init__(self, key: str, value: Any, root: type[Any] | None = None) -> None:
        self.key: Final = key
        self.value: Final = _settled(key, value)
        roots = NO_ROOTS if root is None else frozenset((root,))
        self.roots: Final[Roots] = roots | self.value.roots() if isinstance(self.value, Expression) else roots

    def shape(self, values: list[Any]) -> Shape:
        """The key of this condition; appends its value to `values` unless the SQL text depends on it."""
        value = self.value
        if value is None or value is True or value is False:
            if value is not None and not self.key.endswith(NULL_TESTS):
                values.append(value)
                return (self.key, bool)
            return (self.key, value)
        if isinstance(value, Members):
            values.append(value.present)
            return (self.key, len(value.present), value.has_none)
        if isinstance(value, Expression):
            return (self.key, value.shape(values))
        values.append(value)
        return self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.key == other.key and bool(self.value == other.value)

    def __repr__(self) -> str:
        return f"{self.key}={self.value!r}"


class Members:
    """The values of an `__in`: those that are there, and whether None is one of them."""

    __slots__ = ("has_none", "present")

    def __init__(self, values: Iterable[Any]) -> None:
        listed = tuple(values)
        self.present: Final = tuple(value for value in listed if value is not None)
        self.has_none: Final = len(self.present) != len(listed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Members) and (self.present, self.has_none) == (other.present, other.has_none)

    def __repr__(self) -> str:
        return repr([*self.present, *([None] if self.has_none else [])])


def _settled(key: str, value: Any) -> Any:
    if type(value) in PLAIN and "__" not in key:  # most conditions: 0.1 us instead of 0.6
        return value
    if isinstance(value, Instance):
        return value
    if isinstance(value, Computable):
        return value.__expression__()
    as_expression = getattr(value, "as_expression", None)
    if as_expression is not None:
        return as_expression()
    if key.endswith(("__in", "__not_in")):
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise ParamsError(f"{key} takes several values, such as a list, not {value!r}")
        return Members(value)
    if key.endswith("__range"):
        bounds = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else ()
        if len(bounds) != 2:
            raise ParamsError(f"{key} takes two values, the lower and the upper bound, not {value!r}")
        return bounds
    return bool(value) if key.endswith(NULL_TESTS) else value


class Q(Generic[M_contra]):
    """Conditions joined by AND or OR: `Q(name="a") | ~Q(power__gt=3)`.

    Keywords are joined with AND, or with OR where `join_type="OR"`. `Q(...)` fits every model; conditions of paths and
    those of `Hero.Q(...)` are of type `Q[Hero]`, and `roots` holds the models that they were written for.

    Raises:
        ParamsError: a positional argument is not a Q, or the tree is nested too deeply.
    """

    __slots__ = ("children", "depth", "join_type", "negated", "roots")

    AND: ClassVar[Literal["AND"]] = "AND"
    OR: ClassVar[Literal["OR"]] = "OR"

    def __init__(self, *args: Q[M_contra], join_type: Literal["AND", "OR"] = "AND", **kwargs: Any) -> None:
        if join_type not in ("AND", "OR"):
            raise ParamsError(f'join_type is "AND" or "OR", not {join_type!r}')
        for child in args:
            if not isinstance(child, Q):
                raise ParamsError(f"positional conditions are Q objects, not {child!r}")
        conditions = tuple(Condition(key, value) for key, value in kwargs.items())
        self._fill((*args, *conditions), join_type, False)

    def _fill(self, children: tuple[Q[Any] | Condition, ...], join_type: Literal["AND", "OR"], negated: bool) -> None:
        self.children: tuple[Q[Any] | Condition, ...] = children
        self.join_type: Literal["AND", "OR"] = join_type
        self.negated = negated
        self.depth = 1
        self.roots: Roots = NO_ROOTS
        for child in children:
            if child.roots:
                self.roots |= child.roots
            if isinstance(child, Q) and child.depth >= self.depth:
                self.depth = child.depth + 1
        if self.depth > MAX_DEPTH:
            raise ParamsError(f"conditions are nested more than {MAX_DEPTH} deep; use __in or a flat Q")

    @classmethod
    def of(
        cls, children: tuple[Q[Any] | Condition, ...], join_type: Literal["AND", "OR"], negated: bool = False
    ) -> Q[Any]:
        """A Q from parts that are checked already."""
        made: Q[Any] = cls.__new__(cls)
        made._fill(children, join_type, negated)
        return made

    def _joined(self, other: Q[Any], join_type: Literal["AND", "OR"]) -> Q[Any]:
        if not isinstance(other, Q):
            raise TypeError(f"a Q is combined with a Q, not with {other!r}")
        parts: list[Q[Any] | Condition] = []
        for side in (self, other):
            flat = not side.negated and (side.join_type == join_type or len(side.children) == 1)
            parts.extend(side.children if flat else (side,))
        return Q.of(tuple(parts), join_type)

    def __and__(self, other: Q[M_contra]) -> Q[M_contra]:
        return self._joined(other, "AND")

    def __or__(self, other: Q[M_contra]) -> Q[M_contra]:
        return self._joined(other, "OR")

    def __invert__(self) -> Q[M_contra]:
        return Q.of(self.children, self.join_type, not self.negated)

    def negate(self) -> None:
        """Refused: a Q does not change; write `~q`."""
        raise TypeError("a Q does not change; write ~q")

    def shape(self, values: list[Any]) -> Shape:
        """The key of this tree; appends its values to `values`."""
        return (self.join_type, self.negated, *[child.shape(values) for child in self.children])

    def __bool__(self) -> bool:
        return bool(self.children)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Q)
            and (self.join_type, self.negated) == (other.join_type, other.negated)
            and self.children == other.children
        )

    def __repr__(self) -> str:
        inner = f" {self.join_type} ".join(repr(child) for child in self.children)
        return f"{'~' if self.negated else ''}Q({inner})"
