"""Reading from replicas: after a write only from one that has it, and never from one that is down or too far behind."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from itertools import count
from typing import Any, Final

from ormgen.database.connection import Connection, Database
from ormgen.database.writes import Mark, written
from ormgen.drivers.driver import Result, Rows
from ormgen.exceptions import DBConnectionError, OperationalError
from ormgen.records import dataclass

DOWN_SECONDS: Final = 1.0
LAG_SECONDS: Final = 0.5
WRITTEN: Final = "SELECT pg_current_wal_insert_lsn()::text"
# A standby that has replayed all it received is up to date while the primary sends; else its last commit tells its age.
STATE: Final = """SELECT pg_is_in_recovery(),
coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false),
CASE WHEN NOT pg_is_in_recovery() THEN 0
WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 1e9) END::float8"""


@dataclass(slots=True)
class Health:
    """What is known of a replica; times of `time.monotonic`."""

    down_until: float = 0.0
    lag: float = 0.0
    lag_until: float = 0.0
    was_standby: bool = False


class Replicas:
    """The databases that some models are read from, and the one they are written to.

    After a write, the task that wrote reads from a PostgreSQL replica as soon as that has replayed the write; `sticky`
    keeps it on the primary for so many seconds on any database. `max_lag` is the greatest age of data, in seconds.
    """

    def __init__(
        self, primary: Database, replicas: Sequence[Database], sticky: float = 0.0, max_lag: float | None = None
    ) -> None:
        self.primary = primary
        primary.replicated = True
        self.replicas = tuple(replicas)
        self.sticky = sticky
        self.max_lag = max_lag
        self._health = {replica: Health() for replica in self.replicas}
        self._turn = count()

    async def choose(self) -> Database:
        """The database for the next question of this task."""
        first = next(self._turn)
        for number in range(len(self.replicas)):
            replica = self.replicas[(first + number) % len(self.replicas)]
            if await self._serves(replica, self._health[replica]):
                return replica
        return self.primary

    def down(self, replica: Database) -> None:
        """Leave a replica alone for a moment."""
        self._health[replica].down_until = time.monotonic() + DOWN_SECONDS

    async def _serves(self, replica: Database, health: Health) -> bool:
        now = time.monotonic()
        mark = (written.get() or {}).get(self.primary)
        if now < health.down_until or (mark is not None and now - mark.at < self.sticky):
            return False
        if replica.dialect != "postgres":
            return True
        fresh = mark is None or replica in mark.seen
        if fresh and (self.max_lag is None or now < health.lag_until):
            return self.max_lag is None or health.lag <= self.max_lag
        if mark is not None and mark.lsn is None:
            mark.lsn = str((await self.primary.session.fetch(WRITTEN, ()))[0][0])
        return await self._asked(replica, health, mark)

    async def _asked(self, replica: Database, health: Health, mark: Mark | None) -> bool:
        try:
            row = (await replica.session.fetch(STATE, (None if mark is None else mark.lsn,)))[0]
        except OperationalError:
            self.down(replica)
            return False
        standby, replayed, health.lag = row
        health.lag_until = time.monotonic() + LAG_SECONDS
        health.was_standby = health.was_standby or standby
        if mark is not None:
            # what never was a standby is a database of its own, which a router may read from whenever it likes
            if not (replayed if standby else not health.was_standby):
                return False
            mark.seen.add(replica)
        return self.max_lag is None or health.lag <= self.max_lag


class RoutedSession:
    """The statements of one question and of all that it loads beside: on one database, chosen by the first of them."""

    __slots__ = ("_chosen", "_replicas")

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas
        self._chosen: Database | None = None

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        chosen = await self._choice()
        try:
            return await chosen.session.fetch(sql, parameters)
        except DBConnectionError as error:
            return await self._instead(error).session.fetch(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        chosen = await self._choice()
        try:
            return await chosen.session.execute(sql, parameters)
        except DBConnectionError as error:
            return await self._instead(error).session.execute(sql, parameters)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._replicas.primary.session.execute_many(sql, rows)

    async def script(self, sql: str) -> None:
        await self._replicas.primary.session.script(sql)

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        chunks: Any = (await self._choice()).session.stream(sql, parameters, size)
        async with aclosing(chunks):
            async for rows in chunks:
                yield rows

    async def _choice(self) -> Database:
        if self._chosen is None:
            self._chosen = await self._replicas.choose()
        return self._chosen

    def _instead(self, error: DBConnectionError) -> Database:
        """The primary, where a replica could not be reached and so has not seen the question; else raises `error`."""
        chosen, primary = self._chosen, self._replicas.primary
        if chosen is None or chosen is primary:
            raise error
        self._replicas.down(chosen)
        if not error.retryable:
            raise error
        self._chosen = primary
        return primary


class RoutedConnection(Connection):
    """Where one question is read: a replica or the primary."""

    __slots__ = ("_routed",)

    def __init__(self, replicas: Replicas) -> None:
        nominal = replicas.replicas[0]
        self._routed = RoutedSession(replicas)
        super().__init__(nominal.alias, nominal.compiler, self._routed, nominal.hooks)

    @property
    def session(self) -> RoutedSession:
        """What runs the text of statements; the database it chooses tells its own watchers."""
        return self._routed
