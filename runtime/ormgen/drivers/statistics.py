"""What can be known of the connections of a driver: how many there are, who waits, how long that took."""

from __future__ import annotations

from collections.abc import Callable

from ormgen.records import dataclass


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """The connections of one database in one process.

    `size` counts those open or being opened, `idle` those that nobody holds, `waiting` the tasks that wait for one.
    The others count from the beginning: connections `opened` and `lost` (broken, or discarded because nobody knows
    in which state they are), `waits` (how often a task had to wait) and `wait_seconds` altogether, `timeouts` (waits
    that ended with an error). `holders` are the names of the tasks that hold a connection now.
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

    @property
    def in_use(self) -> int:
        """How many connections are held, or being opened."""
        return self.size - self.idle


@dataclass(slots=True, weakref_slot=True, eq=False)
class Watch:
    """What a driver counts, and whom it tells how many seconds a connection was waited for."""

    told: tuple[Callable[[float], object], ...] = ()
    opened: int = 0
    lost: int = 0
    waits: int = 0
    wait_seconds: float = 0.0
    timeouts: int = 0

    def tell(self, seconds: float) -> None:
        """A connection was handed out after `seconds`."""
        for function in self.told:
            function(seconds)

    def waited(self, seconds: float, *, in_vain: bool = False) -> None:
        """A task has waited for a connection, or gave up."""
        self.waits += 1
        self.wait_seconds += seconds
        self.timeouts += in_vain

    def statistics(self, size: int, idle: int, waiting: int, holders: tuple[str, ...]) -> PoolStatistics:
        """What was counted, beside how things are now."""
        return PoolStatistics(
            size, idle, waiting, self.opened, self.lost, self.waits, self.wait_seconds, self.timeouts, holders
        )
