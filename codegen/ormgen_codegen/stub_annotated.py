"""Queries about objects with annotations: `annotate` from state to state, and what else knows the names it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.scan_chain import DICTS, TUPLES
from ormgen_codegen.stub_annotate import Annotated, Annotating, Annotations, annotated_list
from ormgen_codegen.stub_dicts import aggregate_method
from ormgen_codegen.stub_grown import growing
from ormgen_codegen.stub_rows import Flat, Rows, dict_calls, dict_rows, tuple_calls, tuple_rows
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_shared import HELD, OPEN, terms
from ormgen_codegen.stub_states import PREFETCH, States
from ormgen_codegen.stub_trees import BARE, SELECT, TreeKey
from ormgen_codegen.targets import Lack
from ormgen_codegen.views import Attribute, Class, Method, Signature, method, plain, signature, without

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the signatures of one model's queries are made of."""

    model: LinkedModel
    states: States
    rows: Rows
    flats: tuple[Flat, ...]
    annotated: Annotations

    def loaded(self, tree: TreeKey) -> str:
        """The class of the model with relations loaded."""
        return self.states.trees[tree]

    def before(self, call: Annotating) -> str:
        """The class of what a call annotates; "" for the model as it is."""
        if call.before is not None:
            return self.annotated.row(call.before, call.tree) + call.rows
        return "" if call.tree == BARE else self.loaded(call.tree) + call.rows

    def after(self, call: Annotating) -> str:
        """The class of what a call gives."""
        return self.annotated.row(call.after, call.tree) + call.rows


def annotate_on_class(scope: Scope, asked: Asked) -> Method:
    """`Hero.annotate(…)`."""
    calls = [call for call in asked.annotated.calls if call.before is None and call.tree == BARE]
    found = [
        signature("*", *call.parameters, returns=_queries(call, asked.after(call)), first="cls", decorators=_ON_CLASS)
        for call in calls
    ]
    stem = scope.stem(asked.model)
    loose = _loose(scope, f"{stem}Expression", _open(scope, asked), first="cls", decorators=_ON_CLASS)
    return method("annotate", [*found, *loose])


_ON_CLASS = ("classmethod",)


def _queries(call: Annotating, row: str) -> str:
    return f"{call.after.state}QuerySet[{row}]"


def annotate_on_queryset(scope: Scope, asked: Asked) -> Method:
    """`annotate` of a query set of the model, with relations loaded or not."""
    stem = scope.stem(asked.model)
    calls = [call for call in asked.annotated.calls if call.before is None]
    found = list(_annotating(scope, asked, calls, lambda row: f"{stem}QuerySet[{row}]", _queries))
    return method("annotate", [*found, *_loose(scope, f"{stem}Expression", _open(scope, asked))])


def annotate_on_single(scope: Scope, asked: Asked) -> Method:
    """`annotate` of the question for one object, with annotations or without."""
    stem = scope.stem(asked.model)
    calls = sorted(asked.annotated.calls, key=lambda call: call.before is None)
    row = f"{stem}Open" if scope.opens(asked.model) else "Any"
    found = list(
        _annotating(
            scope, asked, calls, lambda row: f"{stem}Single[{row}, Any]", lambda call, row: f"{stem}Single[{row}, N]"
        )
    )
    return method("annotate", [*found, *_loose(scope, f"{stem}Expression", f"{stem}Single[{row}, N]")])


def _open(scope: Scope, asked: Asked) -> str:
    """The query set behind annotations that cannot be told."""
    stem = scope.stem(asked.model)
    return f"{stem}OpenQueries[{stem}Open]" if scope.opens(asked.model) else f"{OPEN}[Any]"


def _loose(
    scope: Scope, expression: str, returns: str, first: str = "self", decorators: tuple[str, ...] = ()
) -> list[Signature]:
    return [
        signature(f"**annotations: {each}", returns=returns, first=first, decorators=decorators)
        for each in terms(scope, expression)
    ]


def _annotating(
    scope: Scope,
    asked: Asked,
    calls: Iterable[Annotating],
    own: Name,
    wrap: Callable[[Annotating, str], str],
) -> Iterator[Signature]:
    """The calls that are known: first those on loaded objects, whichever relations are, then on any."""
    listed = list(calls)
    for call in listed:
        before = asked.before(call)
        if before:
            yield signature("*", *call.parameters, returns=wrap(call, asked.after(call)), first=f"self: {own(before)}")
    if scope.project.reach.complete and scope.relations(asked.model):
        state = f"{scope.stem(asked.model)}State"
        for call in listed:
            if call.before is None:
                loaded = wrap(call, f"{call.after.state}Loaded")
                yield signature("*", *call.parameters, returns=loaded, first=f"self: {own(state)}")
    for call in listed:
        if call.before is None and call.tree == BARE:
            yield signature("*", *call.parameters, returns=wrap(call, call.after.state))


def load_signatures_on_single(scope: Scope, asked: Asked, kind: str) -> Iterator[Signature]:
    """How relations are loaded of one object with annotations."""
    stem = scope.stem(asked.model)
    for each in asked.annotated.sets:
        yield from _loads(
            scope,
            asked,
            each,
            kind,
            lambda row: f"{stem}Single[{row}, N]",
            lambda row: f"self: {stem}Single[{row}, Any]",
        )


def _loads(scope: Scope, asked: Asked, each: Annotated, kind: str, wrap: Name, own: Name) -> Iterator[Signature]:
    stem = scope.stem(asked.model)
    for load in asked.annotated.loads:
        if load.of is each and load.kind == kind:
            before = asked.annotated.row(each, load.tree) + load.rows[0]
            after = asked.annotated.row(each, load.after) + load.rows[1]
            yield signature(*load.parameters, "/", returns=wrap(after), first=own(before))
    held = () if scope.lacks(Lack.EXACT_ARGUMENTS) else (f"{stem}Nested | {HELD}",)
    for some in (f"{stem}Join",) if kind == SELECT else (f"{stem}Fetch", *held):
        yield signature(f"*relations: {some}", returns=wrap(f"{each.state}Loaded"), first=own(each.state))


def annotated_classes(scope: Scope, asked: Asked, each: Annotated) -> tuple[Class, ...]:
    """The model with certain annotations, and the queries that know them."""
    model, stem = asked.model, scope.stem(asked.model)
    own = f"{each.state}QuerySet"
    hand = scope.queryset_written(model)
    asking = [Attribute(name, f"{each.state}Filter[Self]") for name in ("filter", "exclude")]
    asking += single_attributes(scope, model, f"{each.state}Filter")
    attributes = tuple(a for a in asking if a.name not in hand)
    order = f"{stem}Order | {literal([*each.names, *('-' + name for name in each.names)])}"
    path = f"{stem}Path | {literal(each.names)}"
    methods = [
        plain("order_by", f"*orderings: {order}", returns="Self"),
        plain("group_by", f"*columns: {path} | Expression", returns="Self"),
    ]
    kinds = [*([SELECT] if scope.joinable(model) else []), *([PREFETCH] if scope.relations(model) else [])]
    for kind in kinds:
        loads = _loads(scope, asked, each, kind, lambda row: f"{own}[{row}]", lambda row: f"self: {own}[{row}]")
        methods.append(method(kind, loads))
    methods.append(_annotate_further(scope, asked, each))
    methods.append(aggregate_method(scope, asked.annotated.totals, each, each.expression))
    dicts = growing(asked.annotated.grown, DICTS, (*each.rows.dicts, *asked.rows.dicts))
    methods.append(method("values", dict_calls(dicts, path, dict_rows)))
    tuples = growing(asked.annotated.grown, TUPLES, (*each.rows.tuples, *asked.rows.tuples))
    methods.append(method("values_list", tuple_calls(annotated_list(each, path), tuples, path, tuple_rows)))
    found = [
        Class(each.state, (scope.user(model), f"Narrowed[{scope.user(model)}]"), each.attributes),
        Class(own, (scope.queryset(model, scope.row(model)),), attributes, without(methods, hand)),
    ]
    if scope.relations(model):
        found.insert(1, Class(f"{each.state}Loaded", (each.state, f"{stem}Loaded")))
    for annotated, tree, name, rows in asked.annotated.forms:
        if annotated is each:
            found.append(Class(name, (each.state, asked.loaded(tree) + rows)))
    return tuple(found)


def _annotate_further(scope: Scope, asked: Asked, each: Annotated) -> Method:
    """`annotate` of a query set with annotations."""
    found = []
    for call in sorted(asked.annotated.calls, key=lambda call: call.tree == BARE):
        if call.before is each:
            first = "self" if call.tree == BARE else f"self: {each.state}QuerySet[{asked.before(call)}]"
            found.append(signature("*", *call.parameters, returns=_queries(call, asked.after(call)), first=first))
    return method("annotate", [*found, *_loose(scope, each.expression, _open(scope, asked))])


def single_attributes(scope: Scope, model: LinkedModel, filter_name: str) -> tuple[Attribute, ...]:
    """The methods of a query set that take conditions and give one object."""
    one = f"{scope.single(model)}[{scope.row(model)}"
    return (
        Attribute("get", f"{filter_name}[{one}]]"),
        Attribute("get_or_none", f"{filter_name}[{one}, None]]"),
    )
