"""How far the keywords of a stub reach across relations, given how many models there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.lookups import Family

FEW_MODELS: Final = 40
MANY_MODELS: Final = 200
RARE: Final = frozenset(
    "not_isnull posix_regex iposix_regex regex iregex search contained_by quarter month week day hour minute second"
    " microsecond".split()
)
"""Lookups that a run over many models spells out only where the project uses them."""
RANGED: Final = frozenset({"gt", "gte", "lt", "lte", "range"})
LISTED: Final = frozenset({"in", "not_in"})
RARE_OF: Final[Mapping[Family, frozenset[str]]] = {Family.TEXT: RANGED}
"""The same for single families: hardly anybody asks for the texts that come later in the alphabet."""
RARE_OF_LEAN: Final[Mapping[Family, frozenset[str]]] = {
    **dict.fromkeys((Family.TEXT, Family.UUID, Family.KEY), RANGED),
    **dict.fromkeys((Family.FLOAT, Family.DECIMAL, Family.DATE, Family.DATETIME), LISTED),
    **dict.fromkeys((Family.TIME, Family.TIMEDELTA), LISTED),
    Family.BOOLEAN: LISTED | {"not"},
}
"""The same for lean runs: amounts and moments are not found in lists either."""
SPREADING: Final = frozenset("not not_in range istartswith endswith iendswith year date filter overlap len".split())
"""Lookups that a lean run spells out for every column that has them, once the project uses them on any.

Before that there are equality, `in` of texts, integers and keys, `isnull` where None is possible, `gt`, `gte`, `lt`,
`lte` of numbers, times and enums of integers, and `contains`, `icontains`, `startswith`, `iexact`. The rare ones stay
with the columns on which they are used.
"""
KEY_LOOKUPS: Final = frozenset({"exact", "in", "isnull"})
"""What is spelled out then about keys."""


class Depth(Enum):
    """What is spelled out about the columns one relation away, besides what the project uses."""

    AUTO = "auto"
    FULL = "full"
    EXACT = "exact"
    USED = "used"
    LEAN = "lean"


@dataclass(frozen=True, slots=True)
class Reach:
    """The depth across relations that lead to one object, and across those that lead to many.

    `complete` runs also spell out loaded states and rows that nobody uses yet, `every_lookup` those lookups of a
    model's own columns. `lean` runs spell out little more than what the project uses; `spread` are those lookups that
    it uses anywhere and that are therefore spelled out everywhere.
    """

    one: Depth
    many: Depth
    complete: bool = False
    every_lookup: bool = True
    lean: bool = False
    spread: tuple[str, ...] = ()

    def across(self, many: bool) -> Depth:
        """The depth across a relation."""
        return self.many if many else self.one

    def spells(self, lookup: str, null: bool, key: bool, family: Family = Family.OTHER) -> bool:
        """Whether a lookup of a model's own column is spelled out before the project uses it there.

        `null` says that the column can be null, `key` that it is the primary key by the name `pk`, or a foreign key;
        in lean runs the primary key by any name.
        """
        if self.every_lookup or lookup == "exact":
            return True
        rare = RARE_OF_LEAN if self.lean else RARE_OF
        if lookup in RARE or lookup in rare.get(family, ()):
            return False
        if self.lean and lookup in SPREADING and lookup not in self.spread:
            return False
        return (null or lookup != "isnull") and (not key or lookup in KEY_LOOKUPS)

    def spells_key(self, lookup: str, null: bool, many: bool) -> bool:
        """The same of a relation by its own name; `many` says that it leads to many objects.

        In lean runs it is the foreign key that is found in a list, and a relation to many has only its name.
        """
        if self.lean and (many or lookup == "in"):
            return lookup == "exact"
        return self.spells(lookup, null, True)

    @property
    def keys_at_once(self) -> int:
        """How many required foreign keys of a model may each be given as object or as key, checked one by one."""
        return 3 if self.complete else 2 if self.every_lookup else 1


def reach(depth: Depth, models: int, used: Iterable[str] = ()) -> Reach:
    """What `depth` means for a run over so many models; `used` are the names that the project writes, with lookups."""
    match depth:
        case Depth.FULL:
            return Reach(Depth.FULL, Depth.FULL, complete=True)
        case Depth.EXACT:
            return Reach(Depth.EXACT, Depth.EXACT)
        case Depth.USED:
            return Reach(Depth.USED, Depth.USED, every_lookup=False)
    if depth is Depth.AUTO and models <= FEW_MODELS:
        return Reach(Depth.FULL, Depth.FULL, complete=True)
    if depth is Depth.AUTO and models <= MANY_MODELS:
        return Reach(Depth.EXACT, Depth.USED, every_lookup=False)
    spread = sorted(SPREADING.intersection(name.rpartition("__")[2] for name in used))
    return Reach(Depth.USED, Depth.USED, every_lookup=False, lean=True, spread=tuple(spread))
