"""Which of the names that ormgen understands mean something to the library whose classes stubs describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ormgen.schema.graph import Relation
from ormgen.schema.lookups import Lookup
from ormgen_codegen.spans import EXACT, RELATION_LOOKUPS, Span
from ormgen_codegen.targets import Lack, Target

KEYS_ONLY: Final = {name: RELATION_LOOKUPS[name] for name in (EXACT,)}
LISTS: Final = KEYS_ONLY | {name: RELATION_LOOKUPS[name] for name in ("not", "in", "not_in")}


def known_lookups(target: Target, lookups: Mapping[str, Lookup]) -> Iterable[Lookup]:
    """Those lookups that the library has; the first of them is equality, which is written without a name."""
    return (each for name, each in lookups.items() if name == EXACT or name not in target.lookups)


def relation_lookups(target: Target, relation: Relation) -> Mapping[str, Lookup]:
    """What a name may end in that stops at `relation`."""
    if not target.lacks(Lack.KEY_LOOKUPS):
        return RELATION_LOOKUPS
    if relation.kind.forward:
        return KEYS_ONLY
    return LISTS if relation.through is not None else RELATION_LOOKUPS


def is_known(target: Target, span: Span) -> bool:
    """Whether the library understands a name that stands for `span`."""
    if span.lookup is None:
        return True
    if span.lookup.name in target.lookups:
        return False
    return span.column is not None or span.lookup.name in relation_lookups(target, span.relations[-1])
