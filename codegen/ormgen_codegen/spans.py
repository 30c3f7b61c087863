"""Reads names such as `team__name__icontains` against the graph, as the runtime does, for the stubs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.schema.lookups import COMPARABLE, EVERY_LOOKUP, LOOKUPS, Family, Lookup, lookups_of

RELATION_LOOKUPS: Final[Mapping[str, Lookup]] = {row.name: row for row in LOOKUPS if row.families >= COMPARABLE}
"""What a name may end in that stops at a relation: the lookups that every kind of key accepts."""
ANY_TYPE: Final = "typing:Any"
EXACT: Final = "exact"


@dataclass(frozen=True, slots=True)
class Span:
    """Relations crossed, then a column (None where the name stops at the last relation), then a lookup."""

    relations: tuple[Relation, ...]
    column: FieldSchema | None
    lookup: Lookup | None

    @property
    def null(self) -> bool:
        """Whether the value can be None although the column is not nullable itself."""
        return any(relation.optional or relation.many for relation in self.relations)


def find_span(graph: ModelGraph, model: LinkedModel, name: str) -> Span | None:
    """What `name` stands for when it is asked of `model`; None if it does not exist there."""
    parts = name.split("__")
    relations: list[Relation] = []
    here = model
    while parts:
        part = parts.pop(0)
        if part in here.relations:
            relations.append(here.relations[part])
            here = graph.target(relations[-1])
            continue
        if here.columns_of(part):
            return _ending(tuple(relations), here.member(part), "__".join(parts))
        return None if not relations or parts else _ending(tuple(relations), None, part)
    return Span(tuple(relations), None, None)


def _ending(relations: tuple[Relation, ...], column: FieldSchema | None, rest: str) -> Span | None:
    if not rest:
        return Span(relations, column, None)
    lookups = RELATION_LOOKUPS if column is None else lookups_of_column(column)
    lookup = lookups.get(rest)
    if lookup is None and column is not None and column.family is Family.JSON:
        lookup = EVERY_LOOKUP[EXACT] if "__" in rest or rest not in EVERY_LOOKUP else None  # a path into the value
    return None if lookup is None else Span(relations, column, lookup)


def lookups_of_column(column: FieldSchema) -> Mapping[str, Lookup]:
    """The lookups of a column; all there are for one whose type could not be read."""
    unknown = column.python_type == ANY_TYPE and column.family.value == "other"
    return EVERY_LOOKUP if unknown else lookups_of(column.family)


def relation_path(graph: ModelGraph, model: LinkedModel, name: str) -> tuple[Relation, ...] | None:
    """The relations that `name` crosses, if it names nothing else."""
    span = find_span(graph, model, name)
    return None if span is None or span.column is not None or span.lookup is not None else span.relations
