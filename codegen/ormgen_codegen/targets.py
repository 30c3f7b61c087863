"""Whose classes stubs describe: ormgen's own, or those of Tortoise ORM; what each of them has, and where it comes from.

Every difference between the two starts in this table. What generated text is made of (`QuerySet`, `Single`, `IntOp`)
has the same names for both: for Tortoise ORM they stand in a module that is written beside the generated ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass, field

STANDARD: Final = (
    "from collections.abc import Awaitable, Coroutine, Generator, Iterable",
    "from typing import Any as Any, ClassVar as ClassVar, Generic, Literal, TypeAlias, overload",
    "from typing_extensions import Never, Required, Self as Self, TypedDict, TypeVar, Unpack",
)
OURS: Final = (
    "from ormgen.expressions import Expression, OrderBy, Predicate, Q",
    "from ormgen.fields import Field as Field, Related as Related",
    "from ormgen.functions import Avg, Coalesce, Count, Length, Lower, Max, Min, Sum, Trim, Upper",
    "from ormgen.models import Model",
    "from ormgen.query_utils import Prefetch",
    "from ormgen.queryset import CompoundQuery, Fetched, ManyToManyRelation, OpenQuerySet, QuerySet",
    "from ormgen.queryset import ReverseRelation, Rows, Single",
    "from ormgen.transactions import Connection",
    "from ormgen.typing import *",
)


class Lack(Enum):
    """What a library does not have, although ormgen has it."""

    PATHS = auto()
    """`Hero.q.name` and `Hero.Q(name="x")`."""
    SHAPED_MODELS = auto()
    """Pydantic classes of which type checkers know the fields."""
    EXACT_ARGUMENTS = auto()
    """Classes of expressions that know the names in them: all `Count("heroes")` and all `Prefetch(…)` look alike."""
    KEY_NAMES = auto()
    """`pk`, or the name of a foreign key, for a column in `values`, `order_by`, `only`, or in a new object."""
    KEY_LOOKUPS = auto()
    """Lookups on a foreign key by the name of its relation; objects where a relation leads back or to many."""
    COMPUTED_OBJECTS = auto()
    """Expressions in a new object."""
    MEASURED_ROWS = auto()
    """Values of annotations that have the same type on every database, in objects and in rows."""
    ASKING_RELATIONS = auto()
    """All methods of a query set on the attribute of a relation."""
    LOADED_ANSWERS = auto()
    """`await hero.fetch_related("team")` that gives the hero; without it relations are loaded in place."""
    GROWING_ROWS = auto()
    """`annotate` behind `values`."""
    COMPUTED_TEXTS = auto()
    """Expressions where a lookup takes a part of a text."""


@dataclass(frozen=True, slots=True)
class Target:
    """A library whose classes stubs describe; `title` is what messages call it.

    `imports` are those of the generated modules. `support` is the module that is written beside them, with its
    template, "" if there is none. `lookups` and `members` are names that the library does not have: of lookups, and of
    methods and class attributes of models and query sets. `homes` says where it has the classes that the reader of
    modules knows by their places in ormgen.
    """

    name: str
    title: str
    imports: tuple[str, ...]
    support: str = ""
    lookups: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    lacking: frozenset[Lack] = frozenset()
    homes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def lacks(self, what: Lack) -> bool:
        """Whether the library is without this."""
        return bool(self.lacking) and what in self.lacking


ORMGEN: Final = Target("ormgen", "ormgen", OURS)
TORTOISE: Final = Target(
    "tortoise",
    "Tortoise ORM",
    (),
    support="_ormgen_tortoise",
    lookups=frozenset({"exact", "regex", "iregex", "date"}),
    members=frozenset(
        {"objects", "q", "Q", "aggregate", "defer", "to_dict", "union", "union_all", "intersection", "difference"}
    ),
    lacking=frozenset(Lack),
    homes=MappingProxyType(
        {
            "ormgen.models.model:Model": "tortoise.models:Model",
            "ormgen.models.queryset:Manager": "tortoise.manager:Manager",
            "ormgen.models.queryset:QuerySet": "tortoise.queryset:QuerySet",
        }
    ),
)
TARGETS: Final = {each.name: each for each in (ORMGEN, TORTOISE)}
