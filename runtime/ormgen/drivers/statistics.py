"""What can be known of the connections of a driver: how many there are, who waits, how long that took."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from ormgen.records import dataclass, field


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """The connections of one database in one process.

    `size` counts those open or being opened, `idle` those that nobody holds, `waiting` the tasks that wait for one.
    The others count from the beginning: connections `opened` and `lost` (broken, or discarded because nobody knows
    in which state they are), `waits` (how often a task had to wait) and `wait_seconds` altogether, `timeouts` (waits
    that ended with an error). `holders` are the names of the tasks that hold a connection now; `most` is how many
    connections there may be.
    """

    size: int
    idle: int
    waiting: int
    opened: int
    lost: int
    waits: int
    wait_seconds: float
    timeouts: int
    holders: tuple[str, ...]
    most: int

    @property
    def in_use(self) -> int:
        """How many connections are held, or being opened."""
        return self.size - self.idle


@dataclass(slots=True, weakref_slot=True, eq=False)
class Watch:
    """What a driver counts, and whom it tells how many seconds a connection was waited for, and was used.

    `began` has the moment in which each connection was handed out, by its identity, while anybody is told of that.
    """

    told: tuple[Callable[[float], object], ...] = ()
    freed: tuple[Callable[[float], object], ...] = ()
    began: dict[int, float] = field(default_factory=dict)
    opened: int = 0
    lost: int = 0
    waits: int = 0
    wait_seconds: float = 0.0
    timeouts: int = 0

    def tell(self, seconds: float, connection: object) -> None:
        """A connection was handed out after `seconds`."""
        for function in self.told:
            function(seconds)
        if self.freed:
            self.began[id(connection)] = monotonic()

    def free(self, connection: object) -> None:
        """A connection came back, or is lost."""
        began = self.began.pop(id(connection), None)
        for function in self.freed if began is not None else ():
            function(monotonic() - (began or 0.0))

    def lend(self, future: asyncio.Future[Any]) -> None:
        """A connection was handed out at once, for as long as one statement runs."""
        self.tell(0.0, future)
        if self.freed:
            future.add_done_callback(self.free)

    def waited(self, seconds: float, *, in_vain: bool = False) -> None:
        """A task has waited for a connection, or gave up."""
        self.waits += 1
        self.wait_seconds += seconds
        self.timeouts += in_vain

    def statistics(self, size: int, idle: int, waiting: int, holders: tuple[str, ...], most: int) -> PoolStatistics:
        """What was counted, beside how things are now."""
        return PoolStatistics(
            size, idle, waiting, self.opened, self.lost, self.waits, self.wait_seconds, self.timeouts, holders, most
        )
