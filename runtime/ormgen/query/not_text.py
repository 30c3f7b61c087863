"""Iterables of texts, to type checkers: a text by itself is one to them too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from typing_extensions import TypeVar

E_co = TypeVar("E_co", covariant=True)


class NotText(Protocol[E_co]):
    """An iterable that is not str itself: str.__contains__ takes str only."""

    def __iter__(self) -> Iterator[E_co]: ...
    def __contains__(self, item: object, /) -> bool: ...
