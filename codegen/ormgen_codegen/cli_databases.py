"""`ormgen upgrade`, `downgrade`, `status` and their kin: what migrations do to databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ormgen import migrations
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.api import Entry
from ormgen.migrations.history import History
from ormgen.migrations.live import details, live
from ormgen.migrations.patience import LOCK_TIMEOUT, WAIT
from ormgen.migrations.places import VARIABLE, VARIABLES, places
from ormgen.migrations.runner import Done
from ormgen.schema.names import did_you_mean
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, read
from ormgen_codegen.cli_migrate import DIALECTS, folders
from ormgen_codegen.config import load_config
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.inspect_models import models_source
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.source_state import state_of

Command = Callable[..., Any]
TARGET = click.argument("target", nargs=-1, metavar="[TARGET]")


def at_database(command: Command) -> Command:
    """The options that say which database is meant."""
    command = click.option("--location", help="The folder with a folder of migrations for each app.")(command)
    command = click.option("--app", help="The app that a target belongs to.")(command)
    shown = "A database URL, the path of settings (settings.ORMGEN) or a file of settings."
    return click.option("--config", "-c", "--config-file", "settings", envvar=VARIABLES, help=shown)(command)


def patient(command: Command) -> Command:
    """The options that say how long locks are waited for."""
    told = "Seconds that a statement waits for a lock; then it is undone and tried again. 0: no limit."
    command = click.option("--lock-timeout", type=float, default=LOCK_TIMEOUT, show_default=True, help=told)(command)
    told = "Seconds to wait for locked tables and for other processes that migrate."
    return click.option("--wait", type=float, default=WAIT, show_default=True, help=told)(command)


def place(settings: str | None, location: str | None) -> dict[str, Any]:
    """The settings and the folder, from the options or else from pyproject.toml."""
    config = load_config(Path.cwd())
    root = config.root or Path.cwd()
    named = settings or config.orm
    if named is None:
        hint = f"give --config, set {VARIABLE}, or run `ormgen init -t settings.ORMGEN`"
        raise ConfigurationError(f"no database is named: {hint}")
    return {"settings": named, "location": root / (location or config.location), "search": root}


@click.command(short_help="Apply the migrations that a database lacks.")
@TARGET
@at_database
@patient
@click.option("--fake", is_flag=True, help="Only record them as applied.")
@click.option("--plan", "--dry-run", "planning", is_flag=True, help="Print what would be applied.")
def upgrade(
    target: tuple[str, ...],
    settings: str | None,
    location: str | None,
    app: str | None,
    fake: bool,
    planning: bool,
    lock_timeout: float,
    wait: float,
) -> None:
    """Apply the migrations that a database lacks, or as many as TARGET needs.

    TARGET is 0002, 0002_name, models.0002 or "models 0002"; models or models.__latest__ are all of an app.
    """

    def work() -> int:
        where = {"target": _joined(target), "app": app, **place(settings, location)}
        if planning:
            for key in asyncio.run(migrations.plan(**where)):
                console.say(str(key))
            return console.DONE
        given = {"fake": fake, "show": console.note, "lock_timeout": lock_timeout or None, "wait": wait, **where}
        done = asyncio.run(migrations.upgrade(**given))
        return _told(done, "nothing to apply")

    leave(work)


@click.command(short_help="Undo the migration that was applied last.")
@TARGET
@at_database
@patient
@click.option("--fake", is_flag=True, help="Only record it as undone.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def downgrade(
    target: tuple[str, ...],
    settings: str | None,
    location: str | None,
    app: str | None,
    fake: bool,
    yes: bool,
    lock_timeout: float,
    wait: float,
) -> None:
    """Undo the migration that was applied last, or all that follow TARGET. What they added goes, with its values.

    TARGET is 0002, models.0002 or "models 0002"; models is the last one of an app, "models zero" all of it.
    """

    def work() -> int:
        where = _backwards(target, app, place(settings, location))
        keys = asyncio.run(migrations.reverse_plan(**where))
        if not keys:
            console.note("nothing to undo")
            return console.DONE
        names = ", ".join(str(key) for key in keys)
        if not yes and not click.confirm(f"undo {names}? what they added goes, with its values", err=True):
            return console.FOUND
        given = {"fake": fake, "show": console.note, "lock_timeout": lock_timeout or None, "wait": wait, **where}
        done = asyncio.run(migrations.downgrade(**given))
        return _told(done, "nothing to undo")

    leave(work)


def _joined(target: tuple[str, ...]) -> str | None:
    """A target that may be written as app and name."""
    if len(target) > 2:
        raise click.UsageError(f"one target, or an app and a name, not {' '.join(target)}")
    return ".".join(target) or None


def _backwards(target: tuple[str, ...], app: str | None, where: dict[str, Any]) -> dict[str, Any]:
    """What is to be undone; an app alone is its last migration."""
    alone = len(target) == 1 and target[0] in places(where["settings"], where["location"], where["search"]).folders
    return {"target": None, "app": target[0], **where} if alone else {"target": _joined(target), "app": app, **where}


def _told(done: list[Done], nothing: str) -> int:
    for each in done:
        console.note(f"{'reverted' if each.backwards else 'applied'} {each.key} in {each.seconds:.2f} s")
    if not done:
        console.note(nothing)
    return console.DONE


@click.command(short_help="Print every migration and when it was applied.")
@at_database
def history(settings: str | None, location: str | None, app: str | None) -> None:
    """Print every migration in order, and when it was applied."""
    leave(lambda: _print_entries(settings, location, app, lambda entry: True))


@click.command(short_help="Print the migrations that are not applied yet.")
@at_database
def status(settings: str | None, location: str | None, app: str | None) -> None:
    """Print the migrations that a database lacks; exit code 1 if there are some."""

    def work() -> int:
        missing: list[Entry] = []
        _print_entries(settings, location, app, lambda entry: entry.applied_at is None, missing)
        if not missing:
            console.note("the database has every migration")
        return console.FOUND if missing else console.DONE

    leave(work)


def _print_entries(
    settings: str | None,
    location: str | None,
    app: str | None,
    wanted: Callable[[Entry], bool],
    found: list[Entry] | None = None,
) -> int:
    for entry in asyncio.run(migrations.status(**place(settings, location))):
        if wanted(entry) and app in (None, entry.key.app):
            console.say(f"{entry.key}  {_when(entry)}")
            if found is not None:
                found.append(entry)
    return console.DONE


def _when(entry: Entry) -> str:
    if entry.step is not None:
        return "interrupted"
    moment = "not applied" if entry.applied_at is None else entry.applied_at.isoformat(" ", "seconds")
    return moment if entry.has_file else f"{moment}, without a file"


@click.command(short_help="Print the last migrations of each app.")
@click.option("--app", help="Only those of this app.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
def heads(location: str | None, app: str | None) -> None:
    """Print the last migration of each app; several where branches have to be merged. No database is asked."""

    def work() -> int:
        config = load_config(Path.cwd())
        known = migrations.heads((config.root or Path.cwd()) / (location or config.location))
        for label, keys in known.items():
            for key in keys if app in (None, label) else ():
                console.say(str(key))
        return console.FOUND if any(len(keys) > 1 for keys in known.values()) else console.DONE

    leave(work)


@click.command(short_help="Print the SQL of a migration.")
@click.argument("target", nargs=-1, required=True, metavar="TARGET")
@click.option("--dialect", type=click.Choice(DIALECTS), help="By default that of the settings.")
@click.option("--backward", is_flag=True, help="The SQL that undoes it.")
@click.option("--app", help="The app that the target belongs to.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
@click.option("--config", "-c", "--config-file", "settings", envvar=VARIABLES, help="Settings that name a database.")
def sqlmigrate(
    target: tuple[str, ...],
    dialect: str | None,
    backward: bool,
    app: str | None,
    location: str | None,
    settings: str | None,
) -> None:
    """Print the SQL of the migration TARGET. No database is asked."""

    def work() -> int:
        config = load_config(Path.cwd())
        base = (config.root or Path.cwd()) / (location or config.location)
        spoken = dialect or _dialect(place(settings, location))
        console.say(migrations.sqlmigrate(spoken, _joined(target) or "", location=base, app=app, backward=backward))
        return console.DONE

    leave(work)


def _dialect(where: dict[str, Any]) -> str:
    spoken = {
        each.dialect for each in places(where["settings"], where["location"], where["search"]).connections.values()
    }
    if len(spoken) != 1:
        raise ConfigurationError(f"the settings name databases of {' and '.join(sorted(spoken))}: say --dialect")
    return spoken.pop()


@click.command("init-db", short_help="Write the first migrations and apply them.")
@at_database
@click.option("--safe/--no-safe", default=True, hidden=True, help="Of aerich; tables that are there are never touched.")
def init_db(settings: str | None, location: str | None, app: str | None, safe: bool) -> None:
    """Write the first migrations, unless there are some, and apply what the database lacks."""

    def work() -> int:
        config = load_config(Path.cwd())
        known = History.read(folders(config, location))
        if not known.migrations:
            generation = generate(known, state_of(read(())), Answers())
            generation.write()
            for each in generation.migrations:
                console.note(f"wrote {each.path}")
        done = asyncio.run(migrations.upgrade(show=console.note, **place(settings, location)))
        return _told(done, "the database has every migration")

    leave(work)


@click.command(short_help="Print models for the tables of a database.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--table", "-t", "more", multiple=True, help="The same as TABLE.")
@at_database
def inspectdb(
    tables: tuple[str, ...], more: tuple[str, ...], settings: str | None, location: str | None, app: str | None
) -> None:
    """Print the source of models for the tables of a database, or for TABLE..."""

    def work() -> int:
        where = place(settings, location)
        found = asyncio.run(live(where["settings"], search=where["search"]))
        wanted = (*tables, *more)
        if unknown := [name for name in wanted if name not in found]:
            raise ConfigurationError(f"there is no table {unknown[0]}; {did_you_mean(unknown[0], found)}")
        chosen = {name: found[name] for name in wanted or found}
        more_of = asyncio.run(details(where["settings"], search=where["search"]))
        console.say(models_source(chosen, app or "models", more_of))
        return console.DONE

    leave(work)
