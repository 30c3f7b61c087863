"""What can be asked of a model: its filter, its query sets, the question for one object, managers of relations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import free_parameter, is_name
from ormgen_codegen.signatures import (
    Keywords,
    choices,
    column_type,
    columns_of,
    filter_keywords,
    reverse_keys,
)
from ormgen_codegen.stub_annotate import Annotated, annotate_method, annotated_list
from ormgen_codegen.stub_rows import Flat, Rows, Wrap, values_list_method, values_method
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_states import PREFETCH, SELECT, Loader, States, load_methods
from ormgen_codegen.views import Attribute, Class, Method, Signature, method, plain, signature, without

USING: Final = "using_db: Connection | None = ..."
OPEN: Final = "OpenQuestions"
CLOSED: Final = Attribute("__getattr__", "None")
"""What takes back the `__getattr__` that lets a class without a stub have any attribute."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the signatures of one model's queries are made of."""

    model: LinkedModel
    states: States
    rows: Rows
    flats: tuple[Flat, ...]
    annotated: tuple[Annotated, ...]


def filter_class(scope: Scope, model: LinkedModel, name: str, more: Keywords = ()) -> Class:
    """The callable behind `filter`, `exclude`, `get`: all keywords, spelled out once.

    `more` are those of annotations; next to them, only what the project uses is spelled out across relations.
    """
    groups: list[Keywords] = [*filter_keywords(scope, model, spelled=not more), more]
    names = {keyword.name for group in groups for keyword in group}
    using = () if "using_db" in names else (USING,)
    rows: list[tuple[str, ...]] = [(free_parameter("self", names), f"*{free_parameter('args', names)}: Q", *using)]
    rows += [tuple(f"{each.name}: {each.annotation} = ..." for each in group) for group in groups if group]
    call = Method("__call__", (Signature(tuple(rows), "R_co"),))
    return Class(name, ("Generic[R_co]",), methods=(call,))


def in_bulk_signatures(
    scope: Scope, model: LinkedModel, row: str, first: str = "self", decorators: Iterable[str] = (), using: bool = False
) -> list[Signature]:
    """`in_bulk` by the primary key, and by every other unique column."""
    key = column_type(scope, model.pk_column)
    names: dict[str, list[str]] = {key: [name for name in dict.fromkeys(["pk", model.pk]) if is_name(name)]}
    for column in columns_of(model):
        if column.unique and column.name != model.pk:
            names.setdefault(scope.types.value(column.python_type), []).append(column.name)
    tail = [USING] if using else []
    found = []
    for text, listed in names.items():
        default = " = ..." if text == key else ""
        parameters = [f"id_list: Iterable[{text}]", f"field_name: {literal(listed)}{default}", *tail]
        found.append(
            signature(
                *parameters, returns=f"dict[{text}, {row}]", awaited=True, first=first, decorators=tuple(decorators)
            )
        )
    return found


def _values(scope: Scope, asked: Asked, wrap: Wrap) -> tuple[Method, Method]:
    stem = scope.stem(asked.model)
    return (
        values_method(asked.rows.dicts, f"{stem}Path", wrap, f"{stem}Row"),
        values_list_method(asked.flats, asked.rows.tuples, f"{stem}Path", wrap),
    )


def single_class(scope: Scope, asked: Asked) -> Class:
    """The question for one object: loading options can still be added to it."""
    stem = scope.stem(asked.model)
    loader = Loader(f"{stem}Single[{{}}, Any]", lambda state: f"{stem}Single[{state}, N]")
    methods = [
        plain("only", f"*columns: {stem}Path", returns="Self"),
        *load_methods(scope, asked.model, asked.states, loader, (SELECT, PREFETCH)),
        annotate_method(asked.annotated, f"{stem}Expression", loader.wrap, f"{stem}Single[{stem}Open, N]"),
        *_values(scope, _slim(scope, asked), lambda text: f"Single[{text} | N]"),
    ]
    return Class(f"{stem}Single", (f"Single[{stem}T | N]", f"Generic[{stem}T, N]"), methods=tuple(methods))


def _slim(scope: Scope, asked: Asked) -> Asked:
    """With many models, the rows of single objects only as far as they are used."""
    if scope.project.reach.complete:
        return asked
    return replace(asked, flats=(Flat(f"{scope.stem(asked.model)}Path", "Any"),))


def queryset_class(scope: Scope, asked: Asked) -> Class:
    """The query set of a model; what the user's own query set defines is left to it."""
    model, stem = asked.model, scope.stem(asked.model)
    loader = Loader(f"{stem}QuerySet[{{}}]", lambda state: scope.queryset(model, state))
    methods = [
        *_ordering_methods(stem),
        plain("update", f"**values: Unpack[{stem}Update]", returns="int", awaited=True),
        method("in_bulk", in_bulk_signatures(scope, model, f"{stem}T")),
        *load_methods(scope, model, asked.states, loader, (SELECT, PREFETCH)),
        annotate_method(
            asked.annotated,
            f"{stem}Expression",
            lambda state: f"{state}QuerySet[{state}]",
            f"{stem}OpenQueries[{stem}Open]",
        ),
        *_values(scope, asked, lambda text: f"Rows[{text}]"),
    ]
    hand = scope.queryset_written(model)
    attributes = tuple(each for each in asking_attributes(scope, stem, f"{stem}Filter") if each.name not in hand)
    return Class(f"{stem}QuerySet", (scope.queryset_base(model),), attributes, without(methods, hand))


def asking_attributes(scope: Scope, stem: str, filter_name: str) -> tuple[Attribute, ...]:
    """The methods of a query set that take conditions."""
    one = f"{stem}Single[{stem}T"
    return (
        Attribute("filter", f"{filter_name}[Self]"),
        Attribute("exclude", f"{filter_name}[Self]"),
        Attribute("get", f"{filter_name}[{one}]]"),
        Attribute("get_or_none", f"{filter_name}[{one}, None]]"),
    )


def _ordering_methods(stem: str) -> list[Method]:
    maybe = f"{stem}Single[{stem}T, None]"
    return [
        plain("first", returns=maybe),
        plain("last", returns=maybe),
        plain("latest", f"*orderings: {stem}Order", returns=maybe),
        plain("earliest", f"*orderings: {stem}Order", returns=maybe),
        plain("order_by", f"*orderings: {stem}Order", returns="Self"),
        plain("only", f"*columns: {stem}Path", returns="Self"),
        plain("defer", f"*columns: {stem}Column", returns="Self"),
    ]


def open_questions() -> Class:
    """A query set of which nothing but the model is known, in front of one that is described: it takes any name."""
    anything = ("*args: Any", "**kwargs: Any")
    results = {
        **dict.fromkeys(("filter", "exclude", "order_by", "only", "defer"), "Self"),
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
    row = f"{scope.stem(model)}T"
    return Class(f"{scope.stem(model)}OpenQueries", (f"{OPEN}[{row}]", scope.queryset(model, row)))


def annotated_classes(scope: Scope, asked: Asked, each: Annotated) -> tuple[Class, ...]:
    """The model with certain annotations, and the queries that know them."""
    model, stem = asked.model, scope.stem(asked.model)
    own = f"{each.state}QuerySet"
    hand = scope.queryset_written(model)
    attributes = tuple(a for a in asking_attributes(scope, stem, f"{each.state}Filter") if a.name not in hand)
    order = f"{stem}Order | {literal([*each.names, *('-' + name for name in each.names)])}"
    path = f"{stem}Path | {literal(each.names)}"
    methods = [plain("order_by", f"*orderings: {order}", returns="Self")]
    some = f"{stem}Nested | Prefetch[Any, Any, Any]"
    if scope.joinable(model):
        methods.append(plain(SELECT, f"*relations: {stem}Join", returns=f"{own}[{each.state}Loaded]"))
    if scope.relations(model):
        methods.append(plain(PREFETCH, f"*relations: {some}", returns=f"{own}[{each.state}Loaded]"))
    loose = f"{stem}OpenQueries[{stem}Open]"
    methods.append(plain("annotate", f"**annotations: {stem}Expression", returns=loose))
    methods.append(values_method((*each.rows.dicts, *asked.rows.dicts), path, lambda text: f"Rows[{text}]", None))
    methods.append(
        values_list_method(
            annotated_list(each, path), (*each.rows.tuples, *asked.rows.tuples), path, lambda text: f"Rows[{text}]"
        )
    )
    found = [
        Class(each.state, (scope.user(model),), each.attributes),
        filter_class(scope, model, f"{each.state}Filter", each.keywords),
        Class(own, (scope.queryset(model, f"{stem}T"),), attributes, without(methods, hand)),
    ]
    if scope.relations(model):
        found.insert(1, Class(f"{each.state}Loaded", (each.state, f"{stem}Loaded")))
    return tuple(found)


def relation_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The attributes through which `model` is reached from others: one for each foreign key, one for many-to-many."""
    stem = scope.stem(model)
    row, found = f"{stem}T", []
    rows = scope.queryset(model, row)
    for relation in reverse_keys(scope, model):
        name = f"{stem}Of_{relation.name}"
        create = create_method(scope, model, [f"{stem}{choice.suffix}" for choice in choices(scope, model, relation)])
        found += [
            Class(name, (rows, f"ReverseRelation[{row}]"), (CLOSED,), (create,)),
            Class(f"{name}Fetched", (f"Fetched[{row}]", f"{name}[{row}]")),
        ]
    if reached_by_many(scope, model):
        name, user = f"{stem}ManyToMany", scope.user(model)
        methods = (
            plain("add", f"*instances: {user}", USING, returns="None", awaited=True),
            plain("remove", f"*instances: {user}", USING, returns="None", awaited=True),
            create_method(scope, model, [f"{stem}{choice.suffix}" for choice in choices(scope, model)]),
        )
        found += [
            Class(name, (rows, f"ManyToManyRelation[{row}]"), (CLOSED,), methods),
            Class(f"{name}Fetched", (f"Fetched[{row}]", f"{name}[{row}]")),
        ]
    return tuple(found)


def reached_by_many(scope: Scope, model: LinkedModel) -> bool:
    """Whether a many-to-many relation leads to `model`."""
    return model.key in scope.joined


def create_method(scope: Scope, model: LinkedModel, dicts: Iterable[str]) -> Method:
    """`create` of a relation's attribute."""
    using = () if "using_db" in model.columns else (USING,)
    user = scope.user(model)
    return method(
        "create",
        [signature(*using, f"**values: Unpack[{name}]", returns=user, awaited=True) for name in dicts],
    )


def query_classes(scope: Scope, asked: Asked) -> tuple[Class, ...]:
    """All classes about questions."""
    model, stem = asked.model, scope.stem(asked.model)
    found = [
        filter_class(scope, model, f"{stem}Filter"),
        single_class(scope, asked),
        queryset_class(scope, asked),
        open_class(scope, model),
    ]
    for each in asked.annotated:
        found += annotated_classes(scope, asked, each)
    return (*found, *relation_classes(scope, model))
