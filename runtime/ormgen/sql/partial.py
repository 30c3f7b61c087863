"""Which columns of which model a question with `only` loads."""

from __future__ import annotations

from ormgen.query.paths import key_path, relation_path
from ormgen.query.statements import Select
from ormgen.schema.graph import LinkedModel, ModelGraph


def only_by_path(graph: ModelGraph, model: LinkedModel, select: Select) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The columns that `only` names, by the relations that lead to their model; annotations are loaded anyway."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    computed = {name for name, _ in select.annotations}
    for name in select.only or ():
        if name in computed:
            grouped.setdefault((), [])
            continue
        first, _, last = name.rpartition("__")
        relations = relation_path(graph, model, first) if first else ()
        owner = graph[relations[-1].target] if relations else model
        path = key_path(graph, owner, last)
        names = (column.name for column in path.columns)
        grouped.setdefault(tuple(relation.name for relation in relations), []).extend(names)
    for name in select.related if grouped else ():  # an object is reached by the column that points at it
        relations = relation_path(graph, model, name)
        for depth, step in enumerate(relations):
            before = tuple(relation.name for relation in relations[:depth])
            if before in grouped:
                grouped[before] += [near for near, _ in step.pairs]
    return {path: tuple(names) for path, names in grouped.items()}
