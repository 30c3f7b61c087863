"""What was opened and never closed is told, when it is garbage collected or when the process ends, with its place."""

from __future__ import annotations

import atexit
import inspect
import warnings
import weakref


class Closable:
    """Base of drivers: remembers where in the program it was made, and warns of itself unless it was closed."""

    def __init__(self) -> None:
        self._origin = origin()
        self._told = False
        ALL.add(self)

    def holds_connections(self) -> bool:
        """Whether there is something that ought to have been closed."""
        raise NotImplementedError

    def tell(self) -> None:
        """Warn, once, where connections are still open."""
        if not self._told and self.holds_connections():
            self._told = True
            text = f"{self!r}, opened at {self._origin}, was never closed; use ORM.close_connections()"
            warnings.warn(text, ResourceWarning, source=self)

    def __del__(self) -> None:
        if hasattr(self, "_told"):
            self.tell()


ALL: weakref.WeakSet[Closable] = weakref.WeakSet()


def origin() -> str:
    """The nearest line outside of ormgen that led here: `app/main.py:12`."""
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "ormgen":
        frame = frame.f_back
    return "an unknown place" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


@atexit.register
def tell_all() -> None:
    """Modules, and with them the context of the process, are torn down too late for a warning."""
    for forgotten in list(ALL):
        forgotten.tell()
