"""Applies and reverts migrations on one database, exactly once however many processes try."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from ormgen.database.capabilities import known
from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.driver import Driver, Transaction
from ormgen.exceptions import ConfigurationError, OperationalError, ParamsError
from ormgen.migrations.carrying import Carrier, broken_references, is_outside, refuse, refuse_outside
from ormgen.migrations.elsewhere import ADOPTED, TABLES
from ormgen.migrations.guard import alone, end
from ormgen.migrations.history import History
from ormgen.migrations.migration import Key, Loaded
from ormgen.migrations.patience import Patience
from ormgen.migrations.progress import Progress
from ormgen.migrations.recorder import Applied, Recorder
from ormgen.migrations.state import State
from ormgen.migrations.units import Here, Unit, everywhere, needs_loose_keys, reverse_units_of, units_of
from ormgen.records import dataclass, replace
from ormgen.sql.ddl_steps import Refusal


@dataclass(frozen=True, slots=True)
class Done:
    """A migration that was applied or reverted, how long it took, in seconds, and on which connection."""

    key: Key
    backwards: bool
    seconds: float
    database: str = "default"


ZERO: Final = "zero"  # what stands for no migration of an app
Show = Callable[[str], None]


class Runner:
    """The migrations of one database: `here` says which models have their tables in it.

    `in_transaction` says for every migration what `atomic` says in its file; `alias` is what the settings call it.
    """

    def __init__(
        self,
        history: History,
        config: ConnectionConfig,
        *,
        here: Here = everywhere,
        patience: Patience = Patience(),
        show: Show = lambda text: None,
        in_transaction: bool | None = None,
        alias: str = "default",
    ) -> None:
        self.in_transaction = in_transaction
        self.alias = alias
        self.history = history
        self.config = config
        self.dialect = config.dialect
        self.here = here
        self.patience = patience
        self.show = show
        self.recorder = Recorder(self.dialect)
        self._driver: Driver | None = None

    @property
    def driver(self) -> Driver:
        """The connections to the database, while `opened`."""
        if self._driver is None:
            raise ConfigurationError("use `async with runner.opened():`")
        return self._driver

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Runner]:
        """Connect; at the end every connection is closed."""
        self._driver = make_driver(self.patience.configured(self.config))
        try:
            yield self
        finally:
            await self._driver.close()
            self._driver = None

    async def applied(self) -> Mapping[Key, Applied]:
        """What the database has, as it says itself.

        Raises:
            ConfigurationError: a file was changed after it was applied, or is gone.
        """
        return self._checked(await self.recorder.applied(self.driver))

    def _checked(self, found: Mapping[Key, Applied]) -> Mapping[Key, Applied]:
        gone = {key for each in self.history.migrations.values() for key in self.history.behind(each)}
        for key, each in found.items():
            known = self.history.migrations.get(key)
            if known is not None and known.checksum != each.checksum and each.step != 0:
                told = "was changed after it had been applied; undo the change, and write another migration"
                raise ConfigurationError(f"{known.path}: {told}")
            if known is None and key.app in self.history.folders and key not in gone:
                raise ConfigurationError(f"the database has migration {key}, which has no file any more")
        return found

    async def upgrade(self, target: Key | None = None, *, fake: bool = False) -> list[Done]:
        """Apply what is missing, or as much of it as `target` needs; `fake` only records it.

        Raises:
            ParamsError: rows stand in the way.
            OperationalError: the database refused, or another process is at it for too long.
        """
        done: list[Done] = []
        for line in planned(self.plan(await self.applied(), target)):
            self.show(line)
        while plan := self.plan(applied := await self.applied(), target):
            begun, following = time.monotonic(), plan[0]
            self.show(f"apply {following.key}")
            had = self.history.has(following, complete_in(applied))
            begun_before = following.key in applied
            work = partial(self._exclusively, following, fake or had, complete_in(applied), begun_before)
            if await self.patience.again(work, self.show):
                done.append(Done(following.key, False, time.monotonic() - begun, self.alias))
        return done

    def plan(self, applied: Mapping[Key, Applied], target: Key | None = None) -> list[Loaded]:
        """What is missing, in order."""
        complete = complete_in(applied)
        history = self.history.for_database(complete, target)
        complete = self._with_parts(complete, target)
        wanted = None if target is None else history.before(target)
        return [each for each in history.order if each.key not in complete and (wanted is None or each.key in wanted)]

    async def _exclusively(self, migration: Loaded, fake: bool, complete: frozenset[Key], begun_before: bool) -> bool:
        """Apply a migration to a database that has those of `complete`; False if another process was faster.

        One that was begun before is taken up where it stopped. The models before it are those of the database, which
        may have more than the ones that it follows: what other branches have added stays.
        """
        if self.in_transaction is not None:
            migration = replace(migration, atomic=self.in_transaction)
        before = self.history.for_database(complete).state(complete)
        units = [] if fake else units_of(migration, before, self.dialect, self.here)
        loose = self.dialect == "sqlite" and needs_loose_keys(units)
        if loose:
            await self.driver.script("PRAGMA foreign_keys = OFF")
        lock = None
        try:
            lock = await alone(self.driver, self.patience.wait)
            atomic = self._is_atomic(migration) and not begun_before
            await self.recorder.prepare(lock if atomic else self.driver)
            applied = self._checked(await self.recorder.applied(lock if atomic else self.driver))
            recorded = applied.get(migration.key)
            if complete_in(applied) != complete or (recorded is not None) != begun_before:
                return False
            if recorded is not None and (recorded.step or 0) < 0:
                raise ParamsError(f"undoing {migration.key} was interrupted: run downgrade again")
            if recorded is None and units and ADOPTED.fullmatch(migration.key.name):
                await self._refuse_foreign(migration)
            if atomic:
                await self._together(migration, units, lock, loose)
            else:
                await self._one_by_one(migration, units, recorded)
            return True
        finally:
            if lock is not None:
                await end(self.driver, lock)
            if loose:
                await self.driver.script("PRAGMA foreign_keys = ON")

    async def _refuse_foreign(self, migration: Loaded) -> None:
        """Refuse to make tables that another tool has made."""
        for table in TABLES:
            if await self.recorder.exists(self.driver, table):
                hint = "run `ormgen adopt-migrations`, or `python -m ormgen.migrations adopt`"
                raise ConfigurationError(f"{migration.key} stands for tables that are there ({table} says so): {hint}")

    def _is_atomic(self, migration: Loaded) -> bool:
        capable = known(self.dialect, self.driver.facts).can_rollback_ddl
        return capable and (migration.atomic or self.dialect == "sqlite")

    async def _together(
        self, migration: Loaded, units: list[Unit], transaction: Transaction, loose: bool, backwards: bool = False
    ) -> None:
        """All units and the record of them in one transaction."""
        begun = time.monotonic()
        refuse_outside(migration, units, self.dialect)
        carrier = Carrier(self.config, self.driver, migration.key.app, Progress(self.show))
        if limit := self.patience.local_sql(self.dialect):
            await transaction.execute(limit, ())
        broken = await broken_references(transaction) if loose else set()
        for at, unit in enumerate(units):
            carrier.progress.at(at + 1, len(units))
            await carrier.run(unit, transaction, transaction)
        if loose and (rows := await broken_references(transaction) - broken):
            tables = ", ".join(sorted({str(row[0]) for row in rows}))
            raise ParamsError(f"{migration.key} would leave {len(rows)} rows that point at nothing, in {tables}")
        if backwards:
            for key in (migration.key, *self.history.behind(migration)):
                await self.recorder.forget(transaction, key)
        else:
            await self.recorder.record(transaction, migration, seconds=time.monotonic() - begun)
        await transaction.commit()

    async def _one_by_one(self, migration: Loaded, units: list[Unit], recorded: Applied | None) -> None:
        """Each unit by itself, with a record of how far it is, so that it can be taken up again."""
        begun, first = time.monotonic(), 0 if recorded is None else recorded.step or 0
        if recorded is None:
            await self._refuse_early(units)
            await self.recorder.record(self.driver, migration, step=0)
        carrier = Carrier(self.config, self.driver, migration.key.app, Progress(self.show))
        for at, unit in enumerate(units):
            if at >= first:
                again = recorded is not None and at == first
                carrier.progress.at(at + 1, len(units))
                await self._single(migration, carrier, unit, again, at + 1)
        await self.recorder.record(self.driver, migration, seconds=time.monotonic() - begun)

    async def _single(self, migration: Loaded, carrier: Carrier, unit: Unit, again: bool, step: int) -> None:
        """One unit and the record of it; `again` if it may have been carried out before."""
        if is_outside(unit, self.dialect):
            await carrier.outside(unit, again)
            await self.recorder.advance(self.driver, migration.key, step)
            return
        transaction = await self.driver.begin()
        if self.dialect == "mysql":  # which commits for every change of a table: the record says how far it came
            transaction.unguard()
        try:
            if limit := self.patience.local_sql(self.dialect):
                await transaction.execute(limit, ())
            await carrier.run(unit, transaction, transaction)
            await self.recorder.advance(transaction, migration.key, step)
            await transaction.commit()
        except BaseException:
            with contextlib.suppress(Exception):
                await transaction.rollback()
            raise

    async def _refuse_early(self, units: list[Unit]) -> None:
        """What would be refused in the middle is refused before anything has changed, as far as it can be asked."""
        for unit in units:
            if isinstance(unit, Refusal):
                with contextlib.suppress(OperationalError):  # about what the migration has yet to make
                    await refuse(self.driver, unit.sql, unit.fact, self.driver.dialect)

    async def downgrade(
        self, target: Key | None = None, *, fake: bool = False, app: str | None = None, inclusive: bool = False
    ) -> list[Done]:
        """Undo the migration that was applied last (of `app`), or all that follow `target`, with it if `inclusive`.

        `fake` only records it.

        Raises:
            ParamsError: one of them cannot be undone, or nothing has been applied.
        """
        done: list[Done] = []
        listed = self.reverse_plan(await self.applied(), target, app, inclusive)
        if self.history.squashed:
            await self._as_listed(listed)
        applied = await self.applied()
        complete = complete_in(applied)
        for migration in listed:
            begun = time.monotonic()
            self.show(f"revert {migration.key}")
            complete -= {migration.key, *self.history.behind(migration)}
            halfway = migration.key in applied and not applied[migration.key].complete
            await self.patience.again(partial(self._undo, migration, fake, complete, halfway), self.show)
            done.append(Done(migration.key, True, time.monotonic() - begun, self.alias))
        return done

    def reverse_plan(
        self,
        applied: Mapping[Key, Applied],
        target: Key | None = None,
        app: str | None = None,
        inclusive: bool = False,
    ) -> list[Loaded]:
        """What has to be undone, the last one first: behind `target`, else the last one (of `app`) and what needs it.

        If `inclusive`, `target` too.

        Raises:
            ParamsError: nothing is applied.
        """
        complete = self._with_parts(complete_in(applied), target)
        history = self.history.for_database(complete, target, apart=True)
        known = [each.key for each in history.order if each.key in applied or history.has(each, complete)]
        if target is not None and target.name == ZERO:
            following = {key for each in known if each.app == target.app for key in history.after(each)}
        elif target is not None:
            following = history.after(target) - (set() if inclusive else {target})
        else:
            mine = [key for key in known if app in (None, key.app)]
            if not mine:
                raise ParamsError("no migration is applied, so there is nothing to undo")
            following = history.after(mine[-1])
        return [history.migrations[key] for key in reversed(known) if key in following]

    def _with_parts(self, complete: frozenset[Key], target: Key | None) -> frozenset[Key]:
        """With what a squashed migration stands for, where `target` is a part of it."""
        for each in self.history.squashed:
            behind = self.history.behind(each)
            if target in behind and each.key in complete:
                complete |= behind
        return complete

    async def _as_listed(self, listed: Sequence[Loaded]) -> None:
        """Have the record say what is about to be undone: a squashed migration, or what it stands for."""
        lock = await alone(self.driver, self.patience.wait)
        try:
            session = self.driver if self.dialect == "mysql" else lock
            await self.recorder.prepare(session)
            applied = await self.recorder.applied(session)
            for each in [each for each in listed if each.replaces and each.key not in applied]:
                await self.recorder.record(session, each)
            for squashed in self.history.squashed:
                behind = self.history.behind(squashed)
                if squashed.key in applied and any(each.key in behind for each in listed):
                    for key in squashed.replaces:
                        if key not in applied:
                            await self.recorder.record(session, self.history.hidden[key])
                    await self.recorder.forget(session, squashed.key)
            await lock.commit()
        finally:
            await end(self.driver, lock)

    async def _undo(self, migration: Loaded, fake: bool, staying: frozenset[Key], halfway: bool) -> None:
        """Undo a migration in a database that keeps those of `staying`, unless another process has.

        Where that stopped `halfway` before, it goes on from there.
        """
        before = self.history.for_database(staying).state(staying)
        units = [] if fake else reverse_units_of(migration, before, self.dialect, self.here)
        loose = self.dialect == "sqlite" and needs_loose_keys(units)
        if loose:
            await self.driver.script("PRAGMA foreign_keys = OFF")
        lock = None
        try:
            lock = await alone(self.driver, self.patience.wait)
            atomic = self._is_atomic(migration) and not halfway
            recorded = (await self.recorder.applied(lock if atomic else self.driver)).get(migration.key)
            if recorded is None:
                return
            if atomic:
                await self._together(migration, units, lock, loose, backwards=True)
            else:
                await self._undo_one_by_one(migration, units, recorded)
        finally:
            if lock is not None:
                await end(self.driver, lock)
            if loose:
                await self.driver.script("PRAGMA foreign_keys = ON")

    async def _undo_one_by_one(self, migration: Loaded, units: list[Unit], recorded: Applied) -> None:
        """The record counts down from -1: that many units, less one, are undone."""
        first = -(recorded.step or -1) - 1
        if recorded.step is None:
            await self._refuse_early(units)
            await self.recorder.advance(self.driver, migration.key, -1)
        elif recorded.step >= 0:
            raise ParamsError(f"applying {migration.key} was interrupted: run upgrade again before undoing it")
        carrier = Carrier(self.config, self.driver, migration.key.app, Progress(self.show))
        for at, unit in enumerate(units):
            if at >= first:
                carrier.progress.at(at + 1, len(units))
                await self._single(migration, carrier, unit, recorded.step is not None and at == first, -at - 2)
        for key in (migration.key, *self.history.behind(migration)):
            await self.recorder.forget(self.driver, key)


def complete_in(applied: Mapping[Key, Applied]) -> frozenset[Key]:
    """The migrations that have been carried out whole."""
    return frozenset(key for key, each in applied.items() if each.complete)


def state_of(history: History, applied: Mapping[Key, Applied]) -> State:
    """The models that a database has the tables of."""
    return history.state(complete_in(applied))


def planned(plan: Sequence[Loaded]) -> Iterator[str]:
    """A plan as it is shown before it is carried out: each migration, and what it does."""
    if plan:
        yield f"to apply: {len(plan)} {'migration' if len(plan) == 1 else 'migrations'}"
    for each in plan:
        yield f"  {each.key}"
        yield from (f"    {operation.describe()}" for operation in each.operations)
