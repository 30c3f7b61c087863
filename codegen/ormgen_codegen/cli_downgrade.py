"""`ormgen downgrade`: undoes migrations, and deletes their files where that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ormgen import migrations
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.history import SNAPSHOT, History
from ormgen.migrations.migration import Key
from ormgen.migrations.places import places
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave
from ormgen_codegen.cli_databases import JSON, TARGET, at_database, joined, patient, place, planned, told
from ormgen_codegen.cli_migrate import folders, with_states
from ormgen_codegen.config import load_config


@click.command()
@TARGET
@at_database
@patient
@click.option("--version", "-v", help="Undo the migration with this number, and all behind it; -1 is the last one.")
@click.option("--delete", "-d", is_flag=True, help="Delete the files of what was undone, too.")
@click.option("--fake", is_flag=True, help="Only record it as undone.")
@click.option("--plan", "--dry-run", "planning", is_flag=True, help="Print what would be undone.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@JSON
def downgrade(
    target: tuple[str, ...],
    settings: str | None,
    location: str | None,
    app: str | None,
    version: str | None,
    delete: bool,
    fake: bool,
    planning: bool,
    yes: bool,
    lock_timeout: float,
    wait: float,
    as_json: bool,
) -> None:
    """Undo the migration that was applied last, or all that follow TARGET. What they added goes, with its values.

    TARGET is 0002, models.0002 or "models 0002"; models is the last one of an app, "models zero" all of it.
    """

    def work() -> int:
        where = _backwards(target, app, version, place(settings, location))
        if planning:
            return planned(migrations.reverse_plan, where, as_json)
        keys = asyncio.run(migrations.reverse_plan(**where))
        if not keys:
            return told([], "nothing to undo", as_json)
        if delete:
            _refuse_followed(_history(location), keys)
        if not yes and not click.confirm(_question(keys, delete), err=True):
            return console.FOUND
        given = {"fake": fake, "show": console.note, "lock_timeout": lock_timeout or None, "wait": wait, **where}
        done = asyncio.run(migrations.downgrade(**given))
        code = told(done, "nothing to undo", as_json)
        return _deleted([each.key for each in done], location) if delete else code

    leave(work)


def _question(keys: Sequence[Key], delete: bool) -> str:
    files = ", and delete the files" if delete else ""
    return f"undo {', '.join(map(str, keys))}{files}? what they added goes, with its values"


def _backwards(target: tuple[str, ...], app: str | None, version: str | None, where: dict[str, Any]) -> dict[str, Any]:
    """What is to be undone; an app alone is its last migration."""
    alone = len(target) == 1 and target[0] in places(where["settings"], where["location"], where["search"]).folders
    if alone:
        app, target = target[0], ()
    if version is None or version == "-1":
        return {"target": joined(target), "app": app, **where}
    if target:
        raise click.UsageError("give TARGET, or --version: the first stays, the second goes too")
    number = f"{int(version):04d}_" if version.isdecimal() else version
    return {"target": number, "app": app, "inclusive": True, **where}


def _history(location: str | None) -> History:
    return History.read(folders(load_config(Path.cwd()), location))


def _refuse_followed(history: History, keys: Sequence[Key]) -> None:
    """Refuse to delete what files that stay need.

    Raises:
        ConfigurationError: there is such a file.
    """
    for key in keys:
        if key in history.hidden:
            raise ConfigurationError(f"{key} is a part of a squashed migration; leave --delete out")
        for other in sorted(history.after(key) - set(keys)):
            hint = f"delete the file of {other}, which no database has, or leave --delete out"
            raise ConfigurationError(f"{other} follows {key}, whose file is to be deleted; {hint}")
        if history.migrations[key].replaces:
            raise ConfigurationError(f"{key} replaces others, whose files may be gone; leave --delete out")


def _deleted(keys: Sequence[Key], location: str | None) -> int:
    """Delete the files of migrations; snapshots and stubs become those of what is left."""
    config, before = load_config(Path.cwd()), _history(location)
    for key in keys:
        path = Path(before.migrations[key].path)
        path.unlink()
        console.note(f"deleted {path.name}")
    history = _history(location)
    for app in sorted({key.app for key in keys}):
        (history.folders[app] / SNAPSHOT).write_text(history.state().to_json(app), "utf-8", newline="\n")
    return with_states(console.DONE, config, location)
