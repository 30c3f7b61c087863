"""`ormgen merge`, `squash`, `lint`, `drift`, `verify`: what is done to migrations themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.api import some_target
from ormgen.migrations.history import History
from ormgen.migrations.verify import drift as find_drift
from ormgen.migrations.verify import verify as find_faults
from ormgen.records import asdict
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, say_json
from ormgen_codegen.cli_databases import JSON, at_database, place
from ormgen_codegen.cli_migrate import folders
from ormgen_codegen.config import load_config
from ormgen_codegen.migrations.generate import Generation
from ormgen_codegen.migrations.join import merge as merged
from ormgen_codegen.migrations.join import squash as squashed
from ormgen_codegen.migrations.lint import lint as found_by_lint
from ormgen_codegen.migrations.squawk import program

LOCATION = click.option("--location", help="The folder with a folder of migrations for each app.")


def _history(location: str | None) -> History:
    return History.read(folders(load_config(Path.cwd()), location))


def _write(generation: Generation) -> int:
    generation.write()
    for each in generation.migrations:
        console.note(f"wrote {each.path}")
    return console.DONE


@click.command()
@click.argument("app", default="models")
@click.option("--name", "-n", help="What the migration is called, behind its number.")
@LOCATION
def merge(app: str, name: str | None, location: str | None) -> None:
    """Write a migration that follows all last ones of APP, and the snapshot of what they lead to together."""
    leave(lambda: _write(merged(_history(location), app, name)))


@click.command()
@click.argument("app", default="models")
@click.argument("last", required=False)
@click.option("--forget-data", is_flag=True, help="Leave functions and SQL out.")
@LOCATION
def squash(app: str, last: str | None, forget_data: bool, location: str | None) -> None:
    """Write one migration that does what those of APP do, up to LAST.

    Databases that have them all take it for applied; new ones run it alone. Keep the old files until every database
    is past them.
    """
    leave(lambda: _write(squashed(_history(location), app, last, forget_data=forget_data)))


@click.command()
@click.argument("since", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--squawk/--no-squawk", "asked", default=None, help="Ask squawk about PostgreSQL; if installed, it is.")
@LOCATION
def lint(since: str | None, as_json: bool, asked: bool | None, location: str | None) -> None:
    """Print what migrations (those behind SINCE) destroy, break for the running version, rewrite or lock.

    Each finding comes with a safe way; exit code 1 if there are some.
    """

    def work() -> int:
        history = _history(location)
        listed = list(history.states())
        if since is not None:
            known = history.before(some_target(history, since))
            listed = [each for each in listed if each[0].key not in known]
        squawk = None if asked is False else program()
        if asked and squawk is None:
            raise ConfigurationError("squawk is not installed: pip install squawk-cli")
        found = list(found_by_lint(listed, squawk))
        if as_json:
            say_json([asdict(warned) for warned in found])
        for warned in () if as_json else found:
            rule = f" ({warned.rule})" if warned.rule else ""
            console.complain(f"{warned.migration}: {warned.kind}: {warned.fact}{rule}", warned.hint)
        return console.FOUND if found else console.DONE

    leave(work)


def _told(search: Callable[..., Any], settings: str | None, location: str | None, fine: str, as_json: bool) -> int:
    found: list[str] = asyncio.run(search(**place(settings, location)))
    if as_json:
        say_json(found)
    for each in () if as_json else found:
        console.complain(each)
    if not (found or as_json):
        console.note(fine)
    return console.FOUND if found else console.DONE


@click.command()
@at_database
@JSON
def drift(settings: str | None, location: str | None, app: str | None, as_json: bool) -> None:
    """Print what the tables of a database have otherwise than its migrations say; exit code 1 if anything.

    A throw-away database is made beside it for comparison.
    """
    leave(lambda: _told(find_drift, settings, location, "the database is as its migrations say", as_json))


@click.command()
@at_database
@JSON
def verify(settings: str | None, location: str | None, app: str | None, as_json: bool) -> None:
    """Apply all migrations to a throw-away database, compare with the models, undo them and apply them again."""
    leave(lambda: _told(find_faults, settings, location, "the migrations lead to the models, and back", as_json))
