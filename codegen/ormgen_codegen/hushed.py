"""Python's warnings about source that is only read: nobody is to see them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hushed(kind: type[Warning] = Warning) -> Iterator[None]:
    """Around what may give warnings of a kind that nobody is to see."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kind)
        yield


def is_hushed(kind: type[Warning] = Warning) -> bool:
    """Whether this runs inside of `hushed` with the same kind, so that there is no need for another."""
    return warnings.filters[:1] == [("ignore", None, kind, None, 0)]
