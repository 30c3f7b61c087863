"""Warnings about old words that still work, told at the line of the program that uses them."""

from __future__ import annotations

import inspect
import warnings


def warn_deprecated(old: str, new: str) -> None:
    """Warn that `old` is now written `new`."""
    warn(f"`{old}` is deprecated, please use `{new}` instead")


def warn(message: str) -> None:
    """Give a DeprecationWarning at the first line outside of ormgen."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("ormgen."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, DeprecationWarning, stacklevel=level)
