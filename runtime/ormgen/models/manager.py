"""Managers: where a model's query sets come from."""

from __future__ import annotations

from typing import Any, Generic, Self

from typing_extensions import TypeVar

from ormgen.models.queryset import QuerySet

M_co = TypeVar("M_co", covariant=True, default=Any)


class Manager(Generic[M_co]):
    """Gives query sets for a model; override `get_queryset` to begin with one of your own.

    `Manager` and `Manager["Hero"]` are the same; the second tells type checkers what `get_queryset` gives.

    `Meta.manager = HeroManager()` is behind `Hero.filter()` and all other questions; further managers may be
    attributes of the class: `strong = StrongManager()`.
    """

    def __init__(self, model: Any = None) -> None:
        self._model = model

    def get_queryset(self) -> QuerySet[M_co]:
        """The query set that every question begins with."""
        return QuerySet(self._model)

    def bound(self, model: Any) -> Self:
        """This manager for `model`."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._model = model
        return made

    def __get__(self, instance: object | None, owner: Any) -> Self:
        if instance is not None:
            raise AttributeError("managers belong to the class, not to its instances")
        return self if self._model is owner else self.bound(owner)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.get_queryset(), name)
