"""What can be asked of a model: its filter, its query sets, the question for one object, managers of relations."""

from __future__ import annotations

from collections.abc import Iterator

from ormgen.records import replace
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.signatures import reverse_keys
from ormgen_codegen.stub_annotate import annotated_list
from ormgen_codegen.stub_annotated import (
    Asked,
    annotate_on_queryset,
    annotate_on_single,
    annotated_classes,
    load_signatures_on_single,
    single_attributes,
)
from ormgen_codegen.stub_rows import dict_calls, tuple_calls
from ormgen_codegen.stub_scope import IN_PLACE, Scope, literal
from ormgen_codegen.stub_shared import CLOSED, LINKED, ONE, OPEN, is_told, shares_questions
from ormgen_codegen.stub_states import PREFETCH, Loader, load_methods
from ormgen_codegen.stub_trees import SELECT
from ormgen_codegen.stub_writing import USING, create_members
from ormgen_codegen.targets import Lack
from ormgen_codegen.views import Attribute, Class, Method, Signature, method, plain, without


def single_class(scope: Scope, asked: Asked) -> Class:
    """The question for one object: loading options can still be added to it.

    With many models only what the project asks of one object.
    """
    stem = scope.stem(asked.model)
    loader = Loader(f"{stem}Single[{{}}, Any]", lambda state: f"{stem}Single[{state}, N]")
    whole = f"{stem}Row" if asked.rows.whole else None
    dicts, tuples = _annotated_rows(stem, asked)
    methods = [
        plain("only", f"*columns: {stem}Path", returns="Self"),
        *_loading(scope, asked, loader),
        annotate_on_single(scope, asked),
        method("values", (*dict_calls(asked.rows.dicts, f"{stem}Path", _single, whole), *dicts)),
        method("values_list", (*tuple_calls(asked.flats, asked.rows.tuples, f"{stem}Path", _single), *tuples)),
    ]
    marks = scope.asked(asked.model).marks
    used = [each for each in methods if scope.project.reach.complete or f"get.{each.name}" in marks]
    return Class(f"{stem}Single", ("Single[M | N]", "Generic[M, N]"), methods=tuple(used))


def _loading(scope: Scope, asked: Asked, loader: Loader) -> list[Method]:
    """The methods that load relations; what is computed stays with the object."""
    found = [] if scope.joinable(asked.model) else [plain(SELECT, "*relations: Never", returns="Self")]
    for each in load_methods(scope, asked.model, asked.states, loader, (SELECT, PREFETCH)):
        more = load_signatures_on_single(scope, asked, each.name)
        found.append(method(each.name, (*more, *(one._replace(decorators=()) for one in each.signatures))))
    return found


def _annotated_rows(stem: str, asked: Asked) -> tuple[list[Signature], list[Signature]]:
    """What `values` and `values_list` of one object with annotations take beside its columns."""
    dicts: list[Signature] = []
    tuples: list[Signature] = []
    for each in asked.annotated.sets:
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
    maybe = f"{scope.single(model)}[{row}, None]"
    methods = [
        plain("first", returns=maybe),
        plain("last", returns=maybe),
        plain("latest", f"*orderings: {stem}Order", returns=maybe),
        plain("earliest", f"*orderings: {stem}Order", returns=maybe),
        *load_methods(scope, model, asked.states, loader, (SELECT, PREFETCH)),
        annotate_on_queryset(scope, asked),
    ]
    hand, base = scope.queryset_written(model), scope.queryset_base(model)
    attributes = tuple(each for each in single_attributes(scope, model, f"{stem}Filter") if each.name not in hand)
    if shares_questions(scope, model):
        methods = [each for each in methods if not is_told(scope, model, each)]
        attributes = () if scope.single(model) == ONE else attributes
    bases = (f"{stem}Queries[{row}]", *([] if base.startswith("QuerySet[") else [base]))
    return Class(f"{stem}QuerySet", bases, attributes, without(methods, hand))


def open_class(scope: Scope, model: LinkedModel) -> Class:
    """The query set whose annotations could not be told."""
    row = scope.row(model)
    return Class(f"{scope.stem(model)}OpenQueries", (f"{OPEN}[{row}]", scope.queryset(model, row)))


def relation_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The attributes through which `model` is reached from others: one for each foreign key, one for many-to-many."""
    stem, row, found = scope.stem(model), scope.row(model), list[Class]()
    complete = scope.project.reach.complete
    led = [relation for relation in reverse_keys(scope, model) if scope.led_to(model, relation)]
    keys = {scope.reverse_class(model, relation.name): relation for relation in led}
    for end, relation in keys.items():
        name = f"{stem}{end}"
        attributes, methods = create_members(scope, model, relation)
        found.append(_relation_class(scope, model, Class(name, (f"ReverseRelation[{row}]",), attributes, methods)))
        found += _fetched_classes(scope, model, name)
    if reached_by_many(scope, model) and scope.led_to(model, None):
        name, user = f"{stem}ManyToMany", scope.user(model)
        attributes, methods = create_members(scope, model)
        base = f"{LINKED}[{row}, {scope.ref(model)}]"
        if complete or model.key in scope.joined_by_models:
            base, methods = f"ManyToManyRelation[{row}]", (*_linking_methods(scope, model, user), *methods)
        found.append(_relation_class(scope, model, Class(name, (base,), attributes, methods)))
        found += _fetched_classes(scope, model, name)
    return tuple(found)


def _relation_class(scope: Scope, model: LinkedModel, view: Class) -> Class:
    """The class of a relation's attribute with all that query sets answer, or with a few questions of theirs."""
    rows = scope.queryset(model, scope.row(model))
    if not scope.lacks(Lack.ASKING_RELATIONS):
        return replace(view, bases=(rows, *view.bases), attributes=(CLOSED, *view.attributes))
    asking = [
        plain("all", returns=rows),
        plain("order_by", f"*orderings: {scope.stem(model)}Order", returns=rows),
        *(plain(name, f"{name}: int", returns=rows) for name in ("limit", "offset")),
    ]
    narrowing = Attribute("filter", f"{scope.stem(model)}Filter[{rows}]")
    return replace(view, attributes=(narrowing, *view.attributes), methods=(*asking, *view.methods))


def _fetched_classes(scope: Scope, model: LinkedModel, name: str) -> Iterator[Class]:
    """The class of a relation's attribute when it is loaded, and when it is perhaps loaded."""
    row = scope.row(model)
    ends = [*(["Fetched"] if scope.project.reach.complete else []), *([IN_PLACE] if model.key in scope.placed else [])]
    yield from (Class(f"{name}{end}", (f"Fetched[{row}]", f"{name}[{row}]")) for end in ends)


def _linking_methods(scope: Scope, model: LinkedModel, user: str) -> tuple[Method, Method]:
    more = ("through_defaults: dict[str, Any] | None = ...",) if model.key in scope.joined_by_models else ()
    return (
        plain("add", f"*instances: {user}", USING, *more, returns="None", awaited=True),
        plain("remove", f"*instances: {user}", USING, returns="None", awaited=True),
    )


def reached_by_many(scope: Scope, model: LinkedModel) -> bool:
    """Whether a many-to-many relation leads to `model`."""
    return model.key in scope.joined


def query_classes(scope: Scope, asked: Asked) -> tuple[Class, ...]:
    """All classes about questions that give objects."""
    found = [] if scope.single(asked.model) == ONE else [single_class(scope, asked)]
    found.append(queryset_class(scope, asked))
    if scope.opens(asked.model):
        found.append(open_class(scope, asked.model))
    for each in asked.annotated.sets:
        found += annotated_classes(scope, asked, each)
    return (*found, *relation_classes(scope, asked.model))
