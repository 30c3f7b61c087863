"""What conditions are made of: Q and its conditions, and expressions that are true or false."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final, Generic, Literal, Never

from typing_extensions import TypeVar

from ormgen.exceptions import ArgumentError, ParamsError
from ormgen.query.computable import (
    NO_ROOTS,
    A_co,
    Combined,
    Computable,
    Expression,
    F,
    Name,
    Nameless,
    Nulls,
    Operator,
    OrderBy,
    Roots,
    Shape,
    Value,
    operand,
    ordering_of,
)
from ormgen.schema.instance import Instance

__all__ = [
    "NO_ROOTS",
    "Combined",
    "Computable",
    "Condition",
    "Child",
    "Expression",
    "F",
    "M_contra",
    "Members",
    "Name",
    "Nameless",
    "Nulls",
    "Operator",
    "OrderBy",
    "Predicate",
    "Q",
    "RawSQL",
    "Roots",
    "Several",
    "Shape",
    "Value",
    "condition_of",
    "operand",
    "ordering_of",
    "wanted",
]

M_contra = TypeVar("M_contra", contravariant=True, default=Any)

MAX_DEPTH: Final = 200
FEW: Final = 20
NULL_TESTS: Final = ("__isnull", "__not_isnull")
PLAIN: Final = frozenset({bool, bytes, float, int, str})  # types of values that are neither questions nor instances


class Predicate(Expression[A_co]):
    """An expression that is true or false, so that it stands among the conditions of a filter."""

    __slots__ = ()

    def __and__(self, other: Q[Any] | Predicate) -> Q[Any]:
        return Q(self) & other

    def __or__(self, other: Q[Any] | Predicate) -> Q[Any]:
        return Q(self) | other

    def __invert__(self) -> Q[Any]:
        return ~Q(self)


class RawSQL(Predicate[Never]):
    """SQL text taken as it is; never make it of anything a user sent. Values belong into `Value`."""

    __slots__ = ("sql",)

    def __init__(self, sql: str) -> None:
        self.sql: Final = sql

    def shape(self, values: list[Any]) -> Shape:
        return ("RawSQL", self.sql)

    def __repr__(self) -> str:
        return f"RawSQL({self.sql!r})"


class Condition:
    """One keyword of a filter: `name__icontains="a"`. Collections are copied, so that it never changes.

    `root` is the model that the keyword was written for, where that is known; `roots` holds it together with those
    of the value.
    """

    __slots__ = ("key", "roots", "value")

    def __init__(self, key: str, value: Any, root: type[Any] | None = None) -> None:
        self.key: Final = key
        settled = _settled(key, value)
        self.value: Final = settled
        roots = NO_ROOTS if root is None else frozenset((root,))
        plain = type(settled) in PLAIN
        self.roots: Final[Roots] = roots if plain or not isinstance(settled, Expression) else roots | settled.roots()

    def shape(self, values: list[Any]) -> Shape:
        """The key of this condition; appends its value to `values` unless the SQL text depends on it."""
        value = self.value
        kind = type(value)
        if kind in PLAIN and kind is not bool:
            values.append(value)
            return (self.key, kind) if "__" in self.key else self.key  # what a path into JSON is compared with matters
        if value is None or value is True or value is False:
            if value is not None and not self.key.endswith(NULL_TESTS):
                values.append(value)
                return (self.key, bool)
            return (self.key, value)
        if isinstance(value, Members):
            values.append(value.present)
            return (
                self.key,
                places_for(len(value.present)),
                value.has_none,
                type(value.present[0]) if value.present else None,
            )
        if isinstance(value, Expression):
            return (self.key, value.shape(values))
        values.append(value)
        return (self.key, kind) if "__" in self.key else self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.key == other.key and bool(self.value == other.value)

    def __repr__(self) -> str:
        return f"{self.key}={self.value!r}"


def condition_of(key: str, value: Any, root: type[Any] | None = None) -> Condition | Q[Any]:
    """The condition of one keyword; `data__filter={"a__b__gt": 1, …}` is one for each path into the JSON value."""
    if type(value) not in PLAIN and key.endswith("__filter") and isinstance(value, Mapping):
        column = key.removesuffix("filter")
        paths = [(path if "__" in path else f"{path}__exact", item) for path, item in value.items()]
        return Q.of(tuple([condition_of(f"{column}{path}", item, root) for path, item in paths]), "AND")
    return Condition(key, value, root)


class Several(Expression[Never]):
    """The operands of an `__in` or `__range` where some of them are expressions; others are values."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Any]) -> None:
        self.items: Final = tuple([item.__expression__() if isinstance(item, Computable) else item for item in items])

    def roots(self) -> Roots:
        """The models at which paths inside of them begin."""
        return NO_ROOTS.union(*[item.roots() for item in self.items if isinstance(item, Expression)])

    def shape(self, values: list[Any]) -> Shape:
        """The key of these operands; appends their values to `values`."""
        shapes: list[Shape] = []
        for item in self.items:
            if isinstance(item, Expression):
                shapes.append(item.shape(values))
            else:
                values.append(item)
                shapes.append(type(item))
        return tuple(shapes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Several) and self.items == other.items

    def __repr__(self) -> str:
        return repr(list(self.items))


def places_for(size: int) -> int:
    """How many places a statement has for `size` values: the next power of two where they are many, so that lists of
    all lengths share a few statements; the last value fills up.
    """
    return size if size <= FEW else 1 << (size - 1).bit_length()


class Members:
    """The values of an `__in`: those that are there, and whether None is one of them."""

    __slots__ = ("has_none", "present")

    def __init__(self, values: Iterable[Any]) -> None:
        listed = tuple(values)
        self.present: Final = tuple([value for value in listed if value is not None])
        self.has_none: Final = len(self.present) != len(listed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Members) and (self.present, self.has_none) == (other.present, other.has_none)

    def __repr__(self) -> str:
        return repr([*self.present, *([None] if self.has_none else [])])


@lru_cache(maxsize=4_096)
def wanted(key: str) -> Literal["several", "range", "truth"] | None:
    """What the lookup of a keyword takes, other than one value."""
    if key.endswith(("__in", "__not_in")):
        return "several"
    if key.endswith("__range"):
        return "range"
    return "truth" if key.endswith(NULL_TESTS) else None


def _settled(key: str, value: Any) -> Any:
    takes = wanted(key)
    if type(value) in PLAIN and takes is None:  # most conditions: 0.1 us instead of 1.0
        return value
    if takes == "several" and type(value) in (list, tuple):
        return Several(value) if _any_computable(value) else Members(value)
    if isinstance(value, Instance):
        return value
    if isinstance(value, Computable):
        return value.__expression__()
    as_expression = getattr(value, "as_expression", None)
    if as_expression is not None:
        return as_expression()
    if takes == "several":
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise ParamsError(f"{key} takes several values, such as a list, not {value!r}")
        listed = tuple(value)
        return Several(listed) if _any_computable(listed) else Members(listed)
    if takes == "range":
        bounds = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else ()
        if len(bounds) != 2:
            raise ParamsError(f"{key} takes two values, the lower and the upper bound, not {value!r}")
        return Several(bounds) if _any_computable(bounds) else bounds
    return bool(value) if takes == "truth" else value


def _any_computable(values: Iterable[Any]) -> bool:
    """Whether an expression is among values; they are of few types, 10,000 of them take 0.2 ms instead of 1.5."""
    return any(issubclass(each, Computable) for each in {type(value) for value in values} - PLAIN)


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

    def __init__(self, *args: Q[M_contra] | Predicate, join_type: Literal["AND", "OR"] = "AND", **kwargs: Any) -> None:
        if join_type not in ("AND", "OR"):
            raise ArgumentError(f'join_type is "AND" or "OR", not {join_type!r}')
        for child in args:
            if not isinstance(child, Q | Predicate):
                raise ArgumentError(f"positional conditions are Q objects, not {child!r}")
        conditions = tuple([condition_of(key, value) for key, value in kwargs.items()])
        self._fill((*args, *conditions), join_type, False)

    def _fill(self, children: tuple[Child, ...], join_type: Literal["AND", "OR"], negated: bool) -> None:
        self.children: tuple[Child, ...] = children
        self.join_type: Literal["AND", "OR"] = join_type
        self.negated = negated
        depth = 1
        self.roots: Roots = NO_ROOTS
        for child in children:
            roots = child.roots() if isinstance(child, Predicate) else child.roots
            if roots:
                self.roots |= roots
            if isinstance(child, Q) and child.depth >= depth:
                depth = child.depth + 1
        self._nest(depth)

    @classmethod
    def of(cls, children: tuple[Child, ...], join_type: Literal["AND", "OR"], negated: bool = False) -> Q[Any]:
        """A Q from parts that are checked already."""
        made: Q[Any] = cls.__new__(cls)
        made._fill(children, join_type, negated)
        return made

    def _joined(self, other: Q[Any] | Predicate, join_type: Literal["AND", "OR"]) -> Q[Any]:
        if not isinstance(other, Q | Predicate):
            raise ArgumentError(f"a Q is combined with a Q, not with {other!r}")
        right: Q[Any] = other if isinstance(other, Q) else Q(other)
        (mine, depth), (theirs, other_depth) = self._beside(join_type), right._beside(join_type)
        made: Q[Any] = Q.__new__(Q)  # `_fill` would look at every part again: 5,000 `|` took seconds
        made.children, made.join_type, made.negated = mine + theirs, join_type, False
        made.roots = self.roots | right.roots if right.roots else self.roots
        made._nest(max(depth, other_depth))
        return made

    def _beside(self, join_type: Literal["AND", "OR"]) -> tuple[tuple[Child, ...], int]:
        """What stands for this tree among others joined by `join_type`, and how deep the whole is then."""
        flat = not self.negated and (self.join_type == join_type or len(self.children) == 1)
        return (self.children, self.depth) if flat else ((self,), self.depth + 1)

    def _nest(self, depth: int) -> None:
        self.depth = depth
        if depth > MAX_DEPTH:
            raise ParamsError(f"conditions are nested more than {MAX_DEPTH} deep; use __in or a flat Q")

    def __and__(self, other: Q[M_contra] | Predicate) -> Q[M_contra]:
        return self._joined(other, "AND")

    def __or__(self, other: Q[M_contra] | Predicate) -> Q[M_contra]:
        return self._joined(other, "OR")

    def __invert__(self) -> Q[M_contra]:
        return Q.of(self.children, self.join_type, not self.negated)

    def negate(self) -> None:
        """Refused: a Q does not change; write `~q`."""
        raise TypeError("a Q does not change; write ~q")

    def shape(self, values: list[Any]) -> Shape:
        """The key of this tree; appends its values to `values`."""
        return (self.join_type, self.negated, *[child.shape(values) for child in self.children])

    @property
    def filters(self) -> dict[str, Any]:
        """The keywords of this node, without those of the conditions in it."""
        return {child.key: child.value for child in self.children if isinstance(child, Condition)}

    def __bool__(self) -> bool:
        return any(not isinstance(child, Q) or bool(child) for child in self.children)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Q)
            and (self.join_type, self.negated) == (other.join_type, other.negated)
            and self.children == other.children
        )

    def __repr__(self) -> str:
        inner = f" {self.join_type} ".join(repr(child) for child in self.children)
        return f"{'~' if self.negated else ''}Q({inner})"


Child = Q[Any] | Condition | Predicate
