"""What the database layer needs to know of a model class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeGuard

from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.model_schema import ModelSchema


class ModelInfo(Protocol):
    """What a model class carries as `__model__`."""

    @property
    def schema(self) -> ModelSchema | None:
        """The description of a concrete model; None for an abstract one."""
        ...

    @property
    def problems(self) -> tuple[Any, ...]:
        """What is wrong with the declaration on its own."""
        ...

    def attach(self, graph: ModelGraph, linked: LinkedModel, classes: Mapping[str, type]) -> None:
        """Take the model's place in a graph; `classes` are all classes of it by key."""
        ...


class ModelClass(Protocol):
    """A class whose objects are rows."""

    __name__: str
    __module__: str
    __model__: ModelInfo


def is_model_class(value: Any) -> TypeGuard[type[Any]]:
    """Whether `value` is a model class that has a table."""
    return isinstance(value, type) and getattr(getattr(value, "__model__", None), "schema", None) is not None
