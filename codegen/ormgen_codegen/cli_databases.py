"""`ormgen upgrade`, `status`, `history` and their kin: what databases have of migrations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable
from pathlib import Path
from typing import Any

import click

from ormgen import migrations
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.api import Entry
from ormgen.migrations.live import details, live
from ormgen.migrations.migration import Key
from ormgen.migrations.patience import LOCK_TIMEOUT, WAIT
from ormgen.migrations.places import VARIABLE, VARIABLES, places
from ormgen.migrations.runner import Done
from ormgen.records import asdict
from ormgen.schema.names import did_you_mean
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, say_json
from ormgen_codegen.cli_migrate import DIALECTS
from ormgen_codegen.config import load_config
from ormgen_codegen.findings import as_data
from ormgen_codegen.migrations.inspect_models import models_source, remarks
from ormgen_codegen.migrations.lint import lint
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position
from ormgen_codegen.write import Change, write

Command = Callable[..., Any]
Shown = Callable[[Entry], str]
TARGET = click.argument("target", nargs=-1, metavar="[TARGET]")
JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


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
    if settings is not None and Path(settings).name == "pyproject.toml":
        config, settings = load_config(Path(settings).resolve().parent), None
    root = config.root or Path.cwd()
    named = settings or config.orm
    if named is None:
        hint = f"give --config, set {VARIABLE}, or run `ormgen init -t settings.ORMGEN`"
        raise ConfigurationError(f"no database is named: {hint}")
    return {"settings": named, "location": root / (location or config.location), "search": config.source_folder}


@click.command()
@TARGET
@at_database
@patient
@click.option("--fake", is_flag=True, help="Only record them as applied.")
@click.option("--plan", "--dry-run", "planning", is_flag=True, help="Print what would be applied.")
@click.option(
    "--in-transaction",
    "-i",
    type=bool,
    help="Whether a migration is one transaction, whatever its file says as `atomic`; where the database has a choice.",
)
@JSON
def upgrade(
    target: tuple[str, ...],
    settings: str | None,
    location: str | None,
    app: str | None,
    fake: bool,
    planning: bool,
    in_transaction: bool | None,
    lock_timeout: float,
    wait: float,
    as_json: bool,
) -> None:
    """Apply the migrations that a database lacks, or as many as TARGET needs.

    TARGET is 0002, 0002_name, models.0002 or "models 0002"; models or models.__latest__ are all of an app.
    """

    def work() -> int:
        where = {"target": joined(target), "app": app, **place(settings, location)}
        if planning:
            return planned(migrations.plan, where, as_json)
        given = {"fake": fake, "show": console.note, "lock_timeout": lock_timeout or None, "wait": wait, **where}
        done = asyncio.run(migrations.upgrade(in_transaction=in_transaction, **given))
        return told(done, "nothing to apply", as_json)

    leave(work)


def joined(target: tuple[str, ...]) -> str | None:
    """A target that may be written as app and name."""
    if len(target) > 2:
        raise click.UsageError(f"one target, or an app and a name, not {' '.join(target)}")
    return ".".join(target) or None


def planned(plan: Callable[..., Coroutine[Any, Any, list[Key]]], where: dict[str, Any], as_json: bool) -> int:
    """Print what would be done, with the name of the database where there are several."""
    aliases = places(where["settings"], where["location"], where["search"]).used
    found = {alias: asyncio.run(plan(alias=alias, **where)) for alias in aliases}
    if plan is migrations.plan:
        _warn_of({key for keys in found.values() for key in keys}, where)
    if as_json:
        say_json([str(key) for keys in found.values() for key in keys])
    for alias, keys in () if as_json else found.items():
        for key in keys:
            console.say(f"{key}{_on(alias, found)}")
    return console.DONE


def _warn_of(keys: Collection[Key], where: dict[str, Any]) -> None:
    """What `ormgen lint` says of migrations that are going to be applied, squawk not asked."""
    history = places(where["settings"], where["location"], where["search"]).history()
    listed = [each for each in history.states() if each[0].key in keys] if keys else []
    for warned in lint(listed):
        console.note(f"warning: {warned.migration}: {warned.kind}: {warned.fact}")
        console.note(f"hint: {warned.hint}")


def _on(database: str, databases: Collection[str]) -> str:
    """Which of several databases is meant; nothing where there is one, called `default` as usual."""
    return f"  on {database}" if len(databases) > 1 or database != "default" else ""


def told(done: list[Done], nothing: str, as_json: bool = False) -> int:
    """Print what was done."""
    if as_json:
        say_json([{**asdict(each), "key": str(each.key)} for each in done])
        return console.DONE
    databases = {each.database for each in done}
    for each in done:
        what = "reverted" if each.backwards else "applied"
        console.note(f"{what} {each.key} in {each.seconds:.2f} s{_on(each.database, databases)}")
    if not done:
        console.note(nothing)
    return console.DONE


APPS = click.argument("apps", nargs=-1, metavar="[APP]...")


@click.command()
@APPS
@at_database
@JSON
def history(apps: tuple[str, ...], settings: str | None, location: str | None, app: str | None, as_json: bool) -> None:
    """Print every migration in order, or those of APP...

    With when it was applied, in how many seconds, by whom, with which version of ormgen, and the beginning of the
    checksum of its file.
    """

    def work() -> int:
        found, databases = _entries(settings, location, _named(apps, app))
        _print_entries(found, databases, as_json, _whole)
        return console.DONE

    leave(work)


@click.command()
@APPS
@at_database
@JSON
def status(apps: tuple[str, ...], settings: str | None, location: str | None, app: str | None, as_json: bool) -> None:
    """Print the migrations that a database lacks; exit code 1 if there are some."""

    def work() -> int:
        found, databases = _entries(settings, location, _named(apps, app))
        missing = [each for each in found if each.applied_at is None]
        _print_entries(missing, databases, as_json, _when)
        if not missing and not as_json:
            console.note("the database has every migration")
        return console.FOUND if missing else console.DONE

    leave(work)


def _named(apps: tuple[str, ...], app: str | None) -> tuple[str, ...]:
    return apps or ((app,) if app is not None else ())


def _entries(settings: str | None, location: str | None, apps: tuple[str, ...]) -> tuple[list[Entry], set[str]]:
    """The entries of some apps, and the names of all databases."""
    found = asyncio.run(migrations.status(**place(settings, location)))
    known = _known(apps, {each.key.app for each in found})
    return [each for each in found if not apps or each.key.app in known], {each.database for each in found}


def _known(apps: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    for app in apps:
        if app not in known:
            raise ConfigurationError(f"there is no app `{app}` with migrations; {did_you_mean(app, known)}")
    return apps


def _print_entries(entries: Iterable[Entry], databases: Collection[str], as_json: bool, shown: Shown) -> None:
    if as_json:
        say_json([_entry_data(entry) for entry in entries])
    for entry in () if as_json else entries:
        console.say(f"{entry.key}{_on(entry.database, databases)}  {shown(entry)}")


def _entry_data(entry: Entry) -> dict[str, Any]:
    moment = None if entry.applied_at is None else entry.applied_at.isoformat()
    return {**asdict(entry), "key": str(entry.key), "applied_at": moment}


def _when(entry: Entry) -> str:
    if entry.step is not None:
        return "interrupted"
    moment = "not applied" if entry.applied_at is None else entry.applied_at.isoformat(" ", "seconds")
    return moment if entry.has_file else f"{moment}, without a file"


def _whole(entry: Entry) -> str:
    took = [] if entry.seconds is None else [f"{entry.seconds:.2f} s"]
    by = [] if entry.by is None or entry.applied_at is None else [f"by {entry.by}"]
    tool = [] if entry.version is None or entry.applied_at is None else [f"with ormgen {entry.version}"]
    return "  ".join([_when(entry), *took, *by, *tool, f"checksum {entry.checksum[:12]}"])


@click.command()
@APPS
@click.option("--app", help="Only those of this app.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
@JSON
def heads(apps: tuple[str, ...], location: str | None, app: str | None, as_json: bool) -> None:
    """Print the last migration of each app; several where branches have to be merged. No database is asked."""

    def work() -> int:
        config = load_config(Path.cwd())
        known = migrations.heads((config.root or Path.cwd()) / (location or config.location))
        wanted = _known(_named(apps, app), known) or tuple(known)
        if as_json:
            say_json({label: [str(key) for key in known[label]] for label in wanted})
        for label in () if as_json else wanted:
            for key in known[label]:
                console.say(str(key))
        return console.FOUND if any(len(known[label]) > 1 for label in wanted) else console.DONE

    leave(work)


@click.command()
@click.argument("target", nargs=-1, required=True, metavar="TARGET")
@click.option("--dialect", type=click.Choice(DIALECTS), help="By default that of the settings.")
@click.option("--backward", is_flag=True, help="The SQL that undoes it.")
@click.option("--app", help="The app that the target belongs to.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
@click.option("--config", "-c", "--config-file", "settings", envvar=VARIABLES, help="Settings that name a database.")
@JSON
def sqlmigrate(
    target: tuple[str, ...],
    dialect: str | None,
    backward: bool,
    app: str | None,
    location: str | None,
    settings: str | None,
    as_json: bool,
) -> None:
    """Print the SQL of the migration TARGET. No database is asked."""

    def work() -> int:
        config = load_config(Path.cwd())
        base = (config.root or Path.cwd()) / (location or config.location)
        spoken = dialect or _dialect(place(settings, location))
        text = migrations.sqlmigrate(spoken, joined(target) or "", location=base, app=app, backward=backward)
        if as_json:
            say_json({"dialect": spoken, "sql": text})
        else:
            console.say(text)
        return console.DONE

    leave(work)


def _dialect(where: dict[str, Any]) -> str:
    spoken = {
        each.dialect for each in places(where["settings"], where["location"], where["search"]).connections.values()
    }
    if len(spoken) != 1:
        raise ConfigurationError(f"the settings name databases of {' and '.join(sorted(spoken))}: say --dialect")
    return spoken.pop()


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--table", "-t", "more", multiple=True, help="The same as TABLE.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file to write, instead of printing.")
@at_database
@JSON
def inspectdb(
    tables: tuple[str, ...],
    more: tuple[str, ...],
    output: Path | None,
    settings: str | None,
    location: str | None,
    app: str | None,
    as_json: bool,
) -> None:
    """Print the source of models for the tables of a database, or for TABLE...

    What models cannot say stands there in comments, which are told as warnings too.
    """

    def work() -> int:
        where = place(settings, location)
        found = asyncio.run(live(where["settings"], search=where["search"]))
        wanted = (*tables, *more)
        if unknown := [name for name in wanted if name not in found]:
            raise ConfigurationError(f"there is no table {unknown[0]}; {did_you_mean(unknown[0], found)}")
        chosen = {name: found[name] for name in wanted or found}
        more_of = asyncio.run(details(where["settings"], search=where["search"]))
        source = models_source(chosen, app or "models", more_of)
        shown = str(output) if output is not None else "models.py"
        left = [Finding(Position(shown, line, at), "warning", fact) for line, at, fact in remarks(source)]
        if output is not None:
            write(Change(output, None, source))
            console.note(f"wrote {output}")
        if as_json:
            say_json({"source": source, "left": as_data(left)})
        elif output is None:
            console.say(source)
        if not as_json:
            console.tell(left)
        return console.DONE

    leave(work)
