"""`ormgen migrate`: writes migrations for what changed in the models, which it reads from source."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ormgen.exceptions import UnSupportedError
from ormgen.migrations.api import steps_text
from ormgen.migrations.history import History
from ormgen.migrations.migration import Key
from ormgen.migrations.model_operations import AlterField
from ormgen.migrations.state import State
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave, read, say_json, telling
from ormgen_codegen.config import Config, load_config
from ormgen_codegen.migrations.generate import Generation, empty, generate
from ormgen_codegen.migrations.preview import dialect_of
from ormgen_codegen.migrations.questions import Answers, Undecided
from ormgen_codegen.migrations.source_state import state_of
from ormgen_codegen.migrations.state_stubs import packages_missing, state_changes
from ormgen_codegen.write import write

CODES = "Exit codes: 0 all is well, 1 something was found, 2 the command is wrong, 3 something has to be decided."
DIALECTS = ("sqlite", "postgres", "mysql")


@click.command(epilog=CODES)
@click.argument("apps", nargs=-1, metavar="[APP]...")
@click.option("--name", "-n", help="What the migration is called, behind its number.")
@click.option("--empty", "bare", is_flag=True, help="Write a migration without operations, to be filled by hand.")
@click.option("--check", "checking", is_flag=True, help="Write nothing; exit code 1 if a migration is missing.")
@click.option("--dry-run", is_flag=True, help="Print what would be written.")
@click.option("--sql", "dialect", type=click.Choice(DIALECTS), help="Print the SQL for a database too.")
@click.option("--rename", "renames", multiple=True, metavar="Team.phone:email", help="A field or model was renamed.")
@click.option("--drop", "drops", multiple=True, metavar="Team.phone", help="A field or model was removed.")
@click.option("--fill", "fills", multiple=True, metavar="Team.x=0", help="What rows that exist get, as Python.")
@click.option("--no-input", is_flag=True, help="Ask nothing.")
@click.option("--offline", is_flag=True, hidden=True, help="Of aerich; no database is ever asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the migrations, or the open questions, as JSON.")
@click.option("--location", help="The folder with a folder of migrations for each app.")
def migrate(
    apps: tuple[str, ...],
    name: str | None,
    bare: bool,
    checking: bool,
    dry_run: bool,
    dialect: str | None,
    renames: tuple[str, ...],
    drops: tuple[str, ...],
    fills: tuple[str, ...],
    no_input: bool,
    offline: bool,
    as_json: bool,
    location: str | None,
) -> None:
    """Write migrations for what changed in the models, of all apps or of APP...

    Models are read from source: nothing is imported, and no database is asked.
    """

    def work() -> int:
        config = load_config(Path.cwd())
        history = History.read(folders(config, location))
        if bare:
            code = _written(_empty(history, apps, name, config.root or Path.cwd()), dry_run, as_json)
            return code if dry_run else with_states(code, config, location)
        if as_json and dialect is not None:
            raise click.UsageError("--json and --sql exclude each other")
        answers = Answers(_pairs("--rename", renames, ":"), frozenset(drops), _pairs("--fill", fills, "="))
        if sys.stdin.isatty() and not (no_input or checking or as_json):
            answers.ask, answers.ask_value = _ask, _ask_value
        try:
            kind, after = dialect or dialect_of(config), state_of(read(()))
            generation = generate(history, after, answers, name=name, apps=apps, dialect=kind)
        except Undecided as question:
            return _open(question, as_json, checking)
        _refuse_impossible(history, generation)
        if checking:
            return with_states(_checked(generation, as_json), config, location, writing=False)
        _print_sql(history, generation, dialect)
        code = _written(generation, dry_run, as_json)
        return code if dry_run else with_states(code, config, location)

    leave(work, telling(as_json, migrations=[], questions=[]))


def with_states(code: int, config: Config, location: str | None, writing: bool = True) -> int:
    """Bring the stubs of the models at each migration up to date, or say which are stale; the exit code."""
    history, root = History.read(folders(config, location)), config.root or Path.cwd()
    stale = state_changes(history, config, root)
    for change in stale:
        console.note(
            change.shown if not writing else f"{'removed' if change.after is None else 'wrote'} {change.shown}"
        )
        if writing:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            write(change)
    for path in packages_missing(history, root) if writing else ():
        path.touch()
    if stale and not writing:
        console.complain("stubs of the models at migrations are stale", "ormgen migrate")
    return console.FOUND if stale and not writing else code


def folders(config: Config, location: str | None = None) -> dict[str, Path]:
    """The folder of migrations of each app."""
    root = config.root or Path.cwd()
    base = root / (location or config.location)
    found = {each.name: each for each in sorted(base.iterdir()) if each.is_dir()} if base.is_dir() else {}
    found = {app: folder for app, folder in found.items() if app.isidentifier() and not app.startswith("__")}
    found |= {app: base / app for app in (config.apps or {"models": ()})}
    return found | {app: root.joinpath(*name.split(".")) for app, name in config.migrations.items()}


def _pairs(option: str, given: Sequence[str], sign: str) -> dict[str, str]:
    for each in given:
        if sign not in each:
            raise click.BadParameter(f"{each!r} has no {sign!r}", param_hint=option)
    return {each.partition(sign)[0]: each.partition(sign)[2] for each in given}


def _empty(history: History, apps: Sequence[str], name: str | None, root: Path) -> Generation:
    known = apps or list(history.folders)
    if len(known) != 1:
        raise click.UsageError(f"name one app: {', '.join(known)}")
    return empty(history, known[0], name, root)


def _open(question: Undecided, as_json: bool, checking: bool) -> int:
    if as_json:
        say_json({"migrations": [], "questions": str(question).splitlines()})
    for line in () if as_json else str(question).splitlines():
        console.complain(line)
    return console.FOUND if checking else console.UNDECIDED


def _as_data(generation: Generation, state: str) -> dict[str, object]:
    made = [
        {
            "key": str(each.key),
            "path": str(each.path),
            "state": state,
            "operations": [{"text": one.describe(), "destructive": bool(one.destructive)} for one in each.operations],
        }
        for each in generation.migrations
    ]
    return {"migrations": made, "questions": []}


def _checked(generation: Generation, as_json: bool) -> int:
    if as_json:
        say_json(_as_data(generation, "missing"))
        return console.FOUND if generation.migrations else console.DONE
    for each in generation.migrations:
        console.complain(f"app `{each.key.app}` lacks a migration:", None)
        for operation in each.operations:
            console.note(f"  {operation.describe()}")
    if generation.migrations:
        console.note("hint: ormgen migrate")
        return console.FOUND
    console.note("migrations are up to date")
    return console.DONE


def _written(generation: Generation, dry_run: bool, as_json: bool) -> int:
    if as_json:
        say_json(_as_data(generation, "not written" if dry_run else "written"))
    elif not generation.migrations:
        console.note("no changes")
    for each in () if as_json else generation.migrations:
        console.note(f"{'would write' if dry_run else 'wrote'} {each.path}")
        for operation in each.operations:
            console.note(f"  {operation.describe()}{' (its values go)' if operation.destructive else ''}")
        if dry_run:
            console.say(each.text)
    if not dry_run:
        generation.write()
    return console.DONE


def _refuse_impossible(history: History, generation: Generation) -> None:
    """Refuse changes of type that no database can carry out, before there is a file that says so.

    Raises:
        UnSupportedError: there is one.
    """
    if not any(isinstance(each, AlterField) for made in generation.migrations for each in made.operations):
        return
    state = history.snapshot()
    for made in generation.migrations:
        for operation in made.operations:
            if isinstance(operation, AlterField):
                refused = [_refusal(made.key, operation, state, dialect) for dialect in DIALECTS]
                if all(refused):
                    raise UnSupportedError(str(refused[0]).replace(" on SQLite;", ";"))
            state = operation.changed(made.key.app, state)


def _refusal(key: Key, operation: AlterField, state: State, dialect: str) -> str | None:
    try:
        steps_text(key, [operation], state, dialect)
    except UnSupportedError as error:
        return str(error)
    return None


def _print_sql(history: History, generation: Generation, dialect: str | None) -> None:
    if dialect is None:
        return
    state = history.snapshot()
    for each in generation.migrations:
        text, state = steps_text(each.key, each.operations, state, dialect)
        console.say(text)


def _ask(question: str, choices: Sequence[str]) -> int:
    click.echo(question, err=True)
    for at, choice in enumerate(choices, 1):
        click.echo(f"  {at}) {choice}", err=True)
    return int(click.prompt("which", type=click.IntRange(1, len(choices)), err=True)) - 1


def _ask_value(question: str) -> str:
    return str(click.prompt(question, err=True))
