"""Loaded objects → the instances that they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ormgen.models.hydrate import Groups, hydrator, sharing_hydrator
from ormgen.models.info import ModelInfo
from ormgen.query.layout import Layout
from ormgen.query.statements import VIA
from ormgen.schema.graph import Relation


class Owners:
    """The instances of which a relation is loaded; `keys` are what their objects are found by, each once."""

    __slots__ = ("_instances", "_own", "_relation", "keys")

    def __init__(self, relation: Relation, instances: Sequence[Any]) -> None:
        self._relation = relation
        self._instances = instances
        self._own = list(map(attrgetter(relation.near), instances))
        different = dict.fromkeys(self._own)
        different.pop(None, None)
        self.keys = tuple(different)

    def give(self, groups: Groups, to_attr: str | None) -> None:
        """Keep with each instance what was found for it: a list of its own, or one object, or None."""
        name, many = self._relation.name, self._relation.many
        alone = len(self.keys) == len(self._own)  # nobody else has the same list
        for item, key in zip(self._instances, self._own, strict=True):
            if many:  # lists for 1,000 objects take 0.25 ms instead of 0.75
                found: Any = groups[key] if alone else list(groups.get(key, ()))
            else:
                found = groups[key][0] if key in groups else None
            if to_attr is not None:
                setattr(item, to_attr, found)
            elif item.__loaded__ is None:
                item.__loaded__ = {name: found}
            else:
                item.__loaded__[name] = found


def shared(compiled: Layout, rows: Sequence[Any], relation: Relation, target: ModelInfo, groups: Groups) -> list[Any]:
    """The objects of labelled rows, each made once: 3,000 rows of 50 objects take 0.3 ms instead of 2.5."""
    section, label = compiled.sections[0], compiled.extras[-1]
    whole = len(compiled.sections) == 1 and len(compiled.extras) == 1 and relation.far in section.attributes
    if not whole or label.parts:  # what else a row holds may be its own
        unique: dict[Any, Any] = {}
        for item in hydrator(compiled, target)(rows):
            owner = item.__dict__.pop(VIA)
            groups[owner].append(unique.setdefault(getattr(item, relation.far), item))
        return list(unique.values())
    found: Groups = groups if label.decoder is None else defaultdict(list)
    objects = sharing_hydrator(compiled, target, relation.far)(rows, found)
    if label.decoder is not None:
        for owner, members in found.items():
            groups[label.decoder(owner)] += members
    return objects
