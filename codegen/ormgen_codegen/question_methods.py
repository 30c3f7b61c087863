"""The methods by which models are asked and changed: what their arguments name, and what they give."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.functions import FUNCTIONS as ALL_FUNCTIONS
from ormgen.schema.lookups import Family
from ormgen_codegen.name_rules import Role


class Shape(Enum):
    """What an expression is, seen from a model."""

    CLASS = "the model itself"
    QUERY = "a query set or manager"
    TO_MANY = "the objects that a relation of one object leads to"
    ROWS = "rows of values"
    SINGLE = "at most one object, to be awaited"
    PAIR = "an object, and whether it is new"
    MANY = "a list of objects"
    ONE = "an object"


ASKED: Final = (Shape.CLASS, Shape.QUERY, Shape.TO_MANY, Shape.ROWS, Shape.SINGLE)
SAME: Final = "same"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter whose value holds names: a text, a list of texts, or the keys of a dictionary.

    `place` is its position among the positional arguments, None if it is given by keyword only.
    """

    name: str
    place: int | None
    role: Role


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    `keywords` is what its free keywords name, `names` what its positional texts from `start` on name; `reserved` are
    keywords with a meaning of their own. `aliases` says that free keywords are new names whose texts are `names`,
    `computes` that they are new names for expressions. `gives` is the shape of the result, SAME for that of the
    receiver, None where it is not followed.
    """

    keywords: Role | None = None
    names: Role | None = None
    gives: Shape | str | None = None
    parameters: tuple[Parameter, ...] = ()
    reserved: frozenset[str] = frozenset({"using_db"})
    start: int = 0
    aliases: bool = False
    computes: bool = False
    ends: bool = False


_STEPS: Final = (
    *("all", "distinct", "reverse", "limit", "offset", "using_db", "select_for_update", "none", "use_index"),
    "force_index",
)


def _asking() -> dict[str, Method]:
    same = Method(gives=SAME)
    narrowed = Method(Role.FILTER, gives=SAME)
    found = Method(Role.FILTER, gives=Shape.SINGLE)
    extreme = Method(names=Role.COLUMN, gives=Shape.SINGLE)
    methods = dict.fromkeys(_STEPS, same)
    return methods | {
        "filter": narrowed,
        "exclude": narrowed,
        "get": found,
        "get_or_none": found,
        "first": Method(gives=Shape.SINGLE),
        "last": Method(gives=Shape.SINGLE),
        "latest": extreme,
        "earliest": extreme,
        "exists": Method(Role.FILTER, ends=True),
        "count": Method(ends=True),
        "contains": Method(ends=True),
        "aggregate": Method(ends=True),
        "delete": Method(ends=True),
        "order_by": Method(names=Role.COLUMN, gives=SAME),
        "group_by": Method(names=Role.COLUMN, gives=SAME),
        "annotate": Method(gives=SAME, computes=True, reserved=frozenset()),
        "only": Method(names=Role.COLUMN, gives=SAME),
        "defer": Method(names=Role.OWN, gives=SAME),
        "select_related": Method(names=Role.JOINED, gives=SAME),
        "prefetch_related": Method(names=Role.RELATION, gives=SAME),
        "values": Method(names=Role.COLUMN, gives=Shape.ROWS, aliases=True),
        "values_list": Method(names=Role.COLUMN, gives=Shape.ROWS, reserved=frozenset({"flat"})),
        "update": Method(Role.ASSIGNED, ends=True),
        "in_bulk": Method(parameters=(Parameter("field_name", 1, Role.OWN),), ends=True),
    }


def _making() -> dict[str, Method]:
    defaults = Parameter("defaults", 0, Role.CREATED)
    reserved = frozenset({"using_db", "defaults"})
    either = Method(Role.FILTER, gives=Shape.PAIR, parameters=(defaults,), reserved=reserved)
    conflict = (Parameter("update_fields", 3, Role.OWN), Parameter("on_conflict", 4, Role.OWN))
    return {
        "create": Method(Role.CREATED, gives=Shape.SINGLE),
        "get_or_create": either,
        "update_or_create": either,
        "bulk_create": Method(parameters=conflict, ends=True),
        "bulk_update": Method(parameters=(Parameter("fields", 1, Role.OWN),), ends=True),
        "fetch_for_list": Method(names=Role.RELATION, start=1, ends=True),
        "Q": Method(Role.FILTER, reserved=frozenset({"join_type"})),
    }


QUESTIONS: Final[Mapping[str, Method]] = MappingProxyType(_asking() | _making())
"""Of a model, a query set, a relation to many, rows, or a question with one answer."""

ACTIONS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "save": Method(parameters=(Parameter("update_fields", 1, Role.OWN),)),
        "refresh_from_db": Method(parameters=(Parameter("fields", 0, Role.OWN),)),
        "fetch_related": Method(names=Role.RELATION, gives=Shape.ONE),
        "update_from_dict": Method(parameters=(Parameter("data", 0, Role.CREATED),), gives=Shape.ONE),
        "clone": Method(gives=Shape.ONE),
    }
)
"""Of one object."""

CONSTRUCTED: Final = Method(Role.CREATED, gives=Shape.ONE, reserved=frozenset())
"""Of the class when it is called."""

FUNCTIONS: Final = frozenset(
    name for name, schema in ALL_FUNCTIONS.items() if not schema.alone and schema.gives is not Family.OTHER
)
"""Functions of ormgen whose first argument names a column."""


def method_of(shape: Shape, name: str) -> Method | None:
    """The method that something of this shape has under `name`."""
    if shape is Shape.ONE:
        return ACTIONS.get(name)
    return QUESTIONS.get(name) if shape in ASKED else None
