"""Which line of the program led here."""

from __future__ import annotations

import asyncio
import contextlib
import os
from inspect import currentframe
from typing import Final

from ormgen.records import dataclass

_OURS: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_ASYNCIO: Final = os.path.dirname(asyncio.__file__) + os.sep


@dataclass(frozen=True, slots=True)
class Site:
    """A line of the program, or of nobody's."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "somewhere"


NOWHERE: Final = Site("", 0)


def call_site() -> Site:
    """The line outside of ormgen that is being run."""
    frame = currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_OURS, _ASYNCIO, contextlib.__file__, "<")):
            return Site(file, frame.f_lineno)
        frame = frame.f_back
    return NOWHERE
