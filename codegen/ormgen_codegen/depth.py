"""How far the keywords of a stub reach across relations, given how many models there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

FEW_MODELS: Final = 50
SOME_MODELS: Final = 200


class Depth(Enum):
    """What is spelled out about the columns one relation away, besides what the project uses."""

    AUTO = "auto"
    FULL = "full"
    EXACT = "exact"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Reach:
    """The depth across relations that lead to one object, and across those that lead to many."""

    one: Depth
    many: Depth

    def across(self, many: bool) -> Depth:
        """The depth across a relation."""
        return self.many if many else self.one

    @property
    def complete(self) -> bool:
        """Whether there are so few models that also what nobody uses yet is spelled out."""
        return self.many is Depth.FULL

    @property
    def keys_at_once(self) -> int:
        """How many required foreign keys of a model may each be given as object or as key, checked one by one."""
        return 3 if self.complete else 2


def reach(depth: Depth, models: int) -> Reach:
    """What `depth` means for a run over so many models."""
    if depth is not Depth.AUTO:
        return Reach(depth, depth)
    if models <= FEW_MODELS:
        return Reach(Depth.FULL, Depth.FULL)
    if models <= SOME_MODELS:
        return Reach(Depth.FULL, Depth.EXACT)
    return Reach(Depth.EXACT, Depth.EXACT)
