"""Parsed modules linked into the model graph, or everything that is wrong with them, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from ormgen.exceptions import Problem, SchemaError
from ormgen.records import replace
from ormgen.schema.graph import ModelGraph
from ormgen.schema.link import link
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.apps import Apps, in_apps
from ormgen_codegen.parse.parsed import ClassKind, Finding, ParsedModel, ParsedModule, SourceErrors

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
    schemas = in_apps(
        ((module.name, model.schema) for module in modules for model in module.concrete if model.schema is not None),
        apps,
    )
    by_key: dict[str, dict[str, ParsedModel]] = {}
    keys = {(schema.module, schema.name): schema.key for schema in schemas}
    for model in (model for module in modules for model in module.concrete):
        by_key.setdefault(keys[model.module, model.name], {})[model.path] = model
    findings += [each for key, same in by_key.items() for each in _declared_again(key, tuple(same.values()))]
    findings += _left_out(modules)
    graph, problems = linked(tuple({schema.key: schema for schema in reversed(schemas)}.values())[::-1])
    findings += [_finding(next(iter(by_key[problem.model].values())), problem) for problem in problems]
    if any(finding.severity == "error" for finding in findings):
        raise SourceErrors(in_order(findings))
    return graph, in_order(findings)


def _declared_again(key: str, same: Sequence[ParsedModel]) -> Iterator[Finding]:
    """An error at each of several models that have one name in one app, with the places of the others."""
    places = [model.declared.position for model in same]
    hint = "give one of them another name or app"
    if len({model.module for model in same}) > 1:
        hint += "; [tool.ormgen] apps in pyproject.toml says which modules belong to which"
    for place in places if len(same) > 1 else ():
        others = " and ".join(str(other) for other in places if other != place)
        yield Finding(place, "error", f"{key} is declared twice, also at {others}", hint)


def _left_out(modules: Sequence[ParsedModule]) -> Iterator[Finding]:
    """A warning at each model inside of a class that no module lists: no app will have it."""
    listed = {model.path for module in modules for model in module.concrete}
    for module in modules:
        for each in module.classes:
            if each.kind is ClassKind.MODEL and each.nested and each.path not in listed:
                name = each.path.partition(":")[2]
                fact = (
                    f"the model {name} is declared inside of a class and belongs to no app: its queries have no types"
                )
                yield Finding(each.position, "warning", fact, f"list it in __models__ = [{name}, ...]")


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
