"""Tells how far something long is, once a second at most."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE = 1.0  # seconds


class Progress:
    """What is told of a migration while it runs; the first line comes when it has taken a second."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._last = time.monotonic()
        self._step = ""

    def at(self, step: int, steps: int) -> None:
        """Step number `step` begins."""
        self._step = f"step {step} of {steps}"
        self._tell(self._step)

    def rows(self, number: int) -> None:
        """So many rows have been written in this step."""
        self._tell(f"{self._step}: {number:,} rows")

    def _tell(self, text: str) -> None:
        if time.monotonic() - self._last >= PAUSE:
            self._show(f"  {text}")
            self._last = time.monotonic()
