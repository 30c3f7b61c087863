"""Functions that the database computes: aggregates over related rows, and functions of one row."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from typing_extensions import TypeVar

from ormgen.exceptions import ConfigurationError
from ormgen.query.expressions import NO_ROOTS, Computable, Expression, F, Q, Roots, Shape

S_co = TypeVar("S_co", bound=str | Computable, default=Any, covariant=True)


class Function(Expression[S_co]):
    """A function of a column or expression, with further plain arguments.

    A subclass names its SQL function in `name`; `Coalesce("nick", "none")` passes the rest as bound values.
    """

    __slots__ = ("arguments", "field")
    name: ClassVar[str] = ""

    def __init__(self, field: S_co, *arguments: Any) -> None:
        if not self.name.isidentifier():
            raise ConfigurationError(f"{type(self).__name__}.name is not the name of a function: {self.name!r}")
        self.field: Final[Expression] = field.__expression__() if isinstance(field, Computable) else F(str(field))
        self.arguments: Final = tuple(
            [value.__expression__() if isinstance(value, Computable) else value for value in arguments]
        )

    def roots(self) -> Roots:
        expressions = [value for value in self.arguments if isinstance(value, Expression)]
        return self.field.roots().union(*[value.roots() for value in expressions])

    def shape(self, values: list[Any]) -> Shape:
        inner = self.field.shape(values)
        more = []
        for argument in self.arguments:
            if isinstance(argument, Expression):
                more.append(argument.shape(values))
            else:
                values.append(argument)
                more.append(type(argument))
        return (type(self), inner, *more)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(part) for part in (self.field, *self.arguments))})"


class Lower(Function[S_co]):
    """Text in lower case."""

    __slots__ = ()
    name = "LOWER"


class Upper(Function[S_co]):
    """Text in upper case."""

    __slots__ = ()
    name = "UPPER"


class Length(Function[S_co]):
    """The number of characters."""

    __slots__ = ()
    name = "LENGTH"


class Trim(Function[S_co]):
    """Text without spaces at both ends."""

    __slots__ = ()
    name = "TRIM"


class Coalesce(Function[S_co]):
    """The first of its arguments that is not null."""

    __slots__ = ()
    name = "COALESCE"


class Aggregate(Function[S_co]):
    """One value from many rows: `Count("heroes")`, `Sum("orders__total", distinct=True, _filter=Q(...))`.

    `_filter` restricts the rows that are counted, by conditions on the model that the query is about.
    """

    __slots__ = ("condition", "distinct")

    def __init__(self, field: S_co, *, distinct: bool = False, _filter: Q | None = None) -> None:
        super().__init__(field)
        self.distinct: Final = distinct
        self.condition: Final = _filter

    def roots(self) -> Roots:
        return super().roots() | (NO_ROOTS if self.condition is None else self.condition.roots)

    def shape(self, values: list[Any]) -> Shape:
        condition = None if self.condition is None else self.condition.shape(values)
        return (type(self), self.field.shape(values), self.distinct, condition)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.field!r})"


class Count(Aggregate[S_co]):
    """How many rows; of a relation, how many objects."""

    __slots__ = ()
    name = "COUNT"


class Sum(Aggregate[S_co]):
    """The sum; None where there are no rows."""

    __slots__ = ()
    name = "SUM"


class Avg(Aggregate[S_co]):
    """The mean; a float, or a Decimal for decimal columns."""

    __slots__ = ()
    name = "AVG"


class Min(Aggregate[S_co]):
    """The least value."""

    __slots__ = ()
    name = "MIN"


class Max(Aggregate[S_co]):
    """The greatest value."""

    __slots__ = ()
    name = "MAX"
