"""`ormgen init-db`, `init-migrations`, `fix-migrations`: the first migrations, and what stands beside migrations."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ormgen import migrations
from ormgen.migrations.history import SNAPSHOT, History
from ormgen.migrations.places import places
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, read
from ormgen_codegen.cli_databases import at_database, place, told
from ormgen_codegen.cli_migrate import folders, with_states
from ormgen_codegen.config import load_config
from ormgen_codegen.migrations.adopt import old_files
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.preview import dialect_of
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.source_state import state_of

SAFE = click.option(
    "--safe/--no-safe", "-s", default=True, hidden=True, help="Of aerich; tables that are there are never touched."
)


@click.command("init-db")
@at_database
@SAFE
@click.option("--pre", help="SQL to run first: CREATE EXTENSION IF NOT EXISTS vector.")
def init_db(settings: str | None, location: str | None, app: str | None, safe: bool, pre: str | None) -> None:
    """Write the first migrations, unless there are some, and apply what the database lacks."""

    def work() -> int:
        where = place(settings, location)
        _begin(location)
        if pre is not None:
            asyncio.run(_run(pre, where["settings"], app))
        done = asyncio.run(migrations.upgrade(show=console.note, **where))
        return told(done, "the database has every migration")

    leave(work)


@click.command("init-migrations")
@SAFE
@click.option("--app", hidden=True, help="Of aerich; all apps get theirs.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
def init_migrations(safe: bool, app: str | None, location: str | None) -> None:
    """Write the first migrations, unless there are some. No database is asked."""

    def work() -> int:
        if not _begin(location):
            console.note("there are migrations already")
        return console.DONE

    leave(work)


@click.command("fix-migrations")
@click.option("--app", help="Only the snapshot of this app.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
def fix_migrations(app: str | None, location: str | None) -> None:
    """Write the snapshots and the stubs of the models at migrations again, from the migrations themselves.

    After a conflict in Git, or a file that was changed by hand. No database is asked.
    """

    def work() -> int:
        config = load_config(Path.cwd())
        history = History.read(folders(config, location))
        state, fixed = history.state(), False
        for label, folder in history.folders.items():
            if app not in (None, label) or not any(key.app == label for key in history.migrations):
                continue
            file, text = folder / SNAPSHOT, state.to_json(label)
            if not file.is_file() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8", newline="\n")
                console.note(f"wrote {file}")
                fixed = True
        if not fixed:
            console.note("every snapshot is what its migrations lead to")
        for label, folder in history.folders.items():
            if old_files(label, folder).moves:
                console.note(f"{folder} holds files of another tool: `ormgen adopt-migrations` goes on from them")
        return with_states(console.DONE, config, location)

    leave(work)


def _begin(location: str | None) -> bool:
    """Write the first migrations, unless there are some."""
    config = load_config(Path.cwd())
    known = History.read(folders(config, location))
    if known.migrations:
        return False
    generation = generate(known, state_of(read(())), Answers(), dialect=dialect_of(config))
    generation.write()
    for each in generation.migrations:
        console.note(f"wrote {each.path}")
    return True


async def _run(sql: str, settings: str, app: str | None) -> None:
    """SQL of the user on every database of the settings, or on that of an app."""
    found = places(settings)
    for runner in found.runners(alias=found.aliases.get(app or "")):
        async with runner.opened():
            await runner.driver.script(sql)
