"""Models among other code: decorators, data classes, protocols, and fields that helpers make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypedDict, TypeVar, overload

from ormgen import Model, fields

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C", bound=type)

PREFIX = "app"
SIZE = 2 * 8
COMMON: dict[str, Any] = {"null": True, "description": f"of {PREFIX}"}
SIZED: dict[str, Any] = dict(max_length=SIZE, **COMMON)


def marked(cls: C) -> C:
    return cls


def labelled(label: str) -> Callable[[C], C]:
    def label_it(cls: C) -> C:
        setattr(cls, "label", label)
        return cls

    return label_it


def logged(function: Callable[P, T]) -> Callable[P, T]:
    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    return wrapper


def short(size: int = SIZE, /, **options: Any) -> Any:
    options.setdefault("default", f"{PREFIX}-")
    return fields.CharField(max_length=size, **options)


def link(to: str, *, name: str | None = None) -> Any:
    return fields.ForeignKeyField(f"models.{to}", related_name=name or f"{to.lower()}_things", **COMMON)


@dataclass(slots=True)
class Point:
    x: float = 0.0
    tags: list[str] = field(default_factory=list)

    def far(self) -> bool:
        return self.x > SIZE


class Row(NamedTuple):
    key: int
    text: str = "x"


class Shape(TypedDict, total=False):
    width: int


class Sized(Protocol):
    def size(self) -> int: ...


class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item


@marked
@labelled(
    "things"  # a remark
)
class Thing(Model):
    """A model with all kinds of members."""

    name = short()
    title = short(30, null=True)
    text = fields.CharField(**SIZED)
    note = fields.CharField(**{"max_length": 5}, default="")
    shape = fields.JSONField[Shape](null=True)
    parent = link("Thing", name="children")
    limit = 3

    class Meta:
        table = f"{PREFIX}_thing"
        unique_together = (("name", "title"),)

    @property
    def half(self) -> float:
        return len(self.name) / 2

    @half.setter
    def half(self, value: float) -> None:
        self.name = self.name[: int(value)]

    @cached_property
    def point(self) -> Point:
        return Point(self.half)

    @classmethod
    def made(cls, name: str) -> Thing:
        return cls(name=name)

    @staticmethod
    @lru_cache
    def doubled(number: int, /) -> int:
        return number * 2

    @contextmanager
    def held(self) -> Iterator[Thing]:
        yield self

    @logged
    def row(self, key: int) -> Row:
        return Row(key, self.title or "")

    @overload
    def pick(self, one: int) -> int: ...
    @overload
    def pick(self, one: str) -> str: ...
    def pick(self, one: int | str) -> int | str:
        match one:
            case int() if (double := one * 2) > 3:
                return double
            case _:
                return one
