"""What the rewriting of one module takes and gives."""

from __future__ import annotations

from ormgen.records import dataclass, field
from ormgen_codegen.parse.parsed import Finding


@dataclass(frozen=True)
class Habits:
    """What the whole project does: `given_on` are names that modules import from others than Tortoise ORM itself.

    `settings` says whether the name TORTOISE_ORM may be changed everywhere.
    """

    given_on: frozenset[str] = frozenset()
    settings: bool = True


@dataclass
class Rewritten:
    """A module after the change, and what was left as it was."""

    before: str
    after: str
    findings: list[Finding] = field(default_factory=list)
