"""Managers: where a model's query sets come from."""

from __future__ import annotations

from typing import Any, Self

from ormgen.models.queryset import QuerySet


class Manager:
    """Gives query sets for a model; override `get_queryset` to begin with one of your own.

    `Meta.manager = HeroManager()` is behind `Hero.filter()` and all other questions; further managers may be
    attributes of the class: `strong = StrongManager()`.
    """

    def __init__(self, model: Any = None) -> None:
        self._model = model

    def get_queryset(self) -> Any:
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
