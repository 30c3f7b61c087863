"""Path expressions of a model: what `Hero.q.team.name` is, one attribute for each column and relation."""

from __future__ import annotations

from typing import Final

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.schema.lookups import EVERY_LOOKUP, Family
from ormgen_codegen.signatures import columns_of
from ormgen_codegen.spans import lookups_of_column
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.views import Attribute, Class

ROOT: Final = "M_contra"
NULL: Final = "O"
PARAMETERS: Final = f"[{ROOT}, {NULL}]"
USUAL: Final = {
    (Family.INTEGER, "int"): "IntPath",
    (Family.FLOAT, "float"): "FloatPath",
    (Family.DECIMAL, "Dec"): "DecimalPath",
    (Family.TEXT, "str"): "TextPath",
}
"""Families with the type that their columns mostly have, and the class for them."""
FAMILIES: Final = {
    **dict.fromkeys((Family.INTEGER, Family.FLOAT, Family.DECIMAL), "NumberPath"),
    Family.TEXT: "TextualPath",
    **dict.fromkeys((Family.BOOLEAN, Family.TEXT_ENUM), "MemberPath"),
    **dict.fromkeys((Family.TIMEDELTA, Family.UUID, Family.INTEGER_ENUM, Family.KEY), "OrderedPath"),
    Family.DATE: "DatedPath",
    Family.TIME: "TimedPath",
    Family.DATETIME: "MomentPath",
    Family.JSON: "JsonPath",
    Family.ARRAY: "ArrayPath",
    Family.SEARCH: "SearchPath",
    **dict.fromkeys((Family.BINARY, Family.OTHER), "PlainPath"),
}
"""The class for columns of each family; the type of the column is an argument."""


def path_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """Where the paths of `model` begin, and where they go on behind a relation that leads to it."""
    if not scope.project.has_paths:
        return ()
    stem = scope.stem(model)
    named = {"pk": column_path(scope, model.member("pk"))}
    named |= {column.name: column_path(scope, column) for column in (*columns_of(model), *model.keys)}
    named |= {relation.name: relation_path(scope, relation) for relation in scope.relations(model)}
    shown = {name: text for name, text in named.items() if not name.startswith("_")}
    members = frozenset(shown)
    attributes = tuple(Attribute(name, scope.guard(text, members)) for name, text in shown.items())
    found = [Class(f"{stem}Paths", (f"Generic{PARAMETERS}",), attributes)]
    found += [_far_class(scope, model, attribute) for attribute in (model.pk, *scope.pointed_at.get(model.key, ()))]
    return tuple(found)


def _far_class(scope: Scope, model: LinkedModel, attribute: str) -> Class:
    stem, key = scope.stem(model), scope.types.value(model.member(attribute).python_type)
    one = scope.reference(model) if attribute == model.pk else f"{scope.ref(model)} | {key}"
    related = f"RelationPath[{ROOT}, {key} | {NULL}, {one}, {NULL}]"
    return Class(f"{stem}{far_suffix(model, attribute)}", (f"{stem}Paths{PARAMETERS}", related))


def far_suffix(model: LinkedModel, attribute: str) -> str:
    """The end of the name of the class behind relations that point at `attribute` of `model`."""
    return "FarPaths" if attribute == model.pk else f"FarPaths_{attribute}"


def column_path(scope: Scope, column: FieldSchema) -> str:
    """The class of a path that ends on `column`."""
    null = "None" if column.null else NULL
    if lookups_of_column(column) is EVERY_LOOKUP:
        return f"UnreadPath[{ROOT}, {null}]"
    value = scope.types.value(column.python_type)
    usual = USUAL.get((column.family, value))
    if usual is not None:
        return f"{usual}[{ROOT}, {null}]"
    several = f", Many[{value}]" if column.family is Family.TEXT else ""
    twice = f", {value}" if FAMILIES[column.family] == "NumberPath" else ""
    return f"{FAMILIES[column.family]}[{ROOT}, {value}{twice}{several}, {null}]"


def relation_path(scope: Scope, relation: Relation) -> str:
    """The class of a path that goes on over `relation`."""
    target = scope.target(relation)
    attribute = relation.far if relation.kind.forward else target.pk
    null = "None" if relation.optional or relation.many else NULL
    return f"{scope.name(target, far_suffix(target, attribute))}[{ROOT}, {null}]"
