"""What the text about a model depends on, as one number, and whose numbers may be others now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.declared import DeclaredClass, Role
from ormgen_codegen.stub_project import Project
from ormgen_codegen.stub_scope import Scope


def frame_of(project: Project) -> bytes:
    """What all texts of a run depend on: which models and classes there are, and how they are called."""
    classes = project.declarations.classes.values()
    return _digest(
        project.reach,
        project.target.name,
        sorted(project.in_place),
        "\n".join(project.described),
        "\n".join(project.stems.values()),
        sorted(project.carried_modules),
        sorted(project.declarations.nested.items()),
        sorted(project.declarations.packages.items()),
        "\n".join(f"{each.path} {each.role.value}" for each in classes),
        "\n".join(project.graph.models),
        [(path, _told(each.declared), each.bound) for path, each in project.querysets.items()],
        sorted(project.opened),
        [(path, model.path) for path, model in project.extra_querysets.items()],
        [(each.path, _told(each)) for each in classes if each.role is not Role.MODEL],
    )


def fingerprint(scope: Scope, model: LinkedModel) -> bytes:
    """What the text about one model depends on, beside the frame, other models and what the project asks."""
    declared = scope.project.declarations.classes.get(model.path)
    return _digest(
        model,
        None if declared is None else _told(declared),
        model.key in scope.joined,
        model.key in scope.joined_by_models,
        scope.pointed_at.get(model.key),
    )


def _digest(*parts: Any) -> bytes:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _told(declared: DeclaredClass) -> tuple[Any, ...]:
    """A class with its names in order, so that it is the same text each time."""
    return (
        declared.path,
        declared.role,
        declared.bases,
        sorted(declared.fields),
        sorted(declared.written),
        declared.manager,
        declared.managers,
        declared.about,
        declared.generic,
    )


def affected(graph: ModelGraph, before: Mapping[str, ModelSchema]) -> frozenset[str]:
    """The keys of all models that may be linked otherwise since those of `before` were described as they are there.

    These are the models themselves, those at the other ends of their relations then and now, and, where the primary
    key of one of these is a relation, those at the other ends of its relations too. Where one of them is the table
    of a many-to-many relation, both sides of that are among them.
    """
    sources, sides = _ways_back(graph)
    found: set[str] = set()
    waiting = [*before]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        waiting += sides.get(key, ())
        model = graph.models[key]
        if key in before or any(column.relation is not None for column in model.pk_columns):
            waiting += (relation.target for relation in model.relations.values())
            waiting += sources.get(key, ())
        if key in before:
            waiting += (target.key for target in _targets(graph, model.app, before[key]))
    return frozenset(found)


def _ways_back(graph: ModelGraph) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By the key of a model: those with a relation to it, and the sides of the relations whose table it is."""
    sources: dict[str, set[str]] = {}
    sides: dict[str, set[str]] = {}
    for model in graph:
        for relation in model.relations.values():
            sources.setdefault(relation.target, set()).add(relation.model)
            if relation.through is not None and relation.through.model is not None:
                sides.setdefault(relation.through.model, set()).update((relation.model, relation.target))
    return sources, sides


def _targets(graph: ModelGraph, app: str, schema: ModelSchema) -> Iterator[LinkedModel]:
    """The models that the relations of a description may have meant."""
    for member in schema.members:
        if isinstance(member, RelationSchema):
            path = ":".join(member.to.replace(":", ".").rpartition(".")[::2])
            for table in (graph.models, graph.paths):
                for name in (member.to, f"{app}.{member.to}", path):
                    if name in table:
                        yield table[name]


def same_place(one: ModelSchema, other: ModelSchema) -> bool:
    """Whether two descriptions are of one model in one table, so that all names lead to it as before."""
    places: Iterable[tuple[Any, ...]] = ((each.name, each.module, each.table, each.meta.app) for each in (one, other))
    return len({*places}) == 1
