"""A question with at most one object as its answer: `get`, `get_or_none`, `first`, `last`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Generic, Literal, Protocol, Self, cast

from typing_extensions import TypeVar

from ormgen.exceptions import DoesNotExist, MultipleObjectsReturned
from ormgen.models.info import ModelInfo
from ormgen.models.unawaited import Unawaited, refuse_unawaited

T_co = TypeVar("T_co", covariant=True)

Rule = Literal["one", "one or none", "first"]


class Many(Protocol):
    """What gives the rows: a query set, or rows of values."""

    @property
    def info(self) -> ModelInfo: ...

    async def fetched(self) -> list[Any]: ...


def pick(rule: Rule, found: list[Any], model: type) -> Any:
    """The one object of `found`, or None where the rule allows it.

    Raises:
        DoesNotExist: there is none, and there must be.
        MultipleObjectsReturned: there is more than one, and there must not be.
    """
    if len(found) == 1 or (found and rule == "first"):
        return found[0]
    if found:
        raise MultipleObjectsReturned(model)
    if rule == "one":
        raise DoesNotExist(model)
    return None


class Single(Unawaited, Generic[T_co]):
    """At most one object, asked for when awaited; loading options can still be added."""

    __slots__ = ("_many", "_rule")

    def __init__(self, many: Any, rule: Rule) -> None:
        self._many = many
        self._rule: Rule = rule

    def _question(self) -> Any:
        return self._many

    def _with(self, many: Any) -> Self:
        return cast("Self", Single(many, self._rule))

    def select_related(self, *relations: Any) -> Any:
        """Load foreign keys and one-to-one relations in the same statement."""
        return self._with(self._question().select_related(*relations))

    def prefetch_related(self, *relations: Any) -> Any:
        """Load relations of any kind, with one more statement for each."""
        return self._with(self._question().prefetch_related(*relations))

    def annotate(self, **annotations: Any) -> Any:
        """With computed attributes."""
        return self._with(self._question().annotate(**annotations))

    def only(self, *columns: Any) -> Self:
        """Load these columns (and the primary key) alone."""
        return self._with(self._question().only(*columns))

    def defer(self, *columns: Any) -> Self:
        """Load all columns but these."""
        return self._with(self._question().defer(*columns))

    def order_by(self, *orderings: Any) -> Self:
        """In this order."""
        return self._with(self._question().order_by(*orderings))

    def values(self, *args: Any, **kwargs: Any) -> Any:
        """A dictionary instead of an object."""
        return self._with(self._question().values(*args, **kwargs))

    def values_list(self, *args: Any, **kwargs: Any) -> Any:
        """A tuple instead of an object."""
        return self._with(self._question().values_list(*args, **kwargs))

    def select_for_update(self, *args: Any, **kwargs: Any) -> Self:
        """Lock the row until the end of the transaction."""
        return self._with(self._question().select_for_update(*args, **kwargs))

    def using_db(self, connection: Any) -> Self:
        """The same question, asked on `connection`."""
        return self._with(self._question().using_db(connection))

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`; nothing is asked of a database."""
        text: str = self._question().sql(params_inline, dialect)
        return text

    async def explain(self, output_fmt: str | None = None, **options: Any) -> list[dict[str, Any]]:
        """How the database finds the row; see `QuerySet.explain`."""
        found: list[dict[str, Any]] = await self._question().explain(output_fmt, **options)
        return found

    async def _answer(self) -> Any:
        return pick(self._rule, await self._many.fetched(), self._many.info.model)

    def __await__(self) -> Generator[Any, None, T_co]:
        return self._answer().__await__()


refuse_unawaited(Single, "a question for one object", {})


def question_of(single: Single[Any]) -> Any:
    """The query set that the object is taken from."""
    return single._question()
