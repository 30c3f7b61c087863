"""How much work something is, in calls: the same on every machine, however busy."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Calls:
    """How many functions of Python and of C were called in a block."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            self.count += 1


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of this thread inside of the block, those of tasks that run meanwhile with them."""
    calls, before = Calls(), sys.getprofile()
    sys.setprofile(calls)
    try:
        yield calls
    finally:
        sys.setprofile(before)
