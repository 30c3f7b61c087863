"""Whether a name in a query exists on a model, by the place where it is written; and if not, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.schema.lookups import EVERY_LOOKUP, Family
from ormgen.schema.names import nearest
from ormgen_codegen.spans import EXACT, RELATION_LOOKUPS, lookups_of_column

LISTED: Final = 12  # names that a hint lists where none of them is close


class Role(Enum):
    """What a name is used for."""

    FILTER = "a keyword of filter(), get(), Q() …: relations, a column, a lookup"
    COLUMN = "a name in order_by(), values(), F(), Count() …: relations and a column"
    RELATION = "a name in prefetch_related() …: relations"
    JOINED = "a name in select_related(): relations to one object"
    OWN = "a name in defer(), update_fields=, fields=: a column of the model itself"
    ASSIGNED = "a keyword of update()"
    CREATED = "a keyword of create() and of the class itself"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a name is wrong.

    `missing` says that `model` has no field called `part`, `first` that this is how the name begins, so that
    something computed could have been meant.
    """

    model: LinkedModel
    part: str
    first: bool
    fact: str
    hint: str | None = None
    missing: bool = True


@dataclass(frozen=True, slots=True)
class _Walked:
    """How far a name leads: relations crossed to `here`, then perhaps a column, and the parts that are left."""

    relations: tuple[Relation, ...]
    here: LinkedModel
    column: FieldSchema | None
    rest: tuple[str, ...]


def find_fault(graph: ModelGraph, model: LinkedModel, name: str, role: Role) -> Fault | None:
    """What is wrong with `name` where it is asked of `model` in this role; None if nothing is."""
    return _RULES[role](graph, model, name)


def target_of(graph: ModelGraph, model: LinkedModel, name: str) -> LinkedModel | None:
    """The model to which a name leads that consists of relations."""
    walked = _walk(graph, model, name)
    return None if walked.rest or walked.column is not None else walked.here


def family_of(graph: ModelGraph, model: LinkedModel, name: str) -> Family | None:
    """The family of the column that a name stands for; None if it is no column."""
    walked = _walk(graph, model, name)
    return None if walked.rest or walked.column is None else walked.column.family


def _walk(graph: ModelGraph, model: LinkedModel, name: str) -> _Walked:
    parts = name.split("__")
    relations: list[Relation] = []
    here = model
    for at, part in enumerate(parts):
        if part in here.relations:
            relations.append(here.relations[part])
            here = graph.target(relations[-1])
            continue
        column = here.member(part) if here.columns_of(part) else None
        return _Walked(tuple(relations), here, column, tuple(parts[at + (column is not None) :]))
    return _Walked(tuple(relations), here, None, ())


def _filter(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    walked = _walk(graph, model, name)
    lookup = "__".join(walked.rest)
    if walked.column is not None:
        lookups = lookups_of_column(walked.column)
        if walked.column.family is Family.JSON and (len(walked.rest) > 1 or lookup not in EVERY_LOOKUP):
            return None  # a path into the value
        return (
            None
            if (lookup if walked.rest else EXACT) in lookups
            else _no_lookup(walked, walked.column, lookup, name, lookups)
        )
    if not walked.rest or (walked.relations and lookup in RELATION_LOOKUPS):
        return None
    return _unknown(walked, name, [*walked.here.names, *(RELATION_LOOKUPS if walked.relations else ())])


def _no_lookup(walked: _Walked, column: FieldSchema, lookup: str, name: str, lookups: Iterable[str]) -> Fault:
    close = nearest(lookup, lookups)
    hint = _corrected(name, lookup, close) if close else f"it accepts {', '.join(lookups)}"
    fact = f'{walked.here.name}.{column.name} ({column.family.value}) has no lookup "{lookup}"'
    return Fault(walked.here, lookup, False, f"{fact}{_inside(lookup, name)}", hint, missing=False)


def _column(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    walked = _walk(graph, model, name)
    if not walked.rest:
        return None
    if walked.column is None:
        return _unknown(walked, name, walked.here.names)
    if walked.column.family is Family.JSON:
        return None  # a path into the value
    rest = "__".join(walked.rest)
    fact = f'{walked.here.name}.{walked.column.name} is a column, "{rest}" cannot follow it{_inside(rest, name)}'
    return Fault(walked.here, rest, False, fact, missing=False)


def _relation(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    return _crossed(graph, model, name, to_one=False)


def _joined(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    return _crossed(graph, model, name, to_one=True)


def _crossed(graph: ModelGraph, model: LinkedModel, name: str, to_one: bool) -> Fault | None:
    here, first = model, True
    for part in name.split("__"):
        relation = here.relations.get(part)
        if relation is None:
            what = f"{here.name}.{part} is a column, not a relation"
            if part != "pk" and part not in here.columns:
                what = f'{here.name} has no relation "{part}"'
            known = [each.name for each in here.relations.values() if not (to_one and each.many)]
            return Fault(here, part, first, f"{what}{_inside(part, name)}", _hint(name, part, known))
        if to_one and relation.many:
            fact = f"{here.name}.{part} leads to many objects{_inside(part, name)}"
            return Fault(here, part, first, fact, f'use prefetch_related("{name}")')
        here, first = graph.target(relation), False
    return None


def _own(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    relation = model.relations.get(name)
    if model.columns_of(name) or (relation is not None and relation.kind.forward):
        return None
    return Fault(model, name, True, f'{model.name} has no column "{name}"', _hint(name, name, model.columns))


def _assigned(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    relation = model.relations.get(name)
    if relation is not None and not relation.kind.forward:
        return Fault(model, name, True, f"{model.name}.{name} holds no column of {model.name}")
    attribute = model.pk if name == "pk" else name if relation is None else relation.near
    if not model.columns_of(attribute):
        return _no_field(model, name, leave_out=model.pk)
    if model.member(attribute).primary_key:
        return Fault(model, name, True, f"{model.name}.{attribute} is the primary key and cannot be changed")
    return None


def _created(graph: ModelGraph, model: LinkedModel, name: str) -> Fault | None:
    relation = model.relations.get(name)
    if relation is not None and not relation.kind.forward:
        what = "many-to-many" if relation.through is not None else "backward"
        return Fault(model, name, True, f"{model.name}.{name} is a {what} relation, which is set after saving")
    return None if model.columns_of(name) or relation is not None else _no_field(model, name)


def _no_field(model: LinkedModel, name: str, leave_out: str | None = None) -> Fault:
    relations = [each for each in model.relations.values() if each.kind.forward and each.near != leave_out]
    known = [*(column for column in model.columns if column != leave_out), *(each.name for each in relations)]
    return Fault(model, name, True, f'{model.name} has no field "{name}"', _hint(name, name, known))


def _unknown(walked: _Walked, name: str, known: Iterable[str]) -> Fault:
    part = walked.rest[0]
    fact = f'{walked.here.name} has no field "{part}"{_inside(part, name)}'
    return Fault(walked.here, part, not walked.relations, fact, _hint(name, part, known))


def _inside(part: str, name: str) -> str:
    return "" if part == name else f' (in "{name}")'


def _hint(name: str, part: str, known: Iterable[str]) -> str | None:
    choices = sorted(set(known))
    close = nearest(part, choices)
    if close is not None:
        return _corrected(name, part, close)
    return f"choose from {', '.join(choices)}" if 0 < len(choices) <= LISTED else None


def _corrected(name: str, part: str, close: str) -> str:
    """The whole name with the wrong part replaced; the last one that reads so, as those before it were right."""
    parts = name.split("__")
    wrong = part.split("__")
    for at in range(len(parts) - len(wrong), -1, -1):
        if parts[at : at + len(wrong)] == wrong:
            parts[at : at + len(wrong)] = [close]
            break
    return f'did you mean "{"__".join(parts)}"?'


_Rule = Callable[[ModelGraph, LinkedModel, str], Fault | None]
_RULES: Final[Mapping[Role, _Rule]] = MappingProxyType(
    {
        Role.FILTER: _filter,
        Role.COLUMN: _column,
        Role.RELATION: _relation,
        Role.JOINED: _joined,
        Role.OWN: _own,
        Role.ASSIGNED: _assigned,
        Role.CREATED: _created,
    }
)
