"""`ormgen check`: models, stubs, names in queries and, when asked, types; everything that is wrong at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ormgen_codegen import console, last_run
from ormgen_codegen.check_names import wrong_names
from ormgen_codegen.check_types import wrong_types
from ormgen_codegen.cli_common import MODULES, TARGET_HELP, WITHOUT_MODULES, leave, read, roots, say_json
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.cli_pydantic import stale_documents
from ormgen_codegen.config import load_config
from ormgen_codegen.findings import as_data, as_workflow_commands
from ormgen_codegen.generated import generated_files
from ormgen_codegen.jobs import usual_jobs
from ormgen_codegen.kept_run import RunMemory, remembered
from ormgen_codegen.orphans import orphans
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position
from ormgen_codegen.run import Run
from ormgen_codegen.targets import TARGETS
from ormgen_codegen.write import Change, changes, removals

TEXT, JSON, GITHUB = "text", "json", "github"


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option("--for", "target", type=click.Choice([*TARGETS]), help=TARGET_HELP)
@click.option("--types", is_flag=True, help="Run mypy as well, on the packages of the modules.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON; the same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice([TEXT, JSON, GITHUB]),
    help="How findings are printed; in GitHub Actions as annotations, elsewhere as text, unless you say otherwise.",
)
def check(modules: tuple[str, ...], target: str | None, types: bool, as_json: bool, form: str | None) -> None:
    """Check models, their stubs, and every name that the project's queries use.

    Names of fields, relations and lookups are checked wherever it is certain which model they are asked of, and
    in Q(...), F("..."), Count("...") too, which type checkers cannot see into.

    \b
    Put  # ormgen: ignore  on a line, and its names are left alone.
    """
    chosen = JSON if as_json else form or (GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else TEXT)
    leave(lambda: _check(modules, target, types, chosen), lambda findings: _tell(findings, chosen))


def _check(modules: Sequence[str], target: str | None, types: bool, form: str) -> int:
    kept, memory = remembered(Path.cwd(), last_run.name_of(modules, target or "")) or (None, None)
    if load_config(Path.cwd()).pydantic is not None:
        kept = None  # what is kept of a column lacks its limits, which data classes hold
    run = read(modules, kept=kept, jobs=usual_jobs(), target=target)
    names = wrong_names(run)
    found = [*run.warnings, *stale(run, memory), *stale_documents(run), *names]
    if types:
        found += wrong_types(run, names)
    found.sort(key=lambda finding: finding.position)
    _tell(found, form)
    wrong = sum(finding.severity == "error" for finding in found)
    if form == TEXT:
        models = len(run.graph.models)
        console.note(f"{_counted(models, 'model')}, {_counted(wrong, 'error')}")
    return console.FOUND if wrong else console.DONE


def stale(run: Run, memory: RunMemory | None = None) -> list[Finding]:
    """The stubs that `ormgen stubs` would write; what `memory` has of its last run is not made again.

    Raises:
        ConfigurationError: a file that is in the way was not generated.
    """
    files = generated_files(run, memory=memory)
    stale = (*changes(files, roots(run.config)), *removals(orphans(run, files), roots(run.config)))
    return [Finding(Position(change.shown, 1, 1), "error", _stale(change), "run `ormgen stubs`") for change in stale]


def _stale(change: Change) -> str:
    if change.after is None:
        return "the module of this stub is not there any more"
    return "there is no such stub yet" if change.before is None else "the stub is out of date"


def _tell(findings: Iterable[Finding], form: str) -> None:
    if form == JSON:
        say_json({"findings": as_data(findings)})
    elif form == GITHUB:
        console.say(as_workflow_commands(findings))
    else:
        console.tell(findings)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}" if number else f"no {word}s"
