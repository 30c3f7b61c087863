"""Values that depend on conditions: Case, When, and conditions as values."""

from __future__ import annotations

from typing import Any, Final, Never

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import NO_ROOTS, Expression, Predicate, Q, Roots, Shape, operand


class When:
    """One branch of a `Case`: `When(power__gt=5, then="strong")`, `When(Q(...) | Q(...), then=F("power"))`.

    `then` is a value; a column is written `F("name")`.

    Raises:
        ParamsError: there is no condition, or a positional argument is not one.
    """

    __slots__ = ("condition", "then")

    def __init__(self, *args: Q[Any] | Predicate, then: Any, **kwargs: Any) -> None:
        self.condition: Final = Q(*args, **kwargs)
        if not self.condition:
            raise ParamsError("When needs a condition")
        self.then: Final[Expression] = operand(then)

    def __repr__(self) -> str:
        return f"When({self.condition!r}, then={self.then!r})"


class Case(Expression[Never]):
    """The value of the first `When` whose condition holds, else `default`, else null.

    Raises:
        ParamsError: an argument is not a `When`, or there is none.
    """

    __slots__ = ("branches", "default")

    def __init__(self, *args: When, default: Any = None) -> None:
        if not args or not all(isinstance(branch, When) for branch in args):
            raise ParamsError(f"Case takes one or more When(…, then=…), not {args!r}")
        self.branches: Final = args
        self.default: Final[Expression] = operand(default)

    def roots(self) -> Roots:
        found = [(branch.condition.roots, branch.then.roots()) for branch in self.branches]
        return NO_ROOTS.union(*[root for pair in found for root in pair], self.default.roots())

    def shape(self, values: list[Any]) -> Shape:
        branches = [(branch.condition.shape(values), branch.then.shape(values)) for branch in self.branches]
        return ("Case", *branches, self.default.shape(values))

    def __repr__(self) -> str:
        shown = [*map(repr, self.branches), f"default={self.default!r}"]
        return f"Case({', '.join(shown)})"


class Truth(Expression[Never]):
    """Conditions as a value, true or false: what a `Q` becomes in `annotate`."""

    __slots__ = ("condition",)

    def __init__(self, condition: Q[Any]) -> None:
        self.condition: Final = condition

    def roots(self) -> Roots:
        return self.condition.roots

    def shape(self, values: list[Any]) -> Shape:
        return ("Truth", self.condition.shape(values))

    def __repr__(self) -> str:
        return repr(self.condition)
