"""What the rows of a question hold: the parts that make instances, and the values beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ormgen.records import dataclass

Decoder = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring columns of a row that make one instance of `model`, found behind the relation path `path`.

    `key` is the place in the row of the column that tells whether the instance is there at all (None: always).
    """

    path: tuple[str, ...]
    model: str
    attributes: tuple[str, ...]
    decoders: tuple[Decoder | None, ...]
    start: int
    key: int | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """One column of a row that is not part of an instance: an annotation or a plain value.

    A key of several columns has one of `parts` for each.
    """

    name: str
    decoder: Decoder | None
    position: int
    parts: tuple[Extra, ...] = ()


class Layout:
    """The sections and extras of a row; `memo` is for whoever reads rows to keep what it made of the layout."""

    __slots__ = ("extras", "memo", "sections")

    def __init__(self, sections: tuple[Section, ...] = (), extras: tuple[Extra, ...] = ()) -> None:
        self.sections = sections
        self.extras = extras
        self.memo: dict[Any, Any] = {}
