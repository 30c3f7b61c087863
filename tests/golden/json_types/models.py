"""What JSON columns may hold."""

from __future__ import annotations

import collections.abc
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union

from ormgen import Model, fields
from ormgen.fields import JSONField

T = TypeVar("T")
Payload = dict[str, Any]
Secret = NewType("Secret", str)


class Shape(TypedDict):
    width: int


class Pair(NamedTuple):
    left: int
    right: int


@dataclass
class Settings:
    dark: bool = False

    @classmethod
    def model_validate(cls, value: Any) -> Settings:
        return cls(**value)


class Page(Generic[T]):
    pass


class Document(Model):
    class Inner:
        pass

    free = JSONField()
    mapping = fields.JSONField[dict[str, int]]()
    either = fields.JSONField[dict | list](null=True)
    optional = fields.JSONField[Optional[list[str]]]()
    union = fields.JSONField[Union[int, str, None]](default=1)
    shape = fields.JSONField[Shape]()
    pair = fields.JSONField[list[Pair]]()
    alias = fields.JSONField[Payload](default=dict)
    quoted = fields.JSONField["Settings"]()
    literal = fields.JSONField[Literal["a", "b", 3]]()
    abstract = fields.JSONField[Mapping[str, Sequence[date]]]()
    spelled = fields.JSONField[collections.abc.Mapping[str, t.Any]]()
    nested = fields.JSONField[Inner]()
    generic = fields.JSONField[Page[int]]()
    new = fields.JSONField[Secret]()
    anything = fields.JSONField[Any]()
    pairs = fields.JSONField[tuple[int, ...]]()
    read = fields.JSONField(field_type=Settings, default=Settings())
    encoded = fields.JSONField[Payload](encoder=lambda value: str(value), decoder=lambda text: {})
