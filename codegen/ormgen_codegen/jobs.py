"""Work done in several processes at once, where the system can fork and there is enough of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Task = Callable[[], T]

MOST = 4


def usual_jobs() -> int:
    """How many processes work at once unless a run is told: no more than there are processors."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)


def may_fork() -> bool:
    """Whether work can be given to other processes.

    A process with several threads does all by itself, for a fork may catch a lock that nobody will release.
    """
    return hasattr(os, "fork") and threading.active_count() == 1


@contextmanager
def beside(tasks: Sequence[Task[T]]) -> Iterator[list[Task[T]]]:
    """Begin tasks, each in a process of its own; what comes gives their results, in their order, and waits for them.

    Results are sent between processes and so must be picklable. Where nothing can be forked, each task is done when
    its result is asked for.

    Raises:
        Exception: whatever a task raises, when its result is asked for.
        ChildProcessError: a process ended early.
    """
    if not (tasks and may_fork()):
        yield list(tasks)
        return
    begun: list[_Beside[T]] = []
    try:
        for task in tasks:
            begun.append(_Beside(task))
        yield [each.result for each in begun]
    finally:
        for each in begun:
            each.end()


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
    try:
        sender.send(answer)
        sender.close()
    except OSError:  # nobody waits any more
        pass
