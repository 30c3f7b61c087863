"""Parsed modules linked into the model graph, or everything that is wrong with them, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ormgen.exceptions import SchemaError
from ormgen.schema.graph import ModelGraph
from ormgen.schema.link import link
from ormgen_codegen.apps import Apps, in_apps
from ormgen_codegen.parse.parsed import Finding, ParsedModel, ParsedModule, SourceErrors


def build_graph(modules: Sequence[ParsedModule], apps: Apps | None = None, faults: Iterable[Finding] = ()) -> ModelGraph:
    """The graph of the models of `modules`; `apps` says which modules belong to which app label.

    Raises:
        SourceErrors: with every finding of the run, errors and warnings, `faults` of modules that could not be
            read included.
    """
    findings = [*faults, *(finding for module in modules for finding in module.findings)]
    models = {model.path: model for module in modules for model in module.concrete}
    schemas = in_apps(
        ((module.name, model.schema) for module in modules for model in module.concrete if model.schema is not None), apps
    )
    graph = ModelGraph({})
    try:
        graph = link(schemas)
    except SchemaError as error:
        by_key = {schema.key: models[f"{schema.module}:{schema.name}"] for schema in schemas}
        findings += [_finding(by_key[problem.model], problem.member, problem.fact, problem.hint) for problem in error.problems]
    if any(finding.severity == "error" for finding in findings):
        raise SourceErrors(in_order(findings))
    return graph


def _finding(model: ParsedModel, member: str | None, fact: str, hint: str | None) -> Finding:
    return Finding(model.place(member), "error", fact, hint)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings without repeats, by file and line."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.position))
