"""Pydantic models made from models: `from ormgen.contrib.pydantic import pydantic_model_creator`."""

from importlib import import_module

try:
    import_module("pydantic")
except ModuleNotFoundError as error:
    needs = 'ormgen.contrib.pydantic needs the library pydantic: pip install "ormgen-orm[pydantic]"'
    raise ModuleNotFoundError(needs, name="pydantic") from error

from ormgen.contrib.pydantic.base import OpenPydanticModel, PydanticListModel, PydanticModel
from ormgen.contrib.pydantic.creator import (
    HasInputShape,
    HasPartShape,
    HasShape,
    pydantic_model_creator,
    pydantic_queryset_creator,
)
from ormgen.contrib.pydantic.given import FilterModel, Given, InputModel
from ormgen.contrib.pydantic.options import PydanticMeta

__all__ = [
    "FilterModel",
    "Given",
    "HasInputShape",
    "HasPartShape",
    "HasShape",
    "InputModel",
    "OpenPydanticModel",
    "PydanticListModel",
    "PydanticMeta",
    "PydanticModel",
    "pydantic_model_creator",
    "pydantic_queryset_creator",
]
