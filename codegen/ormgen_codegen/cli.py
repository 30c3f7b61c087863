"""The command line: reads arguments, calls one function, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from ormgen.exceptions import ConfigurationError, SchemaError
from ormgen.schema.describe import graph_json
from ormgen_codegen import console
from ormgen_codegen.config import Config, load_config
from ormgen_codegen.describe import graph_text
from ormgen_codegen.generated import generated_files
from ormgen_codegen.locate import search_folders
from ormgen_codegen.parse.parsed import SourceErrors
from ormgen_codegen.run import Run, read_run
from ormgen_codegen.running import import_graph
from ormgen_codegen.write import Change, changes, write

EPILOG = "Exit codes: 0 all is well, 1 the models have errors or a stub is stale, 2 the command is wrong."
MODULES = "MODULE is a dotted name or a path; of a package all modules that declare models."


def _version() -> str:
    try:
        return version("ormgen-orm")
    except PackageNotFoundError:
        return "unknown"


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), "--version", "-V", message="ormgen %(version)s")
def cli() -> None:
    """Type stubs and descriptions for ormgen models, read from their source."""


@cli.command(epilog=f"{MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="MODULE...")
@click.option("--json", "as_json", is_flag=True, help="Print everything there is to know, as JSON.")
@click.option("--import", "running", is_flag=True, help="Import the modules instead of reading their source.")
def describe(modules: tuple[str, ...], as_json: bool, running: bool) -> None:
    """Print the models of MODULE... and how they are linked."""
    _exit(lambda: _describe(modules, as_json, running))


def _describe(modules: Sequence[str], as_json: bool, running: bool) -> int:
    run = _read(modules)
    graph = run.graph
    if running:
        names = [module.name for module in run.modules]
        graph = import_graph(names, run.config.apps, search_folders(run.config.root))
    else:
        console.tell(run.warnings)
    console.say(graph_json(graph) if as_json else graph_text(graph))
    return console.DONE


@cli.command(epilog=f"{MODULES} Without any, those of [tool.ormgen] apps in pyproject.toml. {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option("--check", is_flag=True, help="Write nothing; name the stale files and exit with 1 if there are any.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change and exit with 1 if anything would.")
@click.option("--strict", is_flag=True, help="Treat what cannot be read as an error.")
@click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
def stubs(modules: tuple[str, ...], check: bool, diff: bool, strict: bool, quiet: bool) -> None:
    """Write a typed stub beside each of MODULE..."""
    _exit(lambda: _stubs(modules, check, diff, strict, quiet))


def _stubs(modules: Sequence[str], check: bool, diff: bool, strict: bool, quiet: bool) -> int:
    run = _read(modules)
    if strict and run.warnings:
        console.tell(replace(warning, severity="error") for warning in run.warnings)
        return console.FOUND
    if not quiet:
        console.tell(run.warnings)
    files = generated_files(run, _say_nothing if quiet else console.note)
    stale = changes(files, _roots(run.config))
    if check or diff:
        for change in stale:
            console.say(change.diff() if diff else change.shown)
        return console.FOUND if stale else console.DONE
    for change in stale:
        write(change)
    if not quiet:
        console.note(_summary(stale))
    return console.DONE


def _say_nothing(fact: str) -> None:
    """What `--quiet` does with a remark."""


def _summary(stale: Sequence[Change]) -> str:
    return "\n".join(f"wrote {change.shown}" for change in stale) or "stubs are up to date"


def _roots(config: Config) -> tuple[Path, ...]:
    return (Path.cwd(), *([config.root] if config.root is not None else []))


def _read(modules: Sequence[str]) -> Run:
    return read_run(modules, load_config(Path.cwd()))


def _exit(work: Callable[[], int]) -> None:
    """End the process with the code that `work` gives, or that of the error that it raises."""
    try:
        code = work()
    except SourceErrors as errors:
        console.tell(errors.findings)
        code = console.FOUND
    except SchemaError as error:
        for problem in error.problems:
            console.complain(problem.fact, problem.hint)
        code = console.FOUND
    except ConfigurationError as error:
        console.complain(str(error))
        code = console.MISUSED
    sys.exit(code)
