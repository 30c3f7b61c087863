"""Takes over databases that another tool has made: compares, puts names and spellings in line, records the history.

No row is written, and every table has as many rows afterwards as before, or nothing has happened.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final

from ormgen.database.connect import make_driver
from ormgen.drivers.driver import Session
from ormgen.exceptions import ConfigurationError, OperationalError
from ormgen.migrations.carrying import Carrier, broken_references
from ormgen.migrations.elsewhere import ADOPTED, TABLES, Elsewhere, read_elsewhere
from ormgen.migrations.guard import alone, end
from ormgen.migrations.history import History
from ormgen.migrations.migration import Key, Loaded
from ormgen.migrations.places import LOCATION, Settings, places
from ormgen.migrations.progress import Progress
from ormgen.migrations.recorder import TABLE, Applied
from ormgen.migrations.runner import Runner
from ormgen.migrations.state import State
from ormgen.migrations.verify import throw_away
from ormgen.records import dataclass
from ormgen.sql.adoption import Fit, fit, live_name
from ormgen.sql.ddl import create_statements, qualified
from ormgen.sql.ddl_steps import Rebuilding, Step, texts
from ormgen.sql.ddl_tables import Table, TableName, tables_of
from ormgen.sql.introspect import LiveTable, live_tables
from ormgen.sql.introspect_names import LiveNames, live_names

NAME: Final = "adopted"


@dataclass(frozen=True)
class Seen:
    """The tables of a database with the names in them."""

    tables: Mapping[str, LiveTable]
    names: Mapping[str, LiveNames]


@dataclass(frozen=True)
class Examination:
    """How one database fits models; it can be taken over where there are no `faults`.

    `steps` make it as the models make it, each with what it does; `extras` are parts that no model has, which stay;
    `tables` are the tables of the models, `elsewhere` is what other tools say about their migrations in it.
    """

    faults: tuple[str, ...]
    extras: tuple[str, ...]
    steps: tuple[tuple[str, Step], ...]
    tables: tuple[TableName, ...]
    elsewhere: Elsewhere

    @property
    def told(self) -> tuple[str, ...]:
        """What would be done, in words."""
        return tuple(dict.fromkeys(told for told, _ in self.steps))

    @property
    def sql(self) -> tuple[str, ...]:
        """What would be done, as SQL."""
        return tuple(texts([step for _, step in self.steps]))


def baseline(history: History) -> tuple[Loaded, ...]:
    """The migrations that stand for what another tool had made, in order: those called …_adopted."""
    return tuple(each for each in history.order if ADOPTED.fullmatch(each.key.name))


def taken_over(applied: Mapping[Key, Applied], listed: Sequence[Loaded]) -> bool:
    """Whether a database has the migrations that stand for what another tool had made."""
    return all(each.key in applied and applied[each.key].complete for each in listed)


async def adopt(
    settings: Settings | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    alias: str | None = None,
) -> list[Key]:
    """Take over the databases that settings name, whose tables aerich or Tortoise ORM has made; says what is recorded.

    `ormgen adopt-migrations` has to have written the migrations called …_adopted before. A database that has them is
    left as it is.

    Raises:
        ConfigurationError: there are no such migrations, or a database does not fit them.
        OperationalError: the database refused; a throw-away database cannot be made.
    """
    done: list[Key] = []
    for runner in places(settings, location, search).runners(alias=alias):
        listed = baseline(runner.history)
        if not listed:
            told = "there is no migration called …_adopted; run `ormgen adopt-migrations` where the models are"
            raise ConfigurationError(told)
        async with runner.opened():
            if taken_over(await runner.applied(), listed):
                continue
            state = runner.history.state({each.key for each in listed})
            found = await examine(runner, state)
            if found.faults:
                raise ConfigurationError("the database does not fit the models:\n" + "\n".join(found.faults))
            await take_over(runner, found, listed)
            done += [each.key for each in listed]
    return done


async def examine(runner: Runner, state: State) -> Examination:
    """How the database of an opened runner fits models; a throw-away database is made beside it for comparison.

    Raises:
        OperationalError: it cannot be made.
    """
    here = runner.here(state.graph)
    tables = tables_of(state.graph, here)
    found = await _seen(runner.driver, runner.dialect)
    async with throw_away(runner.config) as scratch:
        driver = make_driver(scratch)
        try:
            for statement in create_statements(state.graph, runner.dialect, models=here):
                await driver.script(statement)
            wanted = await _seen(driver, runner.dialect)
        finally:
            await driver.close()
    fits = _fits(tables, wanted, found, runner.dialect)
    known = {live_name(table.name) for table in tables} | {TABLE, *TABLES}
    others = tuple(f"the table {name} belongs to no model" for name in found.tables if name not in known)
    return Examination(
        tuple(fault for each in fits for fault in each.faults),
        (*(extra for each in fits for extra in each.extras), *others),
        _ordered([step for each in fits for step in each.steps]),
        tuple(table.name for table in tables),
        await read_elsewhere(runner.driver, runner.dialect, found.tables),
    )


async def take_over(runner: Runner, found: Examination, migrations: Sequence[Loaded]) -> None:
    """Put a database in line and record migrations as applied, all in one transaction where the database can.

    Raises:
        OperationalError: the database refused, or another process is at it for too long; or a table would have other
            rows than before, and then nothing has changed but for names on MySQL and MariaDB.
    """
    loose = any(isinstance(step, Rebuilding) for _, step in found.steps)
    if loose:
        await runner.driver.script("PRAGMA foreign_keys = OFF")
    lock = None
    try:
        lock = await alone(runner.driver, runner.patience.wait)
        session: Session = runner.driver if runner.dialect == "mysql" else lock
        await runner.recorder.prepare(session)
        counts = await _counts(session, found.tables, runner.dialect)
        broken = await broken_references(session) if loose else set()
        carrier = Carrier(runner.config, runner.driver, "", Progress(runner.show))
        for _, step in found.steps:
            await carrier.run(step, session)
        if counts != await _counts(session, found.tables, runner.dialect):
            raise OperationalError("a table has other rows than before; is a program writing to it? stop it, and again")
        if loose and await broken_references(session) - broken:
            raise OperationalError("rows would point at nothing")
        for migration in migrations:
            await runner.recorder.record(session, migration)
        await lock.commit()
    finally:
        if lock is not None:
            await end(runner.driver, lock)
        if loose:
            await runner.driver.script("PRAGMA foreign_keys = ON")


async def _seen(session: Session, dialect: str) -> Seen:
    return Seen(await live_tables(session.fetch, dialect), await live_names(session.fetch, dialect))


def _fits(tables: Sequence[Table], wanted: Seen, found: Seen, dialect: str) -> list[Fit]:
    fits: list[Fit] = []
    for table in tables:
        name = live_name(table.name)
        if name not in found.tables:
            fits.append(Fit([f"table {name} is missing"]))
            continue
        names = wanted.names.get(name, LiveNames()), found.names.get(name, LiveNames())
        fits.append(fit(table, wanted.tables[name], found.tables[name], names, dialect))
    return fits


def _ordered(steps: list[tuple[int, str, Step]]) -> tuple[tuple[str, Step], ...]:
    return tuple((told, step) for _, told, step in sorted(steps, key=lambda each: each[0]))


async def _counts(session: Session, tables: Sequence[TableName], dialect: str) -> dict[TableName, int]:
    found: dict[TableName, int] = {}
    for name in tables:
        found[name] = (await session.fetch(f"SELECT COUNT(*) FROM {qualified(name, dialect)}", ()))[0][0]
    return found
