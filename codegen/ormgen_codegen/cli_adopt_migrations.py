"""`ormgen adopt-migrations`: goes on from where aerich or Tortoise ORM's own migrations have come to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.adopting import Examination, baseline, examine, take_over, taken_over
from ormgen.migrations.elsewhere import Elsewhere
from ormgen.migrations.history import History
from ormgen.migrations.migration import Loaded
from ormgen.migrations.places import Places, app_modules, places, read_settings
from ormgen.migrations.runner import Runner
from ormgen.migrations.state import State
from ormgen.records import dataclass, replace
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, say_json
from ormgen_codegen.cli_databases import at_database, place
from ormgen_codegen.cli_migrate import folders
from ormgen_codegen.config import Config, load_config, write_config
from ormgen_codegen.migrations.adopt import COMMANDS, Old, Plan, old_files, plan_of, state_before
from ormgen_codegen.migrations.source_state import state_of
from ormgen_codegen.run import read_run

CODES = (
    "Exit codes: 0 taken over, 1 the database does not fit (nothing has changed), 2 the command is wrong, "
    "3 --yes is needed."
)


@dataclass(frozen=True)
class Work:
    """What is known before anything is done; `examined` is by alias of the connection."""

    where: Places
    config: Config
    olds: tuple[Old, ...]
    plan: Plan | None
    examined: Mapping[str, Examination]
    faults: tuple[str, ...]


@click.command("adopt-migrations", epilog=CODES)
@at_database
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would be done.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON; asks nothing.")
def adopt_migrations(
    settings: str | None, location: str | None, app: str | None, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Go on from where aerich or Tortoise ORM's own migrations have come to.

    Compares the database with the models, writes a first migration called …_adopted with its snapshot, records it as
    applied, and gives constraints, indexes and comments the names and spellings that later migrations count on. No row
    is changed. Old migration files move to before_ormgen/, the old tool's table stays. For further databases run it
    again, or `python -m ormgen.migrations adopt`.
    """

    def work() -> int:
        found, wanted = asyncio.run(_look(settings, location))
        if as_json:
            say_json(_data(found, dry_run))
        else:
            _report(found)
        if found.faults:
            return console.FOUND
        if wanted is None or dry_run:
            return console.DONE
        if not yes:
            if as_json or not sys.stdin.isatty():
                console.complain("nothing has been done yet", "--yes does it")
                return console.UNDECIDED
            if not click.confirm("do this", err=True):
                return console.FOUND
        asyncio.run(_carry_out(found))
        console.note("adopted; from now on: ormgen migrate, ormgen upgrade")
        return console.DONE

    leave(work)


async def _look(settings: str | None, location: str | None) -> tuple[Work, State | None]:
    """What there is, and the models that databases are to be recorded with; None where all have them already."""
    config = load_config(Path.cwd())
    where = place(settings, location)
    found, config = places(**where), _with_apps(config, where["settings"])
    found = replace(found, folders={**folders(config, location), **found.folders})
    olds = tuple(old_files(app, folder) for app, folder in found.folders.items())
    history = History(found.folders, {}) if any(old.moves for old in olds) else found.history()
    started = bool(history.migrations)
    runners = dict(zip(_aliases(found), found.runners(history=history), strict=True))
    if started:
        if not (listed := baseline(history)):
            told = f"there are migrations of ormgen already, the first one {min(history.migrations)}"
            hint = "`ormgen upgrade --fake` records them as applied"
            raise ConfigurationError(f"{told}, and none called …_adopted; {hint}")
        state, plan = history.state({each.key for each in listed}), None
    else:
        source = state_of(read_run((), config))
        state = state_before(olds, await _elsewhere(runners.values()), source)
        plan = plan_of(found.folders, olds, state)
    examined, faults = await _examined(runners, state, olds, baseline(history))
    return Work(found, config, olds, plan, examined, tuple(faults)), state if examined else None


def _with_apps(config: Config, settings: Any) -> Config:
    """The configuration with the apps of the settings, where it has none; without the modules of other tools."""
    apps = config.apps or {app: tuple(names) for app, names in app_modules(read_settings(settings)).items()}
    kept = {app: tuple(name for name in names if name.partition(".")[0] != "aerich") for app, names in apps.items()}
    return replace(config, root=config.root or Path.cwd(), apps={app: names for app, names in kept.items() if names})


def _aliases(found: Places) -> list[str]:
    return [name for name in found.connections if name in found.aliases.values()] or list(found.connections)


async def _elsewhere(runners: Any) -> Elsewhere:
    """What the tables of other tools hold, of all databases together."""
    applied: dict[str, tuple[str, ...]] = {}
    contents: dict[str, Mapping[str, Any]] = {}
    empty = State()
    for runner in runners:
        async with runner.opened():
            read = (await examine(runner, empty)).elsewhere
        applied |= read.applied
        contents |= read.contents
    return Elsewhere(applied, contents)


async def _examined(
    runners: Mapping[str, Runner], state: State, olds: Sequence[Old], listed: Sequence[Loaded]
) -> tuple[dict[str, Examination], list[str]]:
    examined: dict[str, Examination] = {}
    faults: list[str] = []
    for alias, runner in runners.items():
        async with runner.opened():
            if listed and taken_over(await runner.recorder.applied(runner.driver), listed):
                continue
            found = examined[alias] = await examine(runner, state)
        faults += found.faults
        for old in olds:
            here = old.app in found.elsewhere.applied or len(runners) == 1
            if old.tool is not None and here and (missing := old.pending(found.elsewhere.applied.get(old.app, ()))):
                told = f"app {old.app}: the database lacks {', '.join(missing)}"
                faults.append(f"{told}; run `{COMMANDS[old.tool]}` first")
    return examined, faults


async def _carry_out(found: Work) -> None:
    if found.plan is not None:
        found.plan.write()
        _configure(found)
    history = found.where.history()
    for alias, runner in zip(_aliases(found.where), found.where.runners(history=history), strict=True):
        if alias in found.examined:
            async with runner.opened():
                await take_over(runner, found.examined[alias], baseline(history))


def _configure(found: Work) -> None:
    """Write what later commands need into pyproject.toml, unless it is there."""
    root = found.config.root or Path.cwd()
    before = load_config(root)
    apps: dict[str, Any] = {}
    for app, names in found.config.apps.items():
        folder = found.where.folders.get(app)
        usual = root / before.location / app
        if folder is not None and folder.resolve() != usual.resolve() and folder.resolve().is_relative_to(root):
            module = ".".join(folder.resolve().relative_to(root).parts)
            apps[app] = {"models": list(names), "migrations": module}
        else:
            apps[app] = list(names)
    if before.apps != found.config.apps or any(isinstance(each, dict) for each in apps.values()):
        write_config(root / "pyproject.toml", {"apps": apps})
    if before.orm is not None:
        write_config(root / "pyproject.toml", {"orm": before.orm, "location": before.location})


def _report(found: Work) -> None:
    for old in found.olds:
        if old.tool is not None:
            console.note(f"app {old.app}: {len(old.files)} migrations of {old.tool}, the last one {old.files[-1].stem}")
    for alias, each in found.examined.items():
        console.note(f"database {alias}: {len(each.tables)} tables of models")
        for told in each.told:
            console.note(f"  changes: {told}")
        for told in each.extras:
            console.note(f"  stays: {told}")
    for fault in found.faults:
        console.complain(fault)
    if found.faults:
        console.note("hint: nothing has been done; make models and database agree, and run this again")
    elif not found.examined:
        console.note("every database has been taken over already")
    elif found.plan is not None:
        for made in found.plan.generation.migrations:
            console.note(f"writes {made.path}")
        for path, new in found.plan.moves.items():
            console.note(f"moves {path.name} to {new.parent.name}/")


def _data(found: Work, dry_run: bool) -> Any:
    return {
        "apps": {old.app: {"tool": old.tool, "files": [path.name for path in old.files]} for old in found.olds},
        "databases": {
            alias: {"changes": each.told, "sql": each.sql, "stays": each.extras}
            for alias, each in found.examined.items()
        },
        "migrations": [str(made.key) for made in found.plan.generation.migrations] if found.plan is not None else [],
        "faults": found.faults,
        "dry_run": dry_run,
    }
