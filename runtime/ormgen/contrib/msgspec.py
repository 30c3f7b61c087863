"""Bases of msgspec structs that `ormgen pydantic --library msgspec` writes."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from msgspec import UNSET, Struct

from ormgen.contrib.data import columns_of


class ReadStruct(Struct):
    """Base of structs that are made from instances."""

    __orm_model__: ClassVar[Any] = None

    @classmethod
    def from_orm(cls, obj: Any) -> Self:
        """The struct of an instance.

        Raises:
            IncompleteInstanceError: a column is not loaded.
        """
        return cls(**columns_of(obj, cls.__struct_fields__))


class InputStruct(Struct, forbid_unknown_fields=True):
    """Base of what a client sends to create or change an object: unknown names are refused."""

    def given(self) -> dict[str, Any]:
        """What was given, by field: for `create(**…)`, `update(**…)` and `update_from_dict`."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in found.items() if value is not UNSET}


class FilterStruct(Struct, forbid_unknown_fields=True):
    """Base of conditions that a client may set."""

    def conditions(self) -> dict[str, Any]:
        """The conditions that are set, as `filter(**…)` takes them."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in found.items() if value is not None}
