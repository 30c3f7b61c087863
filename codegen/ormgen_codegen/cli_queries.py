"""`ormgen queries`: writes typed functions for the statements of SQL files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.prepared import prepared
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, read, roots, say_json, telling
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.config import load_config
from ormgen_codegen.write import Change, changes, write

DIALECTS = ("sqlite", "postgres", "mysql")


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--dialect", type=click.Choice(DIALECTS), help="The SQL that they are written in [postgres].")
@click.option("--database", metavar="URL", help="A PostgreSQL that is asked what models do not tell; nothing is run.")
@click.option("--check", is_flag=True, help="Write nothing; name the stale files and exit with 1 if there are any.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change and exit with 1 if anything would.")
@click.option("--json", "as_json", is_flag=True, help="Print the files and the findings as JSON.")
def queries(
    paths: tuple[Path, ...], dialect: str | None, database: str | None, check: bool, diff: bool, as_json: bool
) -> None:
    """Write a module beside each SQL file of PATH..., with a typed function for each statement in it.

    \b
    -- name: strongest(team: str, least: int = 0) :many
    SELECT h.id, h.name FROM hero h JOIN team t ON t.id = h.team_id
    WHERE t.name = :team AND h.power >= :least;

    :many gives a list of rows, :one a row or None, :value the value of its only column, :exec the number of rows
    written. Types come from the models. Without PATH, those of [tool.ormgen] queries in pyproject.toml.
    """

    def work() -> int:
        if as_json and diff:
            raise ConfigurationError("--json and --diff exclude each other; --json --check names the stale files")
        found = query_changes(paths, dialect, database)
        if diff:
            console.say("".join(change.diff() for change in found).rstrip("\n"))
        if not (check or diff):
            for change in found:
                write(change)
        state = "stale" if check or diff else "written"
        if as_json:
            say_json({"files": [{"path": each.shown, "state": state} for each in found], "findings": []})
        elif not diff:
            _tell(found, state)
        return console.FOUND if found and (check or diff) else console.DONE

    leave(work, telling(as_json, files=[]))


def query_changes(paths: Sequence[Path], dialect: str | None, database: str | None = None) -> tuple[Change, ...]:
    """What writing the modules of SQL files would change.

    Raises:
        ConfigurationError: there are none, a file in the way was not generated, or sqlglot is not installed.
        SourceErrors: something in them, or in the models, is wrong.
    """
    config = load_config(Path.cwd())
    table = config.queries or {}
    named = paths or [config.source_folder / each for each in table.get("paths", ())]
    if not named:
        raise ConfigurationError(
            'no file is named; give a path, or write `queries = { paths = ["app/queries"] }` in [tool.ormgen]'
        )
    try:
        from ormgen_codegen.sql_files.files import query_modules, sql_files
    except ModuleNotFoundError as error:
        raise ConfigurationError(f'{error.name} is not installed: pip install "ormgen-orm[queries]"') from None
    run = read(())
    spoken = dialect or table.get("dialect", "postgres")
    if spoken not in DIALECTS:
        raise ConfigurationError(f"there is no dialect {spoken!r}; choose from {', '.join(DIALECTS)}")
    ask = None if database is None else lambda texts: asyncio.run(prepared(texts, database))
    files = query_modules(sql_files(named), run.graph, spoken, ask)
    return changes(files, roots(run.config))


def _tell(found: Sequence[Change], state: str) -> None:
    for change in found:
        console.note(f"{change.shown}: {state}")
    if not found:
        console.note("all functions of SQL files are up to date")
