"""What Python itself raises beneath a driver: sockets, TLS, time limits, values that no protocol can carry."""

from __future__ import annotations

from typing import Final

from ormgen.exceptions import BaseORMException, DBConnectionError, OperationalError

LOST: Final = "08006"  # the connection broke
UNREACHED: Final = "08001"  # there never was one
VALUE_STATES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (OverflowError, "22003"),
    (UnicodeError, "22021"),
    (ZeroDivisionError, "22012"),
    (MemoryError, "53200"),
    (RecursionError, "54001"),
    (TypeError, "22023"),
    (ValueError, "22023"),
)


def translate_python(error: Exception) -> BaseORMException | None:
    """The exception of ours for one of Python's own; None for what is none of them.

    A `TimeoutError` is that of `command_timeout`: the statement may have run.
    """
    text = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        return OperationalError("the statement took longer than `command_timeout`", sqlstate="57014")
    if isinstance(error, OSError | EOFError):
        return DBConnectionError(text, sqlstate=LOST)
    for kind, state in VALUE_STATES:
        if isinstance(error, kind):
            return OperationalError(text, sqlstate=state)
    return None
