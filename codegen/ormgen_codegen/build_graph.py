"""Parsed modules linked into the model graph, or everything that is wrong with them, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from ormgen.exceptions import Problem, SchemaError
from ormgen.schema.graph import ModelGraph
from ormgen.schema.link import link
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.apps import Apps, in_apps
from ormgen_codegen.parse.parsed import Finding, ParsedModel, ParsedModule, SourceErrors

HARMLESS = "Meta.ordering"  # only queries that follow it fail; what stubs say does not depend on it


def build_graph(
    modules: Sequence[ParsedModule], apps: Apps | None = None, faults: Iterable[Finding] = ()
) -> ModelGraph:
    """The graph of the models of `modules`; `apps` says which modules belong to which app label.

    Raises:
        SourceErrors: with every finding of the run, errors and warnings, `faults` of modules that could not be
            read included.
    """
    return checked_graph(modules, apps, faults)[0]


def checked_graph(
    modules: Sequence[ParsedModule], apps: Apps | None = None, faults: Iterable[Finding] = ()
) -> tuple[ModelGraph, tuple[Finding, ...]]:
    """The graph as `build_graph` gives it, and the warnings of the run.

    A `Meta.ordering` that names no field is left out of the graph with a warning.

    Raises:
        SourceErrors: as for `build_graph`.
    """
    findings = [*faults, *(finding for module in modules for finding in module.findings)]
    models = {f"{model.module}:{model.name}": model for module in modules for model in module.concrete}
    schemas = in_apps(
        ((module.name, model.schema) for module in modules for model in module.concrete if model.schema is not None),
        apps,
    )
    graph, problems = linked(schemas)
    by_key = {schema.key: models[f"{schema.module}:{schema.name}"] for schema in schemas}
    findings += [_finding(by_key[problem.model], problem) for problem in problems]
    if any(finding.severity == "error" for finding in findings):
        raise SourceErrors(in_order(findings))
    return graph, in_order(findings)


def linked(schemas: Sequence[ModelSchema], known: Sequence[Problem] = ()) -> tuple[ModelGraph, tuple[Problem, ...]]:
    """The graph, and everything that is wrong, `known` problems included; an empty graph if any of it does harm."""
    try:
        return link(schemas, known), ()
    except SchemaError as error:
        problems = error.problems
    harmless = {problem.model for problem in problems if problem.member == HARMLESS}
    if any(problem.member != HARMLESS for problem in problems):
        return ModelGraph({}), problems
    kept = [
        replace(schema, meta=replace(schema.meta, ordering=())) if schema.key in harmless else schema
        for schema in schemas
    ]
    return link(kept), problems


def _finding(model: ParsedModel, problem: Problem) -> Finding:
    severity: Literal["error", "warning"] = "warning" if problem.member == HARMLESS else "error"
    return Finding(model.place(problem.member), severity, problem.fact, problem.hint)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings without repeats, by file and line."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.position))
