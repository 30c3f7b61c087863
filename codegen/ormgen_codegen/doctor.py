"""Looks at everything a project needs, in the order in which one thing needs the other, and says what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Literal

from ormgen.exceptions import BaseORMException, ConfigurationError, OperationalError
from ormgen.migrations import status
from ormgen.migrations.history import History
from ormgen.migrations.live import live, servers
from ormgen.migrations.verify import drift
from ormgen.records import dataclass
from ormgen_codegen.check_names import wrong_names
from ormgen_codegen.cli_check import stale
from ormgen_codegen.cli_databases import place
from ormgen_codegen.cli_migrate import folders
from ormgen_codegen.cli_pydantic import stale_documents
from ormgen_codegen.config import Config, load_config
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.source_state import state_of
from ormgen_codegen.parse.parsed import Finding, SourceErrors
from ormgen_codegen.run import Run, read_run

LIBRARIES: Final = ("pypika", "aiosqlite", "asyncpg", "asyncmy", "pydantic", "mypy", "pyright")
State = Literal["ok", "warning", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: what was found, and what to do where it is not well."""

    about: str
    state: State
    fact: str
    remedy: str | None = None


def examine(modules: tuple[str, ...], settings: str | None) -> Iterator[Diagnosis]:
    """Everything, one after the other; what needs something that is missing is skipped."""
    yield _versions()
    config = load_config(Path.cwd())
    yield _configured(config, modules)
    run = None
    if modules or config.modules:
        run, told = _models(config, modules)
        yield told
    if run is not None:
        yield _stubs(run)
        yield _names(run)
    try:
        where = place(settings, None)
    except ConfigurationError as error:
        yield Diagnosis("database", "skipped", str(error))
        return
    reached = list(_reached(where))
    yield from reached
    if any(each.state == "error" for each in reached):
        return
    yield from _migrations(config, run, where)
    if run is not None:
        yield _guarded("tables", lambda: _tables(run, where))


def _versions() -> Diagnosis:
    found = []
    for name in ("ormgen-orm", *LIBRARIES):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    python = ".".join(map(str, sys.version_info[:3]))
    return Diagnosis("versions", "ok", f"Python {python}, {', '.join(found)}")


def _configured(config: Config, modules: tuple[str, ...]) -> Diagnosis:
    if config.root is None:
        remedy = "run `ormgen init -t settings.ORMGEN`, or write a pyproject.toml with [tool.ormgen] apps"
        return Diagnosis("configuration", "warning", "there is no pyproject.toml here or above", remedy)
    if not config.modules and not modules:
        remedy = 'add apps = { models = ["app.models"] } to [tool.ormgen]'
        return Diagnosis("configuration", "warning", "pyproject.toml names no apps", remedy)
    apps = ", ".join(f"{label} ({', '.join(names)})" for label, names in config.apps.items())
    return Diagnosis("configuration", "ok", f"apps: {apps}" if apps else f"modules: {', '.join(modules)}")


def _models(config: Config, modules: tuple[str, ...]) -> tuple[Run | None, Diagnosis]:
    try:
        run = read_run(modules, config)
    except SourceErrors as errors:
        return None, _listed("models", "error", errors.findings, "run `ormgen check` and mend them")
    except ConfigurationError as error:
        return None, Diagnosis("models", "error", str(error), "name modules that exist in [tool.ormgen] apps")
    if run.warnings:
        return run, _listed("models", "warning", run.warnings, "run `ormgen check` for all of them")
    number = len(run.graph.models)
    return run, Diagnosis("models", "ok", f"{number} models in {len(run.modules)} modules")


def _stubs(run: Run) -> Diagnosis:
    try:
        found = [*stale(run), *stale_documents(run)]
    except ConfigurationError as error:
        return Diagnosis("stubs", "error", str(error), "move the file away, then run `ormgen stubs`")
    if found:
        return _listed("stubs", "error", found, "run `ormgen stubs`")
    return Diagnosis("stubs", "ok", "every stub is up to date")


def _names(run: Run) -> Diagnosis:
    found = wrong_names(run)
    if found:
        return _listed("queries", "error", found, "run `ormgen check` for all of them")
    return Diagnosis("queries", "ok", "every name that queries use exists")


def _listed(about: str, state: State, findings: Sequence[Finding], remedy: str) -> Diagnosis:
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return Diagnosis(about, state, f"{first.position}: {first.fact}{more}", first.hint or remedy)


def _reached(where: dict[str, Any]) -> Iterator[Diagnosis]:
    try:
        found = asyncio.run(servers(where["settings"], search=where["search"]))
    except (ConfigurationError, ImportError) as error:
        yield Diagnosis("database", "error", str(error), "mend the settings, or name others with --config")
        return
    for alias, told in found.items():
        if isinstance(told, OperationalError):
            remedy = "start the server, mend the settings, or run `ormgen upgrade` where there is no database yet"
            yield Diagnosis(f"database {alias}", "error", str(told), remedy)
        else:
            yield Diagnosis(f"database {alias}", "ok", told)


def _migrations(config: Config, run: Run | None, where: dict[str, Any]) -> Iterator[Diagnosis]:
    try:
        known = History.read(folders(config, None))
    except ConfigurationError as error:
        yield Diagnosis("migrations", "error", str(error), "mend or restore the file")
        return
    if not known.migrations:
        yield Diagnosis("migrations", "skipped", "there are none", "run `ormgen init-db` where you want them")
        return
    yield _guarded("migrations", lambda: _pending(known, run))
    yield _guarded("applied", lambda: _unapplied(where))
    yield _guarded("drift", lambda: _drifted(where))


def _guarded(about: str, work: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return work()
    except BaseORMException as error:
        return Diagnosis(about, "error", str(error))


def _pending(known: History, run: Run | None) -> Diagnosis:
    apps = {key.app for key in known.migrations}
    branches = [keys for keys in map(known.heads, sorted(apps)) if len(keys) > 1]
    if branches:
        names = ", ".join(map(str, branches[0]))
        return Diagnosis("migrations", "error", f"there are branches: {names}", "run `ormgen merge`")
    if run is not None and generate(known, state_of(run), Answers()).migrations:
        return Diagnosis("migrations", "error", "the models have changed since the last one", "run `ormgen migrate`")
    return Diagnosis("migrations", "ok", f"{len(known.migrations)} migrations lead to the models")


def _unapplied(where: dict[str, Any]) -> Diagnosis:
    entries = asyncio.run(status(**where))
    missing = [entry for entry in entries if entry.applied_at is None]
    if missing:
        fact = f"{len(missing)} are not applied, {missing[0].key} first"
        return Diagnosis("applied", "error", fact, "run `ormgen upgrade`")
    return Diagnosis("applied", "ok", "the database has every migration")


def _drifted(where: dict[str, Any]) -> Diagnosis:
    found = asyncio.run(drift(**where))
    if found:
        remedy = "run `ormgen drift`; write a migration for what is wanted, and undo the rest"
        return Diagnosis("drift", "error", f"{found[0]} ({len(found)} differences)", remedy)
    return Diagnosis("drift", "ok", "the tables are as the migrations say")


def _tables(run: Run, where: dict[str, Any]) -> Diagnosis:
    present = asyncio.run(live(where["settings"], search=where["search"]))
    wanted = {model.table for model in run.graph}
    missing = sorted(wanted - present.keys())
    if missing:
        names = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        remedy = "run `ormgen upgrade`, or ORM.generate_schemas()"
        return Diagnosis("tables", "error", f"{len(missing)} of {len(wanted)} are missing: {names}", remedy)
    return Diagnosis("tables", "ok", f"all {len(wanted)} are there")


def is_ill(found: Iterable[Diagnosis]) -> bool:
    """Whether something has to be done."""
    return any(each.state == "error" for each in found)
