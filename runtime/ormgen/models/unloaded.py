"""A relation to one object that has not been loaded: awaiting it loads it, and it can be asked for in other ways."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import Any, Final

from ormgen.database.current import own_transactions
from ormgen.exceptions import NoValuesFetched
from ormgen.models.info import ModelInfo
from ormgen.models.n_plus_one import loading_cure, watching
from ormgen.models.prefetch import Branch, prefetch
from ormgen.models.queryset import QuerySet
from ormgen.query.expressions import Condition, Q
from ormgen.schema.graph import Relation

NARROWING: Final = frozenset({"filter", "exclude"})
ASKING: Final = NARROWING | frozenset(
    """
    annotate defer explain only order_by prefetch_related select_for_update select_related sql using_db values
    values_list
    """.split()
)


def queryset_of(model: Any) -> Any:
    """The query set that questions about `model` begin with: its manager's."""
    manager = model.__model__.manager
    return QuerySet(model) if manager is None else manager.bound(model).get_queryset()


class Unloaded(Awaitable[Any]):
    """A relation to one object that has not been loaded; awaiting loads it and keeps it."""

    __slots__ = ("_handed", "_instance", "_relation")

    def __init__(self, instance: Any, relation: Relation) -> None:
        self._instance = instance
        self._relation = relation
        self._handed = own_transactions()

    async def _load(self) -> Any:
        info: ModelInfo = type(self._instance).__model__
        name = self._relation.name
        if watching.on:
            watching.loads(self._instance, self._relation, loading_cure(self._relation))
        await prefetch(info.connection(None, self._handed, write=False), info, [self._instance], {name: Branch(name)})
        loaded: dict[str, Any] = self._instance.__loaded__
        if loaded[name] is None:
            return loaded.pop(name)  # None cannot be awaited again
        return loaded[name]

    def __await__(self) -> Generator[Any, None, Any]:
        return self._load().__await__()

    def __bool__(self) -> bool:
        if self._relation.kind.forward:
            return getattr(self._instance, self._relation.near) is not None
        raise NoValuesFetched(unloaded(self._instance, self._relation))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        target = type(self._instance).__model__.target(self._relation)
        if name in ASKING and name not in target.__model__.need().names:
            return getattr(self._question(target, name in NARROWING), name)
        raise NoValuesFetched(unloaded(self._instance, self._relation))

    def _question(self, target: Any, many: bool) -> Any:
        """What asks for the object: for one, or for as `many` as there are where a method narrows it down first."""
        key = getattr(self._instance, self._relation.near)
        every = queryset_of(target)
        found = every.none() if key is None else every.filter(Q.of((Condition(self._relation.far, key),), "AND"))
        found.handed = self._handed
        return Narrowed(found) if many else found.first()

    def __repr__(self) -> str:
        return f"<{type(self._instance).__name__}.{self._relation.name}, not loaded>"


class Narrowed:
    """`await event.tournament.filter(…)`: the methods of a query set that give at most one object."""

    def __init__(self, question: Any) -> None:
        self._found = question

    def filter(self, *args: Any, **kwargs: Any) -> Any:
        """The object if it meets all conditions, else None."""
        return self._found.filter(*args, **kwargs).first()

    def exclude(self, *args: Any, **kwargs: Any) -> Any:
        """The object unless it meets all conditions together, else None."""
        return self._found.exclude(*args, **kwargs).first()


def unloaded(instance: Any, relation: Relation) -> str:
    name, model = relation.name, type(instance).__name__
    ways = (
        f'prefetch_related("{name}")' if relation.many else f'`await {model.lower()}.{name}`, select_related("{name}")'
    )
    return (
        f"No values were fetched for this relation, first use .fetch_related(): "
        f'{model}.{name}: load it first, with {ways} or fetch_related("{name}")'
    )
