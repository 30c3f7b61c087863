"""Every name of a model that the project's source writes, held against the model graph."""

from __future__ import annotations

from collections.abc import Iterator

from ormgen.schema.collector import collector_paused
from ormgen_codegen.blocks import calls_of
from ormgen_codegen.build_graph import in_order
from ormgen_codegen.locate import shown_path
from ormgen_codegen.model_classes import ModelClasses
from ormgen_codegen.name_judge import Asked, Judge
from ormgen_codegen.name_rules import Role
from ormgen_codegen.parse.environment import ScopeEnvironment
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.scope import Scope
from ormgen_codegen.parse.source import Unreadable, parse_source
from ormgen_codegen.project_names import Candidate, ProjectNames, candidates
from ormgen_codegen.receivers import Receivers
from ormgen_codegen.run import Run
from ormgen_codegen.uses import Uses


def wrong_names(run: Run) -> tuple[Finding, ...]:
    """The names in the project's source that no model can have, by file and line.

    A file that is not Python says nothing: it may be a template, and Python itself will tell.

    Raises:
        ConfigurationError: the project names a folder to search that does not exist.
    """
    project = ProjectNames()
    with collector_paused():
        files = candidates(run, project)
    judge = Judge(ModelClasses(run), project, run.config.library)
    found = list(_wrong_orderings(run, judge))
    for file in files:
        with collector_paused():
            found += _wrong_in(file, run, judge)
    return in_order(found)


def _wrong_in(file: Candidate, run: Run, judge: Judge) -> list[Finding]:
    try:
        environment = _environment(file, run)
        if environment is None:
            return []
        calls = calls_of(environment.source.tree)
        receivers = Receivers(judge.classes, run.reader.reader, environment, calls.shared)
        return list(Uses(environment.source, calls, receivers, judge).findings())
    except (Unreadable, RecursionError):
        return []


def _environment(file: Candidate, run: Run) -> ScopeEnvironment | None:
    """What the module in a file binds; a module of the run has been read already."""
    reader = run.reader.reader
    for module in run.modules:
        if module.source.path.resolve() == file.path:
            return reader.environment(module.name)
    _, name = reader.modules.locator.with_root_of(file.path)
    source = parse_source(file.data, name, file.path, shown_path(file.path), file.path.name == "__init__.py")
    scope = Scope(source.tree.body, lambda statement: reader.modules.can_import(source, statement))
    return ScopeEnvironment(reader, source, scope)


def _wrong_orderings(run: Run, judge: Judge) -> Iterator[Finding]:
    """`Meta.ordering` behind its first word, which the graph looks at."""
    for module in run.modules:
        for parsed in module.concrete:
            model = judge.classes.by_path.get(f"{parsed.module}:{parsed.name}")
            for name in model.meta.ordering if model is not None else ():
                verdict = None if model is None else judge.verdict(name, Role.COLUMN, Asked((model,)))
                if verdict is not None:
                    fact, hint = verdict
                    yield Finding(parsed.place("Meta.ordering"), "error", f"{parsed.name}.Meta.ordering: {fact}", hint)
