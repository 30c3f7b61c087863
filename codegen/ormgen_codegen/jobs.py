"""Work done in several processes at once, where the system can fork and there is enough of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Task = Callable[[], T]

WORTH_MODELS = 150
"""From so many models on, forking costs less than it saves."""
MOST = 4


def usual_jobs(models: int) -> int:
    """How many processes a run over so many models takes unless it is told: no more than there are processors."""
    if models < WORTH_MODELS:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)


def together(tasks: Sequence[Task[T]], jobs: int) -> list[T]:
    """What the tasks give, in their order; the first is done in this process, the others beside it in forked ones.

    Results are sent between processes and so must be picklable. A process with several threads does all by itself,
    for a fork may catch a lock that nobody will release.

    Raises:
        Exception: whatever a task raises; that of the first such task.
    """
    if jobs < 2 or len(tasks) < 2 or not hasattr(os, "fork") or threading.active_count() > 1:
        return [task() for task in tasks]
    found: list[T] = []
    for start in range(0, len(tasks), jobs):
        first, *others = tasks[start : start + jobs]
        beside = [_Beside(task) for task in others]
        try:
            found.append(first())
            found += [each.result() for each in beside]
        finally:
            for each in beside:
                each.end()
    return found


class _Beside(Generic[T]):
    """A task in a process of its own."""

    def __init__(self, task: Task[T]) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        self.receiver, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(task, sender), daemon=True)
        self.process.start()
        sender.close()

    def result(self) -> T:
        """What the task gave."""
        answer: tuple[bool, Any]
        try:
            answer = self.receiver.recv()
        except EOFError:
            raise ChildProcessError("a process that makes stubs ended early; try --jobs 1") from None
        failed, value = answer
        if failed:
            raise value
        result: T = value
        return result

    def end(self) -> None:
        """Leave nothing behind, whether the result was taken or not."""
        self.receiver.close()
        self.process.join(0.5)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def _work(task: Task[T], sender: Any) -> None:
    try:
        answer: tuple[bool, object] = (False, task())
    except Exception as error:
        answer = (True, error)
    sender.send(answer)
    sender.close()
