"""What was written by this task and those around it, for questions that have to see it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Hashable, Sequence
from contextvars import ContextVar
from typing import Any

from ormgen.drivers.driver import Result, Rows, Session
from ormgen.records import dataclass, field


@dataclass(slots=True)
class Mark:
    """That something was written to a database: when (`time.monotonic`), how far its log was when that was asked
    afterwards, and which replicas have got as far.
    """

    at: float
    lsn: str | None = None
    seen: set[Hashable] = field(default_factory=set)


written: ContextVar[dict[Hashable, Mark] | None] = ContextVar("written", default=None)


def note_write(database: Hashable) -> None:
    """Remember, for this task and those it makes from now on, that something was written."""
    marks = written.get()
    if marks is None:
        written.set(marks := {})
    marks[database] = Mark(time.monotonic())


class Noting:
    """The session of a database that has replicas: what it may have written is noted, even what failed."""

    __slots__ = ("_database", "_session")

    def __init__(self, session: Session, database: Hashable) -> None:
        self._session = session
        self._database = database

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        return await self._session.fetch(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        try:
            return await self._session.execute(sql, parameters)
        finally:
            note_write(self._database)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            await self._session.execute_many(sql, rows)
        finally:
            note_write(self._database)

    async def script(self, sql: str) -> None:
        try:
            await self._session.script(sql)
        finally:
            note_write(self._database)

    def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        return self._session.stream(sql, parameters, size)
