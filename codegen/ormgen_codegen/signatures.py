"""What filter, create, update and their like accept: fields by lookups, relations, and names across relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final, NamedTuple

from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, Relation, RelationKind
from ormgen.schema.lookups import Family, Lookup, Operand
from ormgen_codegen.depth import Depth
from ormgen_codegen.naming import is_name
from ormgen_codegen.spans import EXACT, RELATION_LOOKUPS, Span, lookups_of_column
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.target_names import known_lookups, relation_lookups
from ormgen_codegen.targets import Lack

EQUALITY: Final = (EXACT, "not")
FIXED: Final = {
    Operand.TEXT: "StrOp",
    Operand.BOOLEAN: "bool",
    Operand.INTEGER: "IntOp",
    Operand.DATE: "DateOp",
    Operand.JSON: "Any",
    Operand.MAPPING: "dict[str, Any]",
}
ASSIGNED: Final = {"Dec": "DecIn"}
"""What may be assigned where it is more than the type of the column."""


class Keyword(NamedTuple):
    """One name that a method accepts, and what it takes."""

    name: str
    annotation: str
    required: bool = False


Keywords = tuple[Keyword, ...]


def columns_of(model: LinkedModel) -> tuple[FieldSchema, ...]:
    """The columns that can be named in a stub, the primary key first."""
    named, keys = [column for column in model.columns.values() if is_name(column.name)], model.pk_names
    return (*[each for each in named if each.name in keys], *[each for each in named if each.name not in keys])


def forward(scope: Scope, model: LinkedModel) -> tuple[Relation, ...]:
    """The foreign keys and one-to-one relations that `model` declares."""
    return tuple(relation for relation in scope.relations(model) if relation.kind.forward)


# -- filters


def fixed(scope: Scope, lookup: Lookup) -> str:
    """What a lookup takes that takes the same on every column."""
    return "str" if lookup.operand is Operand.TEXT and scope.lacks(Lack.COMPUTED_TEXTS) else FIXED[lookup.operand]


def operand(scope: Scope, column: FieldSchema, lookup: Lookup, optional: bool) -> str:
    """What `lookup` takes on `column`; `optional` says that None is one of its values."""
    if lookup.operand in FIXED:
        return fixed(scope, lookup)
    if column.family is Family.JSON:
        return "Any"
    operands = scope.types.operands(column.python_type)
    if lookup.operand is Operand.VALUES:
        return operands.several
    if lookup.operand is Operand.PAIR:
        return operands.pair
    return operands.exact(optional) if lookup.name in EQUALITY else operands.one


def column_keywords(scope: Scope, column: FieldSchema, name: str, across: bool, exact_only: bool = False) -> Keywords:
    """`name` with every lookup of `column`; `across` says that a relation on the way may lead to nothing."""
    lean = scope.project.reach.lean
    keyed = None if "__" in name else name == "pk" or column.relation is not None or (lean and column.primary_key)
    key = (column.python_type, column.family, column.null, across, exact_only, keyed)
    before = scope.types.uses
    endings = scope.endings.get(key)
    if endings is None:
        endings = scope.endings[key] = tuple(_endings(scope, column, column.null or across, exact_only, keyed))
    if scope.types.uses == before:
        scope.types.value(column.python_type)  # counts a use of the type
    return tuple([Keyword(name + ending, annotation) for ending, annotation in endings])


def _endings(
    scope: Scope, column: FieldSchema, optional: bool, exact_only: bool, keyed: bool | None
) -> Iterator[tuple[str, str]]:
    """What stands behind a column's name, and what it takes; `keyed` is None for a column of another model."""
    reach = scope.project.reach
    for lookup in known_lookups(scope.project.target, lookups_of_column(column)):
        if lookup.name == EXACT:
            yield "", operand(scope, column, lookup, optional)
        elif not exact_only and (keyed is None or reach.spells(lookup.name, column.null, keyed, column.family)):
            yield f"__{lookup.name}", operand(scope, column, lookup, optional)


def reference(scope: Scope, relation: Relation) -> str:
    """What stands for one object at the end of `relation` in a filter: an instance, or its key."""
    target = scope.target(relation)
    if relation.kind.forward and relation.far != target.pk:
        return f"{scope.ref(target)} | {scope.types.value(target.member(relation.far).python_type)} | Computable"
    return scope.reference(target)


def relation_operand(scope: Scope, relation: Relation, lookup: Lookup, across: bool = False) -> str:
    """What `lookup` takes on a name that ends with `relation`."""
    if lookup.operand in FIXED:
        return FIXED[lookup.operand]
    empty = relation.optional or relation.many or across
    if scope.lacks(Lack.KEY_LOOKUPS) and not relation.kind.forward:
        return _key_operand(scope, relation, lookup)
    one = reference(scope, relation)
    if lookup.operand is Operand.VALUES:
        return f"Many[{one}]"
    return optional(one, empty)


def _key_operand(scope: Scope, relation: Relation, lookup: Lookup) -> str:
    """What a relation that leads back, or to many, is compared with where objects mostly have to be given as keys."""
    target, joined = scope.target(relation), relation.through is not None
    key = scope.types.value(target.member("pk").python_type)
    if lookup.operand is Operand.VALUES:
        return f"Many[{scope.ref(target)} | {key}]"
    if joined:
        return f"{scope.ref(target)} | {key}" if lookup.name == EXACT else key
    return f"{key} | None"


def relation_keywords(scope: Scope, relation: Relation) -> Keywords:
    """The name of a relation with the lookups that it accepts."""
    empty, reach = relation.optional or relation.many, scope.project.reach
    return tuple(
        Keyword(
            relation.name if lookup.name == EXACT else f"{relation.name}__{lookup.name}",
            relation_operand(scope, relation, lookup),
        )
        for lookup in relation_lookups(scope.project.target, relation).values()
        if reach.spells_key(lookup.name, empty, relation.many)
    )


def across_keywords(scope: Scope, relation: Relation) -> Iterator[Keywords]:
    """The columns one step over `relation`, as far as this run spells them out."""
    depth = scope.project.reach.across(relation.many)
    if depth is Depth.USED:
        return
    empty, lean = relation.optional or relation.many, not scope.project.reach.every_lookup
    found = []
    for column in columns_of(scope.target(relation)):
        if not lean or column.relation is None:
            name = f"{relation.name}__{column.name}"
            found.append(column_keywords(scope, column, name, empty, depth is Depth.EXACT))
    yield from [tuple(each for keywords in found for each in keywords)] if lean else found


def used_spans(scope: Scope, model: LinkedModel) -> tuple[tuple[str, Span], ...]:
    """The names that the project writes and that exist on `model`, across relations or with a lookup."""
    if model.key not in scope.spans:
        scope.spans[model.key] = tuple(_used_spans(scope, model))
    return scope.spans[model.key]


def _used_spans(scope: Scope, model: LinkedModel) -> Iterator[tuple[str, Span]]:
    for first in dict.fromkeys((*model.columns, *model.relations, "pk", *model.composites)):
        for key in scope.project.used_keys.get(first, ()):
            span = scope.span(model, key)
            if span is not None:
                yield key, span


def used_keywords(scope: Scope, model: LinkedModel) -> Keywords:
    """Keywords across relations that the project uses, at any depth."""
    found = []
    for key, span in used_spans(scope, model):
        if span.column is not None:
            lookup = span.lookup or lookups_of_column(span.column)[EXACT]
            found.append(Keyword(key, operand(scope, span.column, lookup, span.column.null or span.null)))
        elif span.relations:
            lookup = span.lookup or RELATION_LOOKUPS[EXACT]
            last = span.relations[-1]
            found.append(Keyword(key, relation_operand(scope, last, lookup, span.null)))
    return tuple(found)


def filter_keywords(scope: Scope, model: LinkedModel, spelled: bool = True) -> tuple[Keywords, ...]:
    """All keywords of a filter, those of one field together; each name once.

    Across relations those that the project uses, and if `spelled` all that this run spells out.
    """
    groups = [column_keywords(scope, model.member("pk"), "pk", False)]
    groups += [column_keywords(scope, column, column.name, False) for column in (*columns_of(model), *model.keys)]
    groups += [relation_keywords(scope, relation) for relation in scope.relations(model)]
    for relation in scope.relations(model) if spelled else ():
        groups += across_keywords(scope, relation)
    first: dict[str, Keyword] = {}
    for group in (*groups, used_keywords(scope, model)):
        for keyword in group:
            first.setdefault(keyword.name, keyword)
    kept = [tuple(keyword for keyword in group if first[keyword.name] is keyword) for group in groups]
    known = {keyword.name for group in groups for keyword in group}
    kept.append(tuple(keyword for name, keyword in first.items() if name not in known))
    return tuple(group for group in kept if group)


# -- names of columns


@dataclass(frozen=True, slots=True)
class ColumnPath:
    """A name that stands for one column, and the type of its values, None included."""

    name: str
    type: str


def optional(text: str, null: bool) -> str:
    """The type, with None if it can be null."""
    return f"{text} | None" if null and text != "Any" and not text.endswith("| None") else text


def column_type(scope: Scope, column: FieldSchema, across: bool = False) -> str:
    """The type of a column's values."""
    return optional(scope.types.value(column.python_type), column.null or across)


def span_type(scope: Scope, span: Span) -> str:
    """The type of what a name without lookup stands for: a relation stands for its key."""
    if span.column is not None:
        return column_type(scope, span.column, span.null)
    last = span.relations[-1]
    if last.kind.forward:
        near = scope.graph.models[last.model].member(last.near)
        return column_type(scope, near, any(each.optional or each.many for each in span.relations[:-1]))
    return column_type(scope, scope.target(last).member("pk"), True)


def own_paths(scope: Scope, model: LinkedModel) -> tuple[ColumnPath, ...]:
    """The model's own columns, `pk` first, and its foreign keys by the name of the relation."""
    keyed = scope.lacks(Lack.KEY_NAMES)
    named = [] if keyed else [ColumnPath("pk", column_type(scope, model.member("pk")))]
    named += [ColumnPath(column.name, column_type(scope, column)) for column in (*columns_of(model), *model.keys)]
    return tuple(dict.fromkeys(named))


def far_paths(scope: Scope, model: LinkedModel) -> tuple[ColumnPath, ...]:
    """Columns across relations: those one step away if there are few models, and those that the project uses."""
    found: dict[str, ColumnPath] = {}
    for relation in () if scope.lacks(Lack.KEY_NAMES) else forward(scope, model):
        found[relation.name] = ColumnPath(relation.name, column_type(scope, model.member(relation.near)))
    for relation in scope.relations(model):
        if not scope.project.reach.complete:
            continue
        empty = relation.optional or relation.many
        for column in columns_of(scope.target(relation)):
            name = f"{relation.name}__{column.name}"
            found[name] = ColumnPath(name, column_type(scope, column, empty))
    for name, span in used_spans(scope, model):
        if span.lookup is None and name not in found and span.relations and scope.names_values(name, span):
            found[name] = ColumnPath(name, span_type(scope, span))
    return tuple(found.values())


def nested_relations(scope: Scope, model: LinkedModel, joinable: bool) -> tuple[str, ...]:
    """Names of two relations in a row, with many models those that can be joined, and any that the project uses."""
    found: dict[str, None] = {}
    first, reach = scope.joinable(model) if joinable else scope.relations(model), scope.project.reach
    for relation in first if reach.complete or (joinable and reach.one is Depth.EXACT) else ():
        target = scope.target(relation)
        for further in scope.joinable(target) if joinable else scope.relations(target):
            found[f"{relation.name}__{further.name}"] = None
    for name, span in used_spans(scope, model):
        if span.column is None and span.lookup is None and not (joinable and any(r.many for r in span.relations)):
            found.setdefault(name)
    return tuple(found)


# -- writing


def assigned(scope: Scope, column: FieldSchema) -> str:
    """What may be given for a column of a new object."""
    value = scope.types.value(column.python_type)
    return optional(ASSIGNED.get(value, value), column.null)


def given(scope: Scope, column: FieldSchema) -> str:
    """What may be given for a column of a new object that is stored at once: a value, or what computes it."""
    operands = scope.types.operands(column.python_type)
    if not scope.lacks(Lack.COMPUTED_OBJECTS) and operands.value not in ASSIGNED:
        return operands.exact(column.null)
    text = optional(operands.given, column.null) if operands.given else assigned(scope, column)
    return text if text == "Any" or scope.lacks(Lack.COMPUTED_OBJECTS) else f"{text} | Computable"


def required_relations(scope: Scope, model: LinkedModel) -> tuple[Relation, ...]:
    """The foreign keys that a new object needs; none if there are more than this run checks."""
    return scope.checked_keys(model)


def in_key(model: LinkedModel, relation: Relation) -> bool:
    """Whether the columns of `relation` are part of a primary key that has several."""
    return len(model.pk_names) > 1 and any(near in model.pk_names for near, _ in relation.pairs)


def new_keywords(scope: Scope, model: LinkedModel) -> Keywords:
    """Keywords of the constructor, without what `choices` gives: required foreign keys, a key of several columns."""
    needed, composite = required_relations(scope, model), len(model.pk_names) > 1
    found = []
    if (
        not scope.lacks(Lack.KEY_NAMES)
        and not composite
        and model.pk_column.relation is None
        and not model.pk_column.required
    ):
        found.append(Keyword("pk", given(scope, model.pk_column)))
    for column in columns_of(model):
        if column.relation is None and not (composite and column.primary_key and column.required):
            found.append(Keyword(column.name, given(scope, column), column.required))
    known = {keyword.name for keyword in found}
    for relation in forward(scope, model):
        if relation not in needed:
            for way in relation_ways(scope, model, relation):
                found += [keyword for keyword in way if keyword.name not in known]
                known |= {keyword.name for keyword in way}
    return tuple(found)


def relation_ways(scope: Scope, model: LinkedModel, relation: Relation) -> tuple[Keywords, ...]:
    """The ways to give a foreign key: as object, as key, and where that has several columns, by each of them."""
    near = model.member(relation.near)
    target = optional(scope.ref(scope.target(relation)), near.null)
    ways: list[Keywords] = [(Keyword(relation.name, target),), (Keyword(near.name, given(scope, near)),)]
    if relation.columns:
        columns = [model.columns[name] for name, _ in relation.columns]
        ways.append(tuple(Keyword(column.name, given(scope, column)) for column in columns))
    return tuple(ways)


def choices(scope: Scope, model: LinkedModel, without: Relation | None = None) -> tuple[Keywords, ...]:
    """Every way to give the required foreign keys, `without` the one that a reverse relation fills in, and a key of
    several columns, by its columns or as `pk`.

    A model that needs none has one choice without keywords.
    """
    needed = [relation for relation in required_relations(scope, model) if relation != without]
    groups = [relation_ways(scope, model, relation) for relation in needed if not in_key(model, relation)]
    if len(model.pk_names) > 1:
        keyed = [relation_ways(scope, model, relation) for relation in needed if in_key(model, relation)]
        plain = [model.columns[name] for name in model.pk_names if model.columns[name].relation is None]
        own = tuple(Keyword(column.name, given(scope, column)) for column in plain if column.required)
        ways = [(*own, *_flat(way)) for way in product(*keyed)]
        if without is None or not in_key(model, without):
            ways.append((Keyword("pk", given(scope, model.member("pk"))),))
        groups.append(tuple(ways))
    chosen = [_flat(way) for way in product(*groups)]
    return tuple(tuple(Keyword(each.name, each.annotation, True) for each in way) for way in chosen)


def _flat(ways: Iterable[Keywords]) -> Keywords:
    return tuple(keyword for way in ways for keyword in way)


def update_keywords(scope: Scope, model: LinkedModel) -> Keywords:
    """Keywords of `update`, also known to `get_or_create`: columns without the primary key, and foreign keys."""
    found = []
    for column in (*columns_of(model), *model.keys):
        if column.name not in model.pk_names or column.relation is not None:
            found.append(Keyword(column.name, written(scope, column)))
    for relation in forward(scope, model):
        target = optional(scope.ref(scope.target(relation)), model.member(relation.near).null)
        found.append(Keyword(relation.name, target))
    return tuple(found)


def key_keywords(scope: Scope, model: LinkedModel) -> Keywords:
    """The primary key under its own name and as `pk`."""
    own = [Keyword(key.name, written(scope, key)) for key in model.pk_columns if key.relation is None]
    return (*own, *([] if "pk" in model.columns else [Keyword("pk", written(scope, model.member("pk")))]))


def written(scope: Scope, column: FieldSchema) -> str:
    """What may be assigned to a column in an update: a value or an expression."""
    if column.family is Family.JSON:
        return "Any" if scope.lacks(Lack.COMPUTED_OBJECTS) else given(scope, column)
    return scope.types.operands(column.python_type).exact(column.null)


def reverse_keys(scope: Scope, model: LinkedModel) -> tuple[Relation, ...]:
    """The foreign keys of `model` that have a way back to it."""
    return tuple(
        relation
        for relation in scope.relations(model)
        if relation.kind is RelationKind.FOREIGN_KEY and relation.reverse is not None
    )
