"""Functions that the database computes, and aggregates over many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final, LiteralString, Never, TypeAlias, overload

from typing_extensions import TypeVar

from ormgen.exceptions import ConfigurationError, ParamsError
from ormgen.query.expressions import (
    NO_ROOTS,
    Combined,
    Computable,
    Expression,
    Name,
    OrderBy,
    Q,
    Roots,
    Shape,
    ordering_of,
)
from ormgen.schema.functions import FUNCTIONS, FunctionSchema

S_co = TypeVar("S_co", bound=str | Computable, default=Any, covariant=True)
L_co = TypeVar("L_co", bound=LiteralString | Computable, default=Any, covariant=True)
N_co = TypeVar("N_co", covariant=True, default=object)

MYPY = False
"""mypy takes a name that is called so for true: to it, and to it alone, `SomeText` is nothing.

To the others it is any text that is not literal. To mypy literal texts are of no type of their own, and a way to give
any text would be one to give wrong names.
"""

if not MYPY:
    SomeText: TypeAlias = str  # pyright: ignore[reportRedeclaration]
else:
    SomeText: TypeAlias = Never  # pyright: ignore[reportRedeclaration]

OrderedBy = str | Computable | OrderBy


class Small(int):
    """A whole number of 32 bits as an argument of a user's function: PostgreSQL's take such ones, seldom larger."""


def kind_of(function: type[Function[Any]], value: Any) -> type:
    """The type of a plain argument, as far as databases have to know it."""
    whole = type(value) is int and -(2**31) <= value < 2**31
    return Small if whole and function.schema() is None else type(value)


class Function(Expression[S_co, N_co]):
    """A function of a column or expression, with further plain arguments.

    A subclass names its SQL function in `name` or `database_func`; `Coalesce("nick", "none")` passes the rest as bound
    values. `database_func` may also be a function of pypika, or anything that makes one of terms. `returns` is the
    Python type of the values where it is neither that of an ormgen function nor what the database driver gives;
    `dialects` names the databases that have the function, where not all do.
    """

    __slots__ = ("arguments", "field", "option")
    name: ClassVar[str] = ""
    database_func: ClassVar[Any] = None
    returns: ClassVar[type | None] = None
    dialects: ClassVar[tuple[str, ...]] = ()
    searches: ClassVar[bool] = False  # whether texts match it, rather than being equal to it

    def __init__(self, field: S_co, *arguments: Any) -> None:
        self._fill(field.__expression__() if isinstance(field, Computable) else Name(str(field)), arguments)

    def _fill(self, field: Expression | None, arguments: tuple[Any, ...], option: str = "") -> None:
        if type(self).database_func is None and not self.name.isidentifier():
            raise ConfigurationError(f"{type(self).__name__}.name is not the name of a function: {self.name!r}")
        self.field: Expression | None = field
        self.arguments = tuple(
            [value.__expression__() if isinstance(value, Computable) else value for value in arguments]
        )
        self.option = option

    @classmethod
    def schema(cls) -> FunctionSchema | None:
        """What is known of this function; None of a user's own."""
        return next((FUNCTIONS[base.__name__] for base in cls.__mro__ if base.__name__ in FUNCTIONS), None)

    def roots(self) -> Roots:
        expressions = [value for value in (self.field, *self.arguments) if isinstance(value, Expression)]
        return NO_ROOTS.union(*[value.roots() for value in expressions])

    def shape(self, values: list[Any]) -> Shape:
        inner = None if self.field is None else self.field.shape(values)
        more = []
        for argument in self.arguments:
            if isinstance(argument, Expression):
                more.append(argument.shape(values))
            elif argument is None:
                more.append(None)
            else:
                values.append(argument)
                more.append(kind_of(type(self), argument))
        return (type(self), inner, self.option, *more)

    def __repr__(self) -> str:
        shown = [repr(part) for part in (self.field, *self.arguments) if part is not None]
        return f"{type(self).__name__}({', '.join(shown)})"


class NamedFunction(Function[L_co, Callable[[L_co], object]]):
    """A function whose object may be held in a variable: type checkers keep its name, or know that they forgot it."""

    __slots__ = ()

    @overload
    def __init__(self, field: L_co, *arguments: Any) -> None: ...
    @overload
    def __init__(self, field: SomeText, *arguments: Any) -> None: ...  # type: ignore[overload-cannot-match]
    def __init__(self, field: Any, *arguments: Any) -> None:
        self._fill(field.__expression__() if isinstance(field, Computable) else Name(str(field)), arguments)


class Standalone(Function[Never]):
    """A function without a column."""

    __slots__ = ()

    def __init__(self, *arguments: Any) -> None:
        self._fill(None, arguments)


class Aggregate(Function[S_co, N_co]):
    """One value from many rows: `Count("heroes")`, `Sum("orders__total", distinct=True, _filter=Q(...))`.

    `_filter` restricts the rows that are counted, by conditions on the model that the query is about.
    """

    __slots__ = ("condition", "distinct")

    def __init__(self, field: S_co, *arguments: Any, distinct: bool = False, _filter: Q | None = None) -> None:
        super().__init__(field, *arguments)
        if _filter is not None and not isinstance(_filter, Q):
            raise ParamsError(f"_filter is a Q, not {_filter!r}")
        self.distinct: Final = bool(distinct)
        self.condition: Final = _filter

    def roots(self) -> Roots:
        return super().roots() | (NO_ROOTS if self.condition is None else self.condition.roots)

    def shape(self, values: list[Any]) -> Shape:
        condition = None if self.condition is None else self.condition.shape(values)
        return (super().shape(values), self.distinct, condition)


class NamedAggregate(Aggregate[L_co, Callable[[L_co], object]]):
    """An aggregate whose object may be held in a variable, as `NamedFunction`."""

    __slots__ = ()

    @overload
    def __init__(self, field: L_co, *arguments: Any, distinct: bool = ..., _filter: Q | None = ...) -> None: ...
    @overload
    def __init__(  # type: ignore[overload-cannot-match]
        self, field: SomeText, *arguments: Any, distinct: bool = ..., _filter: Q | None = ...
    ) -> None: ...
    def __init__(self, field: Any, *arguments: Any, distinct: bool = False, _filter: Q | None = None) -> None:
        super().__init__(field, *arguments, distinct=distinct, _filter=_filter)


def aggregates(expression: Any) -> bool:
    """Whether an aggregate is computed somewhere in an expression, outside of sub-queries."""
    if isinstance(expression, Combined):
        return aggregates(expression.left) or aggregates(expression.right)
    if isinstance(expression, Function) and not isinstance(expression, Aggregate):
        return any(aggregates(part) for part in (expression.field, *expression.arguments))
    return isinstance(expression, Aggregate)


class Count(NamedAggregate[L_co]):
    """How many rows; of a relation, how many objects; of "*", how many rows whatever they hold."""

    __slots__ = ()
    name = "COUNT"


class Sum(NamedAggregate[L_co]):
    """The sum; None where there are no rows."""

    __slots__ = ()
    name = "SUM"


class Avg(NamedAggregate[L_co]):
    """The mean; a float, or of a decimal column a Decimal with the column's places."""

    __slots__ = ()
    name = "AVG"


class Min(NamedAggregate[L_co]):
    """The least value."""

    __slots__ = ()
    name = "MIN"


class Max(NamedAggregate[L_co]):
    """The greatest value."""

    __slots__ = ()
    name = "MAX"


class _Spread(Aggregate[S_co]):
    """How far values are from their mean: of a whole population, or with `sample` estimated from a sample of it."""

    __slots__ = ()

    def __init__(self, field: S_co, *, sample: bool = False, distinct: bool = False, _filter: Q | None = None) -> None:
        super().__init__(field, distinct=distinct, _filter=_filter)
        self.option = "SAMP" if sample else "POP"


class StdDev(_Spread[S_co]):
    """The standard deviation, as a float."""

    __slots__ = ()
    name = "STDDEV"


class Variance(_Spread[S_co]):
    """The variance, as a float."""

    __slots__ = ()
    name = "VARIANCE"


class JSONArrayAgg(NamedAggregate[L_co]):
    """The values of all rows as a JSON array, nulls among them; in no particular order."""

    __slots__ = ()
    name = "JSON_ARRAY_AGG"


class OrderedAggregate(Aggregate[S_co]):
    """An aggregate that keeps the order of the rows, which `order_by` gives: names, a minus reverses, or expressions.

    SQLite orders them from its version 3.44 on.
    """

    __slots__ = ("order_by",)

    def __init__(
        self,
        field: S_co,
        *arguments: Any,
        distinct: bool = False,
        _filter: Q | None = None,
        order_by: OrderedBy | Iterable[OrderedBy] = (),
    ) -> None:
        super().__init__(field, *arguments, distinct=distinct, _filter=_filter)
        entries = (order_by,) if isinstance(order_by, str | Computable | OrderBy) else order_by
        self.order_by: Final = tuple([ordering_of(each) for each in entries])

    def roots(self) -> Roots:
        return super().roots().union(*[entry.expression.roots() for entry in self.order_by])

    def shape(self, values: list[Any]) -> Shape:
        return (super().shape(values), *[entry.shape(values) for entry in self.order_by])


class StringAgg(OrderedAggregate[S_co]):
    """The texts of all rows in one, with `delimiter` between them, nulls left out: `StringAgg("name", ", ")`.

    In no particular order but that of `order_by`: `StringAgg("name", order_by="-name")`.
    """

    __slots__ = ()
    name = "STRING_AGG"

    def __init__(
        self,
        field: S_co,
        delimiter: str = ",",
        *,
        distinct: bool = False,
        _filter: Q | None = None,
        order_by: OrderedBy | Iterable[OrderedBy] = (),
    ) -> None:
        super().__init__(field, delimiter, distinct=distinct, _filter=_filter, order_by=order_by)


class GroupConcat(StringAgg[S_co]):
    """`StringAgg` by the name that MySQL and SQLite have for it."""

    __slots__ = ()

    def __init__(
        self,
        field: S_co,
        separator: str = ",",
        *,
        distinct: bool = False,
        _filter: Q | None = None,
        order_by: OrderedBy | Iterable[OrderedBy] = (),
    ) -> None:
        super().__init__(field, separator, distinct=distinct, _filter=_filter, order_by=order_by)
