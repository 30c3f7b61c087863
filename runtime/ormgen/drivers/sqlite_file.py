"""The file of a SQLite database while it is open: deleted or replaced, it takes what is written to it with it."""

from __future__ import annotations

import os
from time import monotonic

LOOK_SECONDS = 0.25


class OpenFile:
    """A file by its number on its device, which a path may come to stand for no longer."""

    __slots__ = ("_next_look", "_number", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self._number = _number(path)
        self._next_look = 0.0

    def gone(self) -> bool:
        """Whether the path leads elsewhere or nowhere; looks at most four times a second, which costs 2 us."""
        now = monotonic()
        if now < self._next_look or self._number is None:
            return False
        self._next_look = now + LOOK_SECONDS
        return _number(self.path) != self._number


def _number(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
