"""What programs call: `await migrations.upgrade("postgres://…")` at the start of a service."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.history import LATEST, History
from ormgen.migrations.migration import Key, Loaded
from ormgen.migrations.operations import Operation
from ormgen.migrations.patience import LOCK_TIMEOUT, WAIT, Patience
from ormgen.migrations.places import LOCATION, Places, Settings, places
from ormgen.migrations.recorder import Applied
from ormgen.migrations.runner import ZERO, Done, Show
from ormgen.migrations.state import State
from ormgen.migrations.units import Script, reverse_units_of, unit_texts, units_of
from ormgen.sql.ddl_steps import Statement


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration of the history; `applied_at` is None where it is not applied, `step` where it is not half done."""

    key: Key
    applied_at: datetime.datetime | None
    step: int | None
    has_file: bool


def _quiet(text: str) -> None:
    """Say nothing."""


def resolve_target(history: History, target: str | None, app: str | None = None) -> Key | None:
    """The migration that `target` names: `0003`, `0003_name`, `app.0003_name`; None for all.

    `app`, `app.__latest__` and `__latest__` are the last one of an app, `app.zero` stands for none of them.

    Raises:
        ConfigurationError: there is none, or it could be that of several apps.
    """
    return None if target is None else some_target(history, target, app)


def some_target(history: History, target: str, app: str | None = None) -> Key:
    """The same, of a target that is named."""
    label, _, name = target.rpartition(".")
    label = label or app or ""
    apps = sorted({key.app for key in history.migrations})
    if not label and name in apps:
        label, name = name, LATEST
    if not label:
        if len(apps) != 1:
            raise ConfigurationError(f"write the app too, as in {apps[0] if apps else 'models'}.{target}")
        label = apps[0]
    return Key(label, ZERO) if name == ZERO and label in apps else history.find(label, name)


async def upgrade(
    settings: Settings | None = None,
    target: str | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    app: str | None = None,
    alias: str | None = None,
    fake: bool = False,
    show: Show = _quiet,
    lock_timeout: float | None = LOCK_TIMEOUT,
    wait: float = WAIT,
) -> list[Done]:
    """Apply every migration that a database lacks, or as many as `target` needs; says which were applied.

    Any number of processes may do so at once: each migration is applied by one of them. One that was interrupted is
    taken up where it stopped. `location` is the folder with a folder of migrations for each app, `search` one in which
    modules of settings are found; `fake` records migrations without doing anything. A statement waits `lock_timeout`
    seconds for a lock on PostgreSQL, MariaDB and MySQL (None: as long as the server lets it), so that others do not
    queue behind it; then what it belongs to is tried again, for `wait` seconds.

    Raises:
        ConfigurationError: settings or migration files are wrong.
        ParamsError: rows stand in the way of a migration; it has changed nothing.
        OperationalError: the database refused.
    """
    found = places(settings, location, search)
    done: list[Done] = []
    for runner in found.runners(show, alias, Patience(lock_timeout, wait)):
        async with runner.opened():
            done += await runner.upgrade(resolve_target(runner.history, target, app), fake=fake)
    return done


migrate = upgrade


async def downgrade(
    settings: Settings | None = None,
    target: str | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    app: str | None = None,
    alias: str | None = None,
    fake: bool = False,
    show: Show = _quiet,
    lock_timeout: float | None = LOCK_TIMEOUT,
    wait: float = WAIT,
) -> list[Done]:
    """Undo the migration that was applied last (of `app`, and what needs it), or all that follow `target`.

    Raises:
        ConfigurationError: settings or migration files are wrong.
        ParamsError: one of them cannot be undone; rows stand in the way; nothing is applied.
        OperationalError: the database refused.
    """
    found = places(settings, location, search)
    done: list[Done] = []
    for runner in found.runners(show, alias, Patience(lock_timeout, wait)):
        async with runner.opened():
            done += await runner.downgrade(resolve_target(runner.history, target, app), fake=fake, app=app)
    return done


async def plan(
    settings: Settings | None = None,
    target: str | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    app: str | None = None,
    alias: str | None = None,
) -> list[Key]:
    """The migrations that `upgrade` would apply, in order."""
    found = places(settings, location, search)
    keys: list[Key] = []
    for runner in found.runners(alias=alias):
        async with runner.opened():
            listed = runner.plan(await runner.applied(), resolve_target(runner.history, target, app))
            keys += [migration.key for migration in listed]
    return keys


async def reverse_plan(
    settings: Settings | None = None,
    target: str | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    app: str | None = None,
    alias: str | None = None,
) -> list[Key]:
    """The migrations that `downgrade` would undo, in order.

    Raises:
        ParamsError: nothing is applied.
    """
    found = places(settings, location, search)
    keys: list[Key] = []
    for runner in found.runners(alias=alias):
        async with runner.opened():
            listed = runner.reverse_plan(await runner.applied(), resolve_target(runner.history, target, app), app)
            keys += [migration.key for migration in listed]
    return keys


async def status(
    settings: Settings | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    alias: str | None = None,
) -> list[Entry]:
    """Every migration in order, with when it was applied."""
    found = places(settings, location, search)
    entries: list[Entry] = []
    for runner in found.runners(alias=alias):
        async with runner.opened():
            entries += _entries(runner.history, await runner.recorder.applied(runner.driver))
    return entries


def _entries(known: History, applied: Mapping[Key, Applied]) -> list[Entry]:
    listed = [each.key for each in known.order]
    listed += [key for key in applied if key not in known.migrations]
    nothing = None
    return [
        Entry(key, each.applied_at if each else None, each.step if each else None, key in known.migrations)
        for key, each in ((key, applied.get(key, nothing)) for key in listed)
    ]


def heads(location: str | os.PathLike[str] = LOCATION, found: Places | None = None) -> dict[str, tuple[Key, ...]]:
    """The last migrations of each app; more than one where branches have to be merged. No database is asked."""
    known = (found or Places(_folders(location), {}, {})).history()
    return {app: known.heads(app) for app in known.folders}


def sqlmigrate(
    dialect: str,
    target: str,
    *,
    location: str | os.PathLike[str] = LOCATION,
    app: str | None = None,
    backward: bool = False,
    found: Places | None = None,
) -> str:
    """The SQL of one migration for "sqlite", "postgres" or "mysql"; no database is asked."""
    known = (found or Places(_folders(location), {}, {})).history()
    key = resolve_target(known, target, app)
    assert key is not None
    before = known.state(known.before(key) - {key})
    make = reverse_units_of if backward else units_of
    return "".join(f"{text};\n" for text in unit_texts(make(known.migrations[key], before, dialect)))


def steps_text(key: Key, operations: Sequence[Operation], before: State, dialect: str) -> tuple[str, State]:
    """The SQL of operations that are not in a file yet, and the models after them."""
    migration = Loaded(key, "", "", (), (), (), tuple(operations), True)
    text = "".join(f"{each};\n" for each in unit_texts(units_of(migration, before, dialect)))
    return text, migration.changed(before)


def operation_texts(migration: Loaded, before: State, dialect: str) -> Iterator[tuple[Operation, list[str]]]:
    """The statements of each operation of a migration; functions and checks of rows are none.

    Raises:
        UnSupportedError: the database cannot do that.
    """
    for operation in migration.operations:
        alone = replace(migration, operations=(operation,))
        units = units_of(alone, before, dialect)
        yield operation, [unit.sql for unit in units if isinstance(unit, Script | Statement)]
        before = alone.changed(before)


def _folders(location: str | os.PathLike[str]) -> Mapping[str, Path]:
    return places("sqlite://:memory:", location).folders
