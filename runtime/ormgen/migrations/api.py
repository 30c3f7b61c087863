"""What programs call: `await migrations.upgrade("postgres://…")` at the start of a service."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.history import LATEST, History
from ormgen.migrations.migration import Key, Loaded
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.patience import LOCK_TIMEOUT, WAIT, Patience
from ormgen.migrations.places import LOCATION, Places, Settings, places
from ormgen.migrations.recorder import Applied
from ormgen.migrations.runner import ZERO, Done, Show, complete_in
from ormgen.migrations.state import State
from ormgen.migrations.units import Script, reverse_units_of, unit_texts, units_of
from ormgen.records import dataclass, replace
from ormgen.sql.ddl_steps import Statement


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration of the history; `applied_at` is None where it is not applied, `step` where it is not half done.

    `seconds` is how long it took, `by` who has applied it (user@host), `checksum` that of the file as it was then, or
    is now where it is not applied (SHA-256), `version` the version of ormgen that has applied it, `database` the
    connection.
    """

    key: Key
    applied_at: datetime.datetime | None
    step: int | None
    has_file: bool
    seconds: float | None = None
    by: str | None = None
    checksum: str = ""
    version: str | None = None
    database: str = "default"


def _quiet(text: str) -> None:
    """Say nothing."""


def resolve_target(history: History, target: str | None, app: str | None = None) -> Key | None:
    """The migration that `target` names: `0003`, `0003_name`, `app.0003_name`; None for all.

    `app`, `app.__latest__` and `__latest__` are the last one of an app, `app.zero` stands for none of them.

    Raises:
        ConfigurationError: there is none, or it could be that of several apps.
    """
    return None if target is None else some_target(history, target, app, hidden=True)


def some_target(history: History, target: str, app: str | None = None, *, hidden: bool = False) -> Key:
    """The same, of a target that is named; if `hidden`, also one that a squashed one stands for."""
    label, _, name = target.rpartition(".")
    label = label or app or ""
    apps = sorted({key.app for key in history.migrations})
    if not label and name in apps:
        label, name = name, LATEST
    if not label:
        if len(apps) != 1:
            raise ConfigurationError(f"write the app too, as in {apps[0] if apps else 'models'}.{target}")
        label = apps[0]
    return Key(label, ZERO) if name == ZERO and label in apps else history.find(label, name, hidden=hidden)


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
    in_transaction: bool | None = None,
) -> list[Done]:
    """Apply every migration that a database lacks, or as many as `target` needs; says which were applied.

    Any number of processes may do so at once: each migration is applied by one of them. One that was interrupted is
    taken up where it stopped. `location` is the folder with a folder of migrations for each app, `search` one in which
    modules of settings are found; `fake` records migrations without doing anything. A statement waits `lock_timeout`
    seconds for a lock on PostgreSQL, MariaDB and MySQL (None: as long as the server lets it), so that others do not
    queue behind it; then what it belongs to is tried again, for `wait` seconds. `in_transaction` says for all of them
    what `atomic` says in each file; SQLite has a transaction always, MariaDB and MySQL none.

    Raises:
        ConfigurationError: settings or migration files are wrong.
        ParamsError: rows stand in the way of a migration; it has changed nothing.
        OperationalError: the database refused.
    """
    found = places(settings, location, search)
    done: list[Done] = []
    for runner in found.runners(show, alias, Patience(lock_timeout, wait), in_transaction=in_transaction):
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
    inclusive: bool = False,
) -> list[Done]:
    """Undo the migration that was applied last (of `app`, and what needs it), or all that follow `target`.

    If `inclusive`, `target` is undone too.

    Raises:
        ConfigurationError: settings or migration files are wrong.
        ParamsError: one of them cannot be undone; rows stand in the way; nothing is applied.
        OperationalError: the database refused.
    """
    found = places(settings, location, search)
    done: list[Done] = []
    for runner in found.runners(show, alias, Patience(lock_timeout, wait)):
        async with runner.opened():
            wanted = resolve_target(runner.history, target, app)
            done += await runner.downgrade(wanted, fake=fake, app=app, inclusive=inclusive)
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
    inclusive: bool = False,
) -> list[Key]:
    """The migrations that `downgrade` would undo, in order.

    Raises:
        ParamsError: nothing is applied.
    """
    found = places(settings, location, search)
    keys: list[Key] = []
    for runner in found.runners(alias=alias):
        async with runner.opened():
            wanted = resolve_target(runner.history, target, app)
            listed = runner.reverse_plan(await runner.applied(), wanted, app, inclusive)
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
            listed = _entries(runner.history, await runner.recorder.applied(runner.driver))
            entries += [replace(each, database=runner.alias) for each in listed]
    return entries


def _entries(known: History, applied: Mapping[Key, Applied]) -> list[Entry]:
    here = known.for_database(complete_in(applied))
    files = {**known.hidden, **here.migrations}
    listed = [each.key for each in here.order]
    listed += [key for key in applied if key not in here.migrations]
    return [_entry(key, applied, files.get(key)) for key in listed]


def _entry(key: Key, applied: Mapping[Key, Applied], loaded: Loaded | None) -> Entry:
    """A squashed migration is applied where all that it replaces are."""
    found = applied.get(key)
    if found is None and loaded is not None and loaded.replaces:
        replaced = [applied[each] for each in loaded.replaces if each in applied and applied[each].complete]
        found = replace(replaced[-1], checksum=loaded.checksum) if len(replaced) == len(loaded.replaces) else None
    if found is None:
        return Entry(key, None, None, loaded is not None, checksum=loaded.checksum if loaded else "")
    return Entry(
        key,
        found.applied_at,
        found.step,
        has_file=loaded is not None,
        seconds=found.seconds,
        by=found.by,
        checksum=found.checksum,
        version=found.version,
    )


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
    """The SQL of one migration for "sqlite", "postgres" or "mysql"; no database is asked.

    It is what `upgrade` runs on a database that has those in front of it, and `downgrade` on one that has them all.
    """
    known = (found or Places(_folders(location), {}, {})).history()
    key = some_target(known, target, app, hidden=True)
    known = known.for_database((), key)
    before = known.state(_around(known, key, backward))
    make = reverse_units_of if backward else units_of
    return "".join(f"{text};\n" for text in unit_texts(make(known.migrations[key], before, dialect), dialect))


def _around(known: History, key: Key, backward: bool) -> set[Key]:
    """The migrations that a database has which applies one in turn, or undoes it in turn: those of branches too."""
    if backward:
        return {each.key for each in known.order} - known.after(key)
    listed = [each.key for each in known.order]
    return set(listed[: listed.index(key)])


def steps_text(key: Key, operations: Sequence[Operation], before: State, dialect: str) -> tuple[str, State]:
    """The SQL of operations that are not in a file yet, and the models after them."""
    migration = Loaded(key, "", "", (), (), (), tuple(operations), True)
    text = "".join(f"{each};\n" for each in unit_texts(units_of(migration, before, dialect), dialect))
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
