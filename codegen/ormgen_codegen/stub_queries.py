"""What can be asked of a model: its filter, its query sets, the question for one object, managers of relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.signatures import reverse_keys
from ormgen_codegen.stub_annotate import Annotated, annotate_method, annotated_list
from ormgen_codegen.stub_fields import CLOSED
from ormgen_codegen.stub_rows import Flat, Rows, dict_calls, tuple_calls
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_states import PREFETCH, SELECT, Loader, States, load_methods
from ormgen_codegen.stub_writing import USING, create_members
from ormgen_codegen.views import Attribute, Class, Signature, method, plain, without

OPEN: Final = "OpenQuestions"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the signatures of one model's queries are made of."""

    model: LinkedModel
    states: States
    rows: Rows
    flats: tuple[Flat, ...]
    annotated: tuple[Annotated, ...]


def single_class(scope: Scope, asked: Asked) -> Class:
    """The question for one object: loading options can still be added to it.

    With many models only what the project asks of one object.
    """
    stem = scope.stem(asked.model)
    loader = Loader(f"{stem}Single[{{}}, Any]", lambda state: f"{stem}Single[{state}, N]")
    flats = asked.flats if scope.project.reach.complete else (Flat(f"{stem}Path", "Any"),)
    whole = f"{stem}Row" if asked.rows.whole else None
    dicts, tuples = _annotated_rows(stem, asked)
    methods = [
        plain("only", f"*columns: {stem}Path", returns="Self"),
        *load_methods(scope, asked.model, asked.states, loader, (SELECT, PREFETCH)),
        annotate_method(asked.annotated, f"{stem}Expression", loader.wrap, f"{stem}Single[{stem}Open, N]"),
        method("values", (*dict_calls(asked.rows.dicts, f"{stem}Path", _single, whole), *dicts)),
        method("values_list", (*tuple_calls(flats, asked.rows.tuples, f"{stem}Path", _single), *tuples)),
    ]
    marks = scope.asked(asked.model).marks
    used = [each for each in methods if scope.project.reach.complete or f"get.{each.name}" in marks]
    return Class(f"{stem}Single", ("Single[M | N]", "Generic[M, N]"), methods=tuple(used))


def _annotated_rows(stem: str, asked: Asked) -> tuple[list[Signature], list[Signature]]:
    """What `values` and `values_list` of one object with annotations take beside its columns."""
    dicts: list[Signature] = []
    tuples: list[Signature] = []
    for each in asked.annotated:
        own, path = f"self: {stem}Single[{each.state}, Any]", f"{stem}Path | {literal(each.names)}"
        dicts += dict_calls(each.rows.dicts, path, _single, first=own)
        tuples += tuple_calls(annotated_list(each, path), each.rows.tuples, path, _single, first=own)
    return dicts, tuples


def _single(text: str) -> str:
    return f"Single[{text} | N]"


def _rows(text: str) -> str:
    return f"Rows[{text}]"


def queryset_class(scope: Scope, asked: Asked) -> Class:
    """The query set of a model; what the user's own query set defines is left to it."""
    model, stem, row = asked.model, scope.stem(asked.model), scope.row(asked.model)
    loader = Loader(f"{stem}QuerySet[{{}}]", lambda state: scope.queryset(model, state))
    maybe = f"{stem}Single[{row}, None]"
    methods = [
        plain("first", returns=maybe),
        plain("last", returns=maybe),
        plain("latest", f"*orderings: {stem}Order", returns=maybe),
        plain("earliest", f"*orderings: {stem}Order", returns=maybe),
        *load_methods(scope, model, asked.states, loader, (SELECT, PREFETCH)),
        annotate_method(
            asked.annotated,
            f"{stem}Expression",
            lambda state: f"{state}QuerySet[{state}]",
            f"{stem}OpenQueries[{stem}Open]",
        ),
    ]
    hand, base = scope.queryset_written(model), scope.queryset_base(model)
    attributes = tuple(each for each in _single_attributes(scope, model, f"{stem}Filter") if each.name not in hand)
    bases = (f"{stem}Queries[{row}]", *([] if base.startswith("QuerySet[") else [base]))
    return Class(f"{stem}QuerySet", bases, attributes, without(methods, hand))


def _single_attributes(scope: Scope, model: LinkedModel, filter_name: str) -> tuple[Attribute, ...]:
    """The methods of a query set that take conditions and give one object."""
    one = f"{scope.stem(model)}Single[{scope.row(model)}"
    return (
        Attribute("get", f"{filter_name}[{one}]]"),
        Attribute("get_or_none", f"{filter_name}[{one}, None]]"),
    )


def open_questions() -> Class:
    """A query set of which nothing but the model is known, in front of one that is described: it takes any name."""
    anything = ("*args: Any", "**kwargs: Any")
    results = {
        **dict.fromkeys(("filter", "exclude", "order_by", "group_by", "only", "defer"), "Self"),
        **dict.fromkeys((SELECT, PREFETCH, "annotate"), "Self"),
        "get": "Single[M]",
        **dict.fromkeys(("get_or_none", "first", "last", "latest", "earliest"), "Single[M | None]"),
        "values": "Rows[dict[str, Any]]",
        "values_list": "Rows[Any]",
    }
    methods = [plain(name, *anything, returns=result) for name, result in results.items()]
    update = plain("update", *anything, returns="int", awaited=True)
    return Class(OPEN, ("OpenQuerySet[M]",), methods=(*methods, update))


def open_class(scope: Scope, model: LinkedModel) -> Class:
    """The query set whose annotations could not be told."""
    row = scope.row(model)
    return Class(f"{scope.stem(model)}OpenQueries", (f"{OPEN}[{row}]", scope.queryset(model, row)))


def annotated_classes(scope: Scope, asked: Asked, each: Annotated) -> tuple[Class, ...]:
    """The model with certain annotations, and the queries that know them."""
    model, stem = asked.model, scope.stem(asked.model)
    own = f"{each.state}QuerySet"
    hand = scope.queryset_written(model)
    asking = [Attribute(name, f"{each.state}Filter[Self]") for name in ("filter", "exclude")]
    asking += _single_attributes(scope, model, f"{each.state}Filter")
    attributes = tuple(a for a in asking if a.name not in hand)
    order = f"{stem}Order | {literal([*each.names, *('-' + name for name in each.names)])}"
    path = f"{stem}Path | {literal(each.names)}"
    methods = [
        plain("order_by", f"*orderings: {order}", returns="Self"),
        plain("group_by", f"*columns: {path}", returns="Self"),
    ]
    some = f"{stem}Nested | Prefetch[Any, Any, Any]"
    if scope.joinable(model):
        methods.append(plain(SELECT, f"*relations: {stem}Join", returns=f"{own}[{each.state}Loaded]"))
    if scope.relations(model):
        methods.append(plain(PREFETCH, f"*relations: {some}", returns=f"{own}[{each.state}Loaded]"))
    loose = f"{stem}OpenQueries[{stem}Open]"
    methods.append(plain("annotate", f"**annotations: {stem}Expression", returns=loose))
    methods.append(method("values", dict_calls((*each.rows.dicts, *asked.rows.dicts), path, _rows)))
    tuples = (*each.rows.tuples, *asked.rows.tuples)
    methods.append(method("values_list", tuple_calls(annotated_list(each, path), tuples, path, _rows)))
    found = [
        Class(each.state, (scope.user(model),), each.attributes),
        Class(own, (scope.queryset(model, scope.row(model)),), attributes, without(methods, hand)),
    ]
    if scope.relations(model):
        found.insert(1, Class(f"{each.state}Loaded", (each.state, f"{stem}Loaded")))
    return tuple(found)


def relation_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The attributes through which `model` is reached from others: one for each foreign key, one for many-to-many."""
    stem, row, found = scope.stem(model), scope.row(model), []
    rows = scope.queryset(model, row)
    for relation in reverse_keys(scope, model):
        name = f"{stem}Of_{relation.name}"
        attributes, methods = create_members(scope, model, relation)
        found += [
            Class(name, (rows, f"ReverseRelation[{row}]"), (CLOSED, *attributes), methods),
            Class(f"{name}Fetched", (f"Fetched[{row}]", f"{name}[{row}]")),
        ]
    if reached_by_many(scope, model):
        name, user = f"{stem}ManyToMany", scope.user(model)
        attributes, methods = create_members(scope, model)
        methods = (
            plain("add", f"*instances: {user}", USING, returns="None", awaited=True),
            plain("remove", f"*instances: {user}", USING, returns="None", awaited=True),
            *methods,
        )
        found += [
            Class(name, (rows, f"ManyToManyRelation[{row}]"), (CLOSED, *attributes), methods),
            Class(f"{name}Fetched", (f"Fetched[{row}]", f"{name}[{row}]")),
        ]
    return tuple(found)


def reached_by_many(scope: Scope, model: LinkedModel) -> bool:
    """Whether a many-to-many relation leads to `model`."""
    return model.key in scope.joined


def query_classes(scope: Scope, asked: Asked) -> tuple[Class, ...]:
    """All classes about questions that give objects."""
    found = [single_class(scope, asked), queryset_class(scope, asked), open_class(scope, asked.model)]
    for each in asked.annotated:
        found += annotated_classes(scope, asked, each)
    return (*found, *relation_classes(scope, asked.model))
