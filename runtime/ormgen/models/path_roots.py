"""What a model class gives to write conditions with: `Hero.q`, where its paths begin, and `Hero.Q(...)`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ormgen.exceptions import ArgumentError, FieldError
from ormgen.query.expressions import Condition, Q
from ormgen.query.path_expressions import OpenPath


class ClassOnly:
    """An attribute that a model class has and its instances do not."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: Any) -> Any:
        if instance is not None:
            raise AttributeError(f"{owner.__name__}.{self.name} belongs to the class, not to its instances")
        return self.of(owner)

    def of(self, model: Any) -> Any:
        """What `model` has."""
        raise NotImplementedError


class Paths(ClassOnly):
    """`Model.q`: attributes of it are paths, as in `Hero.q.team.name`."""

    def of(self, model: Any) -> OpenPath[Any]:
        return OpenPath(model)


class ConditionsOf(ClassOnly):
    """`Model.Q`: a Q whose keywords are about that model, as in `Hero.Q(name="x") | Hero.Q(power__gt=3)`."""

    def of(self, model: Any) -> Callable[..., Q[Any]]:
        return partial(_conditions, model)


def _conditions(model: type[Any], /, *args: Any, **kwargs: Any) -> Q[Any]:
    for item in args:
        if not isinstance(item, Q):
            raise ArgumentError(f"positional conditions are Q objects, not {item!r}")
        for root in item.roots:
            if not issubclass(model, root):
                raise FieldError(f"{model.__name__}.Q cannot hold {item!r}, which was written for {root.__name__}")
    return Q.of((*args, *[Condition(key, value, model) for key, value in kwargs.items()]), "AND")
