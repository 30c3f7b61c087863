"""What is wrong with a name that ormgen understands, and that the library of the models does not."""

from __future__ import annotations

from typing import Final

from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen_codegen.name_rules import Fault, Role
from ormgen_codegen.spans import EXACT, Span, find_span
from ormgen_codegen.target_names import is_known
from ormgen_codegen.targets import Lack, Target

PK: Final = "pk"
INSTEAD: Final = {"regex": "posix_regex", "iregex": "iposix_regex"}
"""Lookups of ormgen, and those of Tortoise ORM that do the same."""


def library_fault(target: Target, graph: ModelGraph, model: LinkedModel, name: str, role: Role) -> Fault | None:
    """Why the library does not take a name that exists on `model`; None if it does."""
    if role is Role.FILTER:
        span = find_span(graph, model, name)
        return None if span is None or is_known(target, span) else _lookup_fault(target, model, span, name)
    if not target.lacks(Lack.KEY_NAMES) or name.rpartition("__")[2] != PK:
        return None
    if role is Role.COLUMN:
        fact = f'{target.title} has no "{PK}" here'
    elif role is Role.CREATED:
        fact = f'{target.title} passes over "{PK}" in a new object'
    else:
        return None
    path, _, _ = name.rpartition("__")
    found = find_span(graph, model, path) if path else None
    keyed = graph.target(found.relations[-1]) if found is not None and found.relations else model
    hint = f'did you mean "{"__".join(filter(None, (path, keyed.pk)))}"?'
    return Fault(keyed, PK, not path, fact, hint, missing=False)


def _lookup_fault(target: Target, model: LinkedModel, span: Span, name: str) -> Fault:
    parts = name.split("__")
    crossed = len(span.relations)
    rest = "__".join(parts[crossed + (span.column is not None) :])
    before = "__".join(parts[: crossed + (span.column is not None)])
    fact = f'{target.title} has no lookup "{rest}" (in "{name}")'
    hint = None
    if rest == EXACT:
        hint = f'did you mean "{before}"?'
    elif rest in INSTEAD:
        hint = f'did you mean "{before}__{INSTEAD[rest]}"?'
    elif span.column is None and span.relations[-1].kind.forward:
        path = "__".join([*parts[: crossed - 1], span.relations[-1].near])
        fact = f'{target.title} has no lookup "{rest}" on a relation (in "{name}")'
        hint = f'did you mean "{path}__{rest}"?'
    return Fault(model, rest, False, fact, hint, missing=False)
