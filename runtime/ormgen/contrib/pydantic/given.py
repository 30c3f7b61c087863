"""Bases of pydantic models for what comes in: values of a new object, changes, conditions."""

from __future__ import annotations

from types import NoneType
from typing import Any, Union, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema


class Given:
    """Marks a field that may be left out, but is not None where it is given: `Annotated[int | None, Given] = None`."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Part of building a model: validate what is given as the type without None."""
        kinds = tuple(kind for kind in get_args(source) if kind is not NoneType)
        return handler(Union[kinds] if kinds else source)  # noqa: UP007 - the kinds are known when it runs


class InputModel(BaseModel):
    """Base of what a client sends to create or change an object: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), ser_json_bytes="base64", val_json_bytes="base64")

    def given(self) -> dict[str, Any]:
        """What was given, by field: for `create(**…)`, `update(**…)` and `update_from_dict`."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class FilterModel(BaseModel):
    """Base of conditions that a client may set, such as the parameters of a query."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    def conditions(self) -> dict[str, Any]:
        """The conditions that are set, as `filter(**…)` takes them."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in found.items() if value is not None}
