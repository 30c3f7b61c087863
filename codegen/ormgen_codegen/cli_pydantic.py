"""`ormgen pydantic`: writes data classes for models, as source that type checkers and editors see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ormgen.exceptions import ConfigurationError
from ormgen_codegen import console
from ormgen_codegen.cli_common import MODULES, WITHOUT_MODULES, leave, read, roots, say_json, telling
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.config import load_config
from ormgen_codegen.documents.files import DocumentSettings, document_files
from ormgen_codegen.documents.views import Library, Variant
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position
from ormgen_codegen.render import RenderError
from ormgen_codegen.run import Run
from ormgen_codegen.write import Change, changes, write

OUTPUT_HELP = "The file beside each module of models [schemas.py], or with a slash one file for all, from the project."
DEPTH_HELP = "How many relations deep classes for reading go [0: none, foreign keys are columns]."


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option("--output", "-o", metavar="FILE", help=OUTPUT_HELP)
@click.option("--library", type=click.Choice([each.value for each in Library]), help="What they are made with.")
@click.option(
    "--variant", "variants", multiple=True, type=click.Choice([*Variant]), help="Only these; may be repeated."
)
@click.option("--depth", type=click.IntRange(0, 5), help=DEPTH_HELP)
@click.option("--check", is_flag=True, help="Write nothing; name the stale files and exit with 1 if there are any.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change and exit with 1 if anything would.")
@click.option("--json", "as_json", is_flag=True, help="Print the files and the findings as JSON.")
def pydantic(
    modules: tuple[str, ...],
    output: str | None,
    library: str | None,
    variants: tuple[str, ...],
    depth: int | None,
    check: bool,
    diff: bool,
    as_json: bool,
) -> None:
    """Write classes for what comes in and goes out: HeroRead, HeroCreate, HeroUpdate, HeroFilter.

    \b
    What is said here may stand in pyproject.toml as well:
    [tool.ormgen.pydantic]
    output = "schemas.py"
    """

    def work() -> int:
        if as_json and diff:
            raise ConfigurationError("--json and --diff exclude each other; --json --check names the stale files")
        settings = DocumentSettings.of(
            load_config_table(), output=output, library=library, variants=variants, depth=depth
        )
        found = document_changes(read(modules), settings)
        if diff:
            console.say("".join(change.diff() for change in found).rstrip("\n"))
        if not (check or diff):
            for change in found:
                write(change)
        return _told(found, check or diff, as_json, quiet=diff)

    leave(work, telling(as_json, files=[]))


def load_config_table() -> dict[str, object] | None:
    """What the project's pyproject.toml says of data classes, None where it says nothing."""
    table = load_config(Path.cwd()).pydantic
    return None if table is None else dict(table)


def document_changes(run: Run, settings: DocumentSettings) -> tuple[Change, ...]:
    """What writing the data classes of a run would change.

    Raises:
        ConfigurationError: a file that is in the way was not generated, or something cannot be written.
    """
    try:
        return changes(document_files(run, settings), roots(run.config))
    except RenderError as fault:
        raise ConfigurationError(f"{fault}; this is a fault of ormgen, please report it") from fault


def stale_documents(run: Run) -> list[Finding]:
    """The files of data classes that are stale, where the project has a table for them."""
    if run.config.pydantic is None:
        return []
    found = document_changes(run, DocumentSettings.of(run.config.pydantic))
    return [
        Finding(Position(each.shown, 1, 1), "error", "the data classes are out of date", "run `ormgen pydantic`")
        for each in found
    ]


def _told(found: Sequence[Change], only_told: bool, as_json: bool, quiet: bool) -> int:
    wrong = bool(found) and only_told
    if as_json:
        say_json({"files": _as_data(found, only_told), "findings": []})
    elif not quiet:
        for change in found:
            console.note(f"{change.shown}: {'stale' if only_told else 'written'}")
        if not found:
            console.note("all data classes are up to date")
    return console.FOUND if wrong else console.DONE


def _as_data(found: Iterable[Change], only_told: bool) -> list[dict[str, str]]:
    return [{"path": change.shown, "state": "stale" if only_told else "written"} for change in found]
