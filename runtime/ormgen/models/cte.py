"""Common table expressions: questions with a name, which other questions read like tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, Protocol, cast, overload

from typing_extensions import TypeVar

from ormgen.exceptions import ParamsError
from ormgen.models.asking import Asking
from ormgen.models.compound import CompoundQuery, Part
from ormgen.models.named import defining, whole_output
from ormgen.models.naming import checked_alias
from ormgen.models.path_names import conditions
from ormgen.models.queryset import OpenQuerySet, QuerySet
from ormgen.models.rows import Rows
from ormgen.query.expressions import Q
from ormgen.query.statements import Common, NamedColumn, NamedJoin, NamedQuestion, Select

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
P = ParamSpec("P")
S_co = TypeVar("S_co", covariant=True, default=Any)


class Narrowed(Protocol[P, R_co]):
    """A query set, or a model with a stub: what its `filter` takes are conditions on it."""

    @property
    def filter(self) -> Callable[P, R_co]: ...


class Open(Protocol):
    """An object of a model without a stub: it may have any attribute."""

    def __getattr__(self, name: str, /) -> Any: ...


L = TypeVar("L", bound=Open)


class Columns:
    """The columns of a common table expression, as expressions: `cte.col.depth`."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> NamedColumn:
        if name.startswith("__"):
            raise AttributeError(name)
        return NamedColumn(self._name, name)


class CTE(Generic[S_co]):
    """A question with a name: `strong = CTE(Hero.filter(power__gt=3), name="strong")`.

    `strong.queryset()` asks for its rows, `strong.join(Team.all(), id=strong.col.team_id)` joins them with others, and
    `filter(id__in=Subquery(…))` takes either. Its columns are those of the query set, annotations included, or what
    `values()` names.

    Raises:
        FieldError: the name is no plain identifier.
        ParamsError: the question is no query set, nor rows of values, nor several put together.
    """

    __slots__ = ("_part", "name", "question")
    name: str
    question: NamedQuestion | None
    _part: Part

    def __init__(self, queryset: S_co, name: str = "cte") -> None:
        self._fill(queryset, name, recursive=False)

    def _fill(self, queryset: Any, name: str, recursive: bool) -> None:
        part = queryset.as_part() if isinstance(queryset, QuerySet | Rows | CompoundQuery) else None
        if part is None:
            raise ParamsError(f"CTE takes a query set or values of one, not {queryset!r}")
        self.name = checked_alias(name, computed=True)
        self._part = part
        self.question = NamedQuestion(name, part.statement, recursive)

    @classmethod
    def recursive(
        cls, make: Callable[[CTE[OpenQuerySet[Any]]], CompoundQuery[T]], name: str = "cte"
    ) -> CTE[OpenQuerySet[T]]:
        """A question that reads itself: `make` gets it, and puts the first rows and each further round together.

        ```
        tree = CTE.recursive(
            lambda cte: Place.filter(parent=None).annotate(depth=Value(0)).union_all(
                cte.join(Place.all(), parent_id=cte.col.id).annotate(depth=cte.col.depth + 1)
            )
        )
        await tree.queryset().filter(depth__lt=3)
        ```

        With `union` instead of `union_all` rows that were found before end the recursion, cycles included.

        Raises:
            ParamsError: `make` gives no questions that are put together.
        """
        own: Any = object.__new__(CTE)
        own.name = checked_alias(name, computed=True)
        own.question = own._part = None
        made = make(own)
        if not isinstance(made, CompoundQuery):
            raise ParamsError(f"CTE.recursive takes a function that gives first.union_all(step), not {made!r}")
        found: CTE[Any] = object.__new__(CTE)
        found._fill(made, name, recursive=True)
        return found

    @property
    def col(self) -> Columns:
        """Its columns, as expressions for `join`, `annotate`, `filter` and `values`."""
        return Columns(self.name)

    def queryset(self) -> S_co:
        """Its rows: objects of its model where it is made of them, else rows of values.

        Raises:
            ParamsError: it is being made, so that its rows can only be joined.
        """
        if self.question is None:
            raise ParamsError(f"inside of CTE.recursive the rows of {self.name} are joined: {self.name}.join(…)")
        part, output = self._part, whole_output(self._part.statement)
        common = Common(defining((), (self,)), self.name)
        pairs = None if output is None else tuple([(name, name) for name in output])
        asked: Any = OpenQuerySet(part.info.model)
        order = None if output is None else ()
        asked = asked.asking(Select(part.info.path, order_by=order, output=pairs, common=common))
        asked.prefetched, asked.connection, asked.handed = part.prefetched, part.connection, part.handed
        return cast("S_co", asked if part.form == "objects" else Rows(asked, part.form))

    @overload
    def join(self, queryset: Narrowed[P, R], *on: P.args, **conditions: P.kwargs) -> R: ...
    @overload
    def join(self, queryset: type[L], *on: Q[Any], **conditions: Any) -> OpenQuerySet[L]: ...
    def join(self, queryset: Any, *on: Any, **conditions: Any) -> Any:
        """The rows of a query set, each with every row of this one that meets the conditions:
        `cte.join(Team.all(), id=cte.col.team_id)`.

        Raises:
            ParamsError: there are no conditions, or it is no query set.
        """
        return self._joined(queryset, on, conditions, False)

    @overload
    def left_join(self, queryset: Narrowed[P, R], *on: P.args, **conditions: P.kwargs) -> R: ...
    @overload
    def left_join(self, queryset: type[L], *on: Q[Any], **conditions: Any) -> OpenQuerySet[L]: ...
    def left_join(self, queryset: Any, *on: Any, **conditions: Any) -> Any:
        """As `join`, with rows for which there is none too, where the columns of this one are null.

        Raises:
            ParamsError: there are no conditions, or it is no query set.
        """
        return self._joined(queryset, on, conditions, True)

    def _joined(self, queryset: Any, on: tuple[Q[Any], ...], given: dict[str, Any], left: bool) -> Any:
        asked: Any = queryset.all() if isinstance(queryset, type) and issubclass(queryset, Asking) else queryset
        if not isinstance(asked, QuerySet):
            raise ParamsError(f"{self.name}.join() takes a query set or a model, not {queryset!r}")
        condition = conditions(asked.info, on, given, False)
        if condition is None:
            raise ParamsError(f"{self.name}.join() needs to know which rows belong together: id={self.name}.col.id")
        common = asked.statement.common or Common()
        if any(each.name == self.name for each in common.joins):
            raise ParamsError(f'"{self.name}" is joined already; a second time it needs another name')
        defined = common.defined if self.question is None else defining(common.defined, (self,))
        joins = (*common.joins, NamedJoin(self.name, condition, left))
        return asked.asking(asked.statement.replace(common=Common(defined, common.source, joins)))

    def __repr__(self) -> str:
        return f"<CTE {self.name}>"


With = CTE
