"""Bases of data classes that `ormgen pydantic --library dataclasses` writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar, Final, Literal, Self

from ormgen.exceptions import IncompleteInstanceError


class Unset(Enum):
    """The value of a field that was left out, where None is a value of its own."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset.UNSET


def columns_of(obj: Any, names: Iterable[str]) -> dict[str, Any]:
    """The values of an instance by name.

    Raises:
        IncompleteInstanceError: a column is not loaded.
    """
    try:
        return {name: getattr(obj, name) for name in names}
    except AttributeError as error:
        raise IncompleteInstanceError(str(error)) from None


@dataclass(kw_only=True, slots=True)
class ReadData:
    """Base of data classes that are made from instances."""

    __orm_model__: ClassVar[Any] = None

    @classmethod
    def from_orm(cls, obj: Any) -> Self:
        """The data of an instance.

        Raises:
            IncompleteInstanceError: a column is not loaded.
        """
        return cls(**columns_of(obj, (each.name for each in fields(cls))))


@dataclass(kw_only=True, slots=True)
class InputData:
    """Base of what creates or changes an object."""

    def given(self) -> dict[str, Any]:
        """What was given, by field: for `create(**…)`, `update(**…)` and `update_from_dict`."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value is not UNSET}


@dataclass(kw_only=True, slots=True)
class FilterData:
    """Base of conditions that may be set."""

    def conditions(self) -> dict[str, Any]:
        """The conditions that are set, as `filter(**…)` takes them."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value is not None}
