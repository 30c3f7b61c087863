"""How a thread tells an event loop what it has done."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.selector_events import BaseSelectorEventLoop
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

Answer = tuple[asyncio.Future[Any], Any, BaseException | None]

ORDERED: Final[bool] = "free-threading build" not in sys.version
"""Whether all threads see what is written to attributes in the order in which it was written, as with a GIL."""


class Outbox:
    """What a thread has done for one event loop, which fetches it once it is `called`.

    While the loop is on its way, more is put beside it: of 50 tasks that ask at once most are answered without waking
    the loop, which is a system call each time, and 4 us. Without a GIL the thread may miss that the loop has been
    there, and calls it for each.

    On Linux asyncio's own loops `listen` to a counter of the kernel's: `call_soon_threadsafe` sends a byte through a
    socket and receives until there is an error, which takes 8 us more, of some 32 for a trip to the thread and back.
    """

    __slots__ = ("called", "counter", "done", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.done: deque[Answer] = deque()
        self.called = False
        self.counter: int | None = None

    def listen(self) -> None:
        """Have the loop look at a counter, called in its own thread; does nothing where there is no such thing."""
        if sys.platform == "linux" and isinstance(self.loop, BaseSelectorEventLoop):
            try:
                counter = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            except OSError:  # too many files are open
                return
            self.counter = counter
            self.loop.add_reader(counter, self._counted, counter)

    def put(self, answer: Answer) -> None:
        """Called by the thread."""
        self.done.append(answer)
        if not self.called:
            self.called = ORDERED
            if self.counter is not None:
                os.eventfd_write(self.counter, 1)
            else:
                self._call(self.deliver)

    def deliver(self) -> None:
        """Called by the loop."""
        self.called = False  # before looking: what comes from now on is either seen here or calls again
        done = self.done
        while done:
            future, value, error = done.popleft()
            if not future.done():
                if error is None:
                    future.set_result(value)
                else:
                    future.set_exception(error)

    def end(self) -> None:
        """Called by the thread, which does nothing more."""
        if self.counter is not None:
            self._call(self._leave, self.counter)

    def _counted(self, counter: int) -> None:
        os.eventfd_read(counter)
        self.deliver()

    def _leave(self, counter: int) -> None:
        self.deliver()
        self.loop.remove_reader(counter)

    def _call(self, function: Callable[..., None], *arguments: int) -> None:
        with suppress(RuntimeError):  # the loop is closed, nobody waits
            self.loop.call_soon_threadsafe(function, *arguments)

    def __del__(self, close: Any = os.close) -> None:
        # not before: while the thread has this, it may still write to the counter, whose number would be another file's
        if self.counter is not None:
            close(self.counter)
