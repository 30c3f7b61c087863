"""`ormgen stubs`: writes the stubs of modules, or says which are stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, replace
from ormgen.schema.collector import collector_paused
from ormgen_codegen import console, last_run
from ormgen_codegen.cli_common import (
    MODULES,
    TARGET_HELP,
    WITHOUT_MODULES,
    leave,
    read,
    roots,
    say_json,
    telling,
)
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.config import load_config
from ormgen_codegen.depth import Depth
from ormgen_codegen.findings import as_data, from_data
from ormgen_codegen.generated import generated_files, searched_folders
from ormgen_codegen.jobs import usual_jobs
from ormgen_codegen.kept_run import remembered
from ormgen_codegen.orphans import orphans
from ormgen_codegen.parse.parsed import Finding, SourceErrors
from ormgen_codegen.run import Run
from ormgen_codegen.targets import TARGETS
from ormgen_codegen.write import Change, changes, removals, write

DEPTHS = [each.value for each in Depth]
DEPTH_HELP = (
    "How far keywords across relations reach: `full` every lookup one relation away, `exact` equality only, `used` "
    "what the project uses, `lean` of a model's own lookups and of writing too; `auto` (and depth in pyproject.toml) "
    "by the number of models."
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of `ormgen stubs` beside the modules."""

    check: bool = False
    diff: bool = False
    strict: bool = False
    quiet: bool = False
    as_json: bool = False
    depth: str | None = None
    target: str | None = None
    jobs: int | None = None
    cache: bool = True

    @property
    def settings(self) -> str:
        """What was said on the command line instead of in pyproject.toml."""
        return " ".join(filter(None, (self.depth, self.target)))

    @property
    def writes(self) -> bool:
        """Whether files may change."""
        return not (self.check or self.diff)

    @property
    def wordy(self) -> bool:
        """Whether people read along."""
        return not (self.quiet or self.as_json)

    @property
    def note(self) -> Callable[[str], None]:
        """What is done with a remark for people."""
        return _say_nothing if self.quiet else console.note


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option("--check", is_flag=True, help="Write nothing; name the stale files and exit with 1 if there are any.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change and exit with 1 if anything would.")
@click.option("--watch", "watching", is_flag=True, help="Go on, and write again whenever the project's source changes.")
@click.option("--strict", is_flag=True, help="Treat what cannot be read as an error.")
@click.option("--depth", type=click.Choice(DEPTHS), help=DEPTH_HELP)
@click.option("--for", "target", type=click.Choice([*TARGETS]), help=TARGET_HELP)
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), help="Processes that work at once; by itself as many as help."
)
@click.option("--no-cache", is_flag=True, help="Read everything, even if nothing changed since the last run.")
@click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print the files and the findings as JSON.")
def stubs(
    modules: tuple[str, ...],
    watching: bool,
    depth: str | None,
    target: str | None,
    jobs: int | None,
    no_cache: bool,
    **flags: bool,
) -> None:
    """Write a typed stub beside each of MODULE..."""
    options = Options(depth=depth, target=target, jobs=jobs, cache=not no_cache, **flags)
    tell = telling(options.as_json, files=[])
    if watching:
        leave(lambda: _watch(modules, options), tell)
    with collector_paused():
        leave(lambda: _stubs(modules, options), tell)


def _watch(modules: Sequence[str], options: Options) -> int:
    if options.as_json or not options.writes:
        raise ConfigurationError("--watch writes stubs for people: it goes with none of --check, --diff and --json")
    from ormgen_codegen.watch import watch

    return watch(lambda: _stubs(modules, options), _watched(modules), options.note)


def _watched(modules: Sequence[str]) -> list[Path]:
    try:
        return searched_folders(read(modules))
    except SourceErrors:  # told when they are read again; somebody is about to mend them
        return [load_config(Path.cwd()).root or Path.cwd()]


def _stubs(modules: Sequence[str], options: Options) -> int:
    if options.as_json and options.diff:
        raise ConfigurationError("--json and --diff exclude each other; --json --check names the stale files")
    known = last_run.unchanged(modules, options.settings) if options.cache else None
    if known is not None and not (options.strict and known["findings"]):
        return _nothing_changed(known, options)
    remarks: list[str] = []
    before = remembered(Path.cwd(), last_run.name_of(modules, options.settings)) if options.cache else None
    kept, memory = before or (None, None)
    with console.progress(options.wordy) as show:
        jobs = options.jobs or usual_jobs()
        depth = None if options.depth is None else Depth(options.depth)
        run = read(modules, depth, show, kept, jobs, options.target)
        if options.strict and run.warnings:
            telling(options.as_json, files=[])([replace(warning, severity="error") for warning in run.warnings])
            return console.FOUND
        show(f"describing {len(run.graph.models):,} models")
        files = generated_files(run, remarks.append, jobs, memory)
    if options.wordy:
        console.tell(run.warnings)
    for remark in remarks:
        options.note(remark)
    stale = (*changes(files, roots(run.config)), *removals(orphans(run, files), roots(run.config)))
    if options.writes:
        for change in stale:
            write(change)
    if memory is not None:
        memory.save(run)
    if options.cache and (options.writes or not stale):
        _remember(run, modules, options, files, remarks)
    _report(stale, run.warnings, options)
    return console.FOUND if stale and not options.writes else console.DONE


def _nothing_changed(known: Mapping[str, Any], options: Options) -> int:
    findings = from_data(known["findings"])
    if options.wordy:
        console.tell(findings)
    for remark in known["remarks"]:
        options.note(remark)
    _report((), findings, options)
    return console.DONE


def _remember(run: Run, modules: Sequence[str], options: Options, files: Mapping[Any, str], remarks: list[str]) -> None:
    read_files = {module.source.path for module in run.reader.modules.loaded}
    if run.reader.kept is not None:
        read_files.update(run.reader.kept.files)
    last_run.remember(
        modules, options.settings, searched_folders(run), [*read_files, *files], as_data(run.warnings), remarks
    )


def _report(stale: Sequence[Change], warnings: Sequence[Finding], options: Options) -> None:
    if options.as_json:
        files = [{"path": change.shown, "status": _status(change, options)} for change in stale]
        say_json({"files": files, "findings": as_data(warnings)})
    elif not options.writes:
        for change in stale:
            console.say(change.diff() if options.diff else change.shown)
    else:
        done = [f"{'removed' if change.after is None else 'wrote'} {change.shown}" for change in stale]
        options.note("\n".join(done) or "stubs are up to date")


def _status(change: Change, options: Options) -> str:
    if not options.writes:
        return "stale"
    return "removed" if change.after is None else "written"


def _say_nothing(fact: str) -> None:
    """What `--quiet` does with a remark."""
