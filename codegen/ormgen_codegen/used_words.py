"""The words that the project uses of each model: in lean runs stubs spell out these alone.

They are the ways to write objects, and the questions that not every model is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Final

from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen_codegen.scan_words import (
    BESIDE_VALUES,
    CHAINED,
    CONDITION,
    CONSTRUCTOR,
    CREATE,
    EXCLUDE,
    EXISTS,
    GET,
    GET_OR_CREATE,
    GET_OR_NONE,
    LOCK,
    OWN,
    UPDATE,
    UPDATE_FROM_DICT,
    UPDATE_OR_CREATE,
)
from ormgen_codegen.usage import Usage

NEW: Final = "new"
"""The constructor and `create`."""
RELATED: Final = "related"
"""`create` of the attributes that lead to many objects."""
ON_CLASS: Final = {GET: "class.get", GET_OR_NONE: "class.get_or_none", EXCLUDE: "class.exclude"}
"""What takes conditions, where it is asked of the class and not of a query set."""
ALL: Final = frozenset(
    {
        *(NEW, RELATED, GET_OR_CREATE, UPDATE_OR_CREATE, UPDATE, UPDATE_FROM_DICT),
        *(EXISTS, CONDITION, LOCK, *ON_CLASS, *ON_CLASS.values()),
    }
)
CLASHING: Final = BESIDE_VALUES.union(OWN)
"""Names of columns that are parameters of the methods that models share."""


def written_word(relation: Relation) -> str:
    """The word of a model for its attribute that leads to many objects."""
    return f".{relation.name}"


def manager_word(key: str | None) -> str:
    """The word of a model for being led to over its foreign key of this name, or over many-to-many relations."""
    return f"from.{key or ''}"


def used_words(graph: ModelGraph, usage: Usage, every: bool = False) -> Mapping[str, frozenset[str]]:
    """By the path of a model, those of `ALL` that the project uses of it, and those of its attributes and of others
    that lead to many objects; of these it is `every` one where that is asked for."""
    found = {model.path: _known(model, usage) for model in graph}
    for relation in _written(graph, usage, every):
        found[graph.models[relation.model].path].add(written_word(relation))
        key = None if relation.through is not None else relation.reverse
        found[graph.models[relation.target].path].add(manager_word(key))
    named, related = cache(partial(_by_name, graph)), _related(graph)
    for method, attribute, keywords in usage.words:
        if keywords:
            targets = related.get(attribute)
            words = _unknown(method, attribute, related=targets is not None)
            for path in _having(keywords, named()) if targets is None else targets:
                found[path] |= words
    return {path: frozenset(words) for path, words in found.items()}


def _written(graph: ModelGraph, usage: Usage, every: bool) -> Iterator[Relation]:
    """The relations to many objects whose attributes somebody names, or loads without a name."""
    names = usage.attributes.union(usage.loaded_names(), *(own.loaded_names() for own in usage.of.values()))
    for model in graph:
        whole = every or usage.about(model.name).loads_further
        for relation in model.relations.values():
            if relation.many and (whole or relation.name in names):
                yield relation


def _known(model: LinkedModel, usage: Usage) -> set[str]:
    """What is used of a model by its name."""
    if not CLASHING.isdisjoint(model.names):
        return {*ALL}
    found, own = set[str](), usage.of.get(model.name)
    for method, attribute, _ in () if own is None else own.words:
        on_class = False if attribute == CHAINED else True if attribute in ("", model.name) else None
        found |= {NEW} if method in (CREATE, CONSTRUCTOR) else _meant(method, on_class)
    return found


def _unknown(method: str, attribute: str, related: bool) -> set[str]:
    """What a call may mean on something that is not known: a class, a query set, an attribute that leads to many."""
    if method == CREATE:
        return {RELATED} if related else {NEW, RELATED} if attribute in ("", CHAINED) else {NEW}
    return _meant(method, False if related or attribute == CHAINED else None)


def _meant(method: str, on_class: bool | None) -> set[str]:
    """The words for a method that is called on a class, or else on a query set; None if it may be either.

    Query sets say themselves whether there are any, and how they are locked.
    """
    if method in ON_CLASS:
        return {ON_CLASS[method]} if on_class else {method} if on_class is False else {method, ON_CLASS[method]}
    return set() if on_class is False and method in (EXISTS, CONDITION, LOCK) else {method}


def _having(keywords: tuple[str, ...], named: Mapping[str, set[str]]) -> set[str]:
    """The models that have what keywords name; where none has all, those with all but one of several, which may be
    misspelt."""
    times = Counter(path for name in keywords for path in named.get(name.partition("__")[0], ()))
    most = max(times.values(), default=0)
    return {path for path, count in times.items() if count == most >= min(len(keywords), max(2, len(keywords) - 1))}


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
