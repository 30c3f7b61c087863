"""Work that must be finished although its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
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

    async def see_through(self, work: Coroutine[Any, Any, T]) -> T:
        """As `finish`, but in the caller's task for as long as that is not cancelled: cheaper by two turns of the loop.

        `work` must not use what belongs to one task, as `asyncio.timeout` and `current_task` do.
        """
        result: T = await _SeeThrough(self, work)
        return result

    async def settle(self, seconds: float) -> None:
        """Waits until nothing is left to do, at most `seconds`."""
        if pending := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(pending, timeout=seconds)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have waited


class _SeeThrough:
    """Takes the steps of `work` one by one, so that a cancellation reaches only the waiting in between."""

    def __init__(self, cleanup: Cleanup, work: Coroutine[Any, Any, Any]) -> None:
        self._cleanup = cleanup
        self._work = work

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        while True:
            try:
                awaited: asyncio.Future[Any] = next(steps)
            except StopIteration as end:
                return end.value
            try:
                yield from asyncio.shield(awaited).__await__()
            except asyncio.CancelledError:
                if not awaited.cancelled():
                    self._cleanup.start(self._go_on(steps, awaited))
                    raise
            except Exception:
                pass  # `work` gets it from the future itself

    async def _go_on(self, steps: Generator[Any, Any, Any], awaited: asyncio.Future[Any]) -> None:
        try:
            await asyncio.wait((awaited,))
        except asyncio.CancelledError:
            awaited.cancel()  # the loop ends: `work` gets to know, and tidies up
        await _Steps(steps)


class _Steps:
    """The rest of a coroutine that was begun in another task."""

    def __init__(self, steps: Generator[Any, Any, Any]) -> None:
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._steps
