"""The ways in which the project writes objects of each model: in lean runs stubs spell out these alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen_codegen.scan_writes import (
    BESIDE_VALUES,
    CONSTRUCTOR,
    CREATE,
    GET_OR_CREATE,
    OWN,
    UPDATE,
    UPDATE_FROM_DICT,
    UPDATE_OR_CREATE,
)
from ormgen_codegen.usage import Usage, Write

NEW: Final = "new"
"""The constructor and `create`."""
RELATED: Final = "related"
"""`create` of the attributes that lead to many objects."""
ALL: Final = frozenset({NEW, RELATED, GET_OR_CREATE, UPDATE_OR_CREATE, UPDATE, UPDATE_FROM_DICT})
OF_NEW: Final = frozenset({CREATE, CONSTRUCTOR})
CLASHING: Final = BESIDE_VALUES.union(OWN)
"""Names of columns that are parameters of the methods that models share."""


def written_words(graph: ModelGraph, usage: Usage) -> Mapping[str, frozenset[str]]:
    """By the path of a model, those of `ALL` that the project uses of it."""
    found = {model.path: set(_known(model, usage)) for model in graph}
    named, related = _by_name(graph), _related(graph)
    for method, attribute, keywords in usage.writes:
        if not keywords:
            continue
        models = set.intersection(*(named.get(name, set()) for name in keywords))
        for path in models if method != CREATE else ():
            found[path].add(method)
        if method == CREATE:
            _create(found, models, related.get(attribute), attribute)
    return {path: frozenset(words) for path, words in found.items()}


def _create(found: dict[str, set[str]], models: Iterable[str], targets: set[str] | None, attribute: str) -> None:
    """A call of `create` on something that may be a class, or an attribute that leads to many objects."""
    for path in models:
        if targets is None or path in targets:
            found[path] |= {RELATED} if targets else {NEW} if attribute else {NEW, RELATED}


def _known(model: LinkedModel, usage: Usage) -> Iterable[str]:
    """What is used of a model by its name."""
    if not CLASHING.isdisjoint(model.names):
        return ALL
    own = usage.of.get(model.name)
    writes: Iterable[Write] = () if own is None else own.writes
    return {NEW if method in OF_NEW else method for method, _, _ in writes}


def _by_name(graph: ModelGraph) -> dict[str, set[str]]:
    """The paths of the models that have a column or relation of each name."""
    found: dict[str, set[str]] = {}
    for model in graph:
        for name in model.names:
            found.setdefault(name, set()).add(model.path)
    return found


def _related(graph: ModelGraph) -> dict[str, set[str]]:
    """The paths of the models to which relations to many objects lead, by the name of the relation."""
    found: dict[str, set[str]] = {}
    for model in graph:
        for relation in model.relations.values():
            if relation.many:
                found.setdefault(relation.name, set()).add(graph.models[relation.target].path)
    return found
