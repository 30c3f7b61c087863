"""How far the keywords of a stub reach across relations, given how many models there are."""

from __future__ import annotations

from enum import Enum
from typing import Final

from ormgen.records import dataclass

FEW_MODELS: Final = 40
MANY_MODELS: Final = 200
RARE: Final = frozenset(
    "not_isnull posix_regex iposix_regex regex iregex search contained_by quarter month week day hour minute second"
    " microsecond".split()
)
"""Lookups that a run over many models spells out only where the project uses them."""
RARE_OF_TEXT: Final = frozenset({"gt", "gte", "lt", "lte", "range"})
"""The same for texts, which hardly anybody asks for those that come later in the alphabet."""
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
    model's own columns. `lean` runs spell out little more than what the project uses.
    """

    one: Depth
    many: Depth
    complete: bool = False
    every_lookup: bool = True
    lean: bool = False

    def across(self, many: bool) -> Depth:
        """The depth across a relation."""
        return self.many if many else self.one

    def spells(self, lookup: str, null: bool, key: bool, text: bool = False) -> bool:
        """Whether a lookup of a model's own column is spelled out before the project uses it.

        `null` says that the column can be null, `key` that it is the primary key by the name `pk`, or a foreign key,
        `text` that it holds text.
        """
        if self.every_lookup or lookup == "exact":
            return True
        if lookup in RARE or (text and lookup in RARE_OF_TEXT):
            return False
        return (null or lookup != "isnull") and (not key or lookup in KEY_LOOKUPS)

    @property
    def keys_at_once(self) -> int:
        """How many required foreign keys of a model may each be given as object or as key, checked one by one."""
        return 3 if self.complete else 2 if self.every_lookup else 1


def reach(depth: Depth, models: int) -> Reach:
    """What `depth` means for a run over so many models."""
    match depth:
        case Depth.FULL:
            return Reach(Depth.FULL, Depth.FULL, complete=True)
        case Depth.EXACT:
            return Reach(Depth.EXACT, Depth.EXACT)
        case Depth.USED:
            return Reach(Depth.USED, Depth.USED, every_lookup=False)
    if depth is not Depth.LEAN and models <= FEW_MODELS:
        return Reach(Depth.FULL, Depth.FULL, complete=True)
    if depth is not Depth.LEAN and models <= MANY_MODELS:
        return Reach(Depth.EXACT, Depth.USED, every_lookup=False)
    return Reach(Depth.USED, Depth.USED, every_lookup=False, lean=True)
