"""Work that must be finished although its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Cleanup:
    """Runs such work in tasks of its own, and keeps hold of them: a loop only knows tasks weakly."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Starts `work` without waiting for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for `work`; cancelling the caller ends the waiting, not the work."""
        return await asyncio.shield(self.start(work))

    async def settle(self, seconds: float) -> None:
        """Waits until nothing is left to do, at most `seconds`."""
        if pending := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(pending, timeout=seconds)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have waited
