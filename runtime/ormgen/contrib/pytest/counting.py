"""Blocks for tests: how many queries may run, and transactions that fail at first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ormgen.database.context import require_context
from ormgen.database.hooks import QueryEvent
from ormgen.database.rehearsal import FailingDriver, Replaced
from ormgen.models.n_plus_one import detect_n_plus_one


class CountedQueries:
    """The statements that ran in a block, in order."""

    def __init__(self) -> None:
        self.events: list[QueryEvent] = []

    def __len__(self) -> int:
        return len(self.events)

    def __str__(self) -> str:
        return "\n".join(f"{number}. {event.sql}" for number, event in enumerate(self.events, 1)) or "none"


@contextmanager
def assert_num_queries(number: int, using: str | None = None) -> Iterator[CountedQueries]:
    """A block in which exactly `number` statements run, on the connection `using` or on all; else AssertionError.

    What begins and ends transactions is not counted.
    """
    counted = CountedQueries()
    hooks = require_context().hooks

    def count(event: QueryEvent) -> None:
        if using in (None, event.connection):
            counted.events.append(event)

    hooks.on_query(count)
    try:
        yield counted
    finally:
        hooks.remove(count)
    assert len(counted) == number, f"{len(counted)} queries ran instead of {number}:\n{counted}"


@contextmanager
def inject_retries(times: int = 1, using: str | None = None) -> Iterator[None]:
    """A block in which the next `times` transactions of a connection are rolled back instead of committed.

    They raise what a serialization failure raises, so that `run_transaction` runs them again.
    """
    connections = require_context().connections
    databases = [connections.database(using)] if using is not None else list(connections.databases.values())
    with Replaced(databases, lambda driver: FailingDriver(driver, times)):
        yield


def no_n_plus_one(threshold: int = 2) -> detect_n_plus_one:
    """A block in which loading one relation for one object after the other is an error, as is a prefetch in vain.

    Raises:
        NPlusOneError: naming the line, and what to add to the query.
    """
    return detect_n_plus_one("raise", threshold=threshold)
