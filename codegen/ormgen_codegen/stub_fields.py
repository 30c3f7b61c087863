"""What is known of a model without naming its class: columns, keywords of filters and of writing, plain methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import free_parameter, is_name
from ormgen_codegen.scan_words import CONDITION, EXCLUDE, EXISTS
from ormgen_codegen.signatures import (
    Keywords,
    assigned,
    column_type,
    columns_of,
    far_paths,
    filter_keywords,
    own_paths,
)
from ormgen_codegen.stub_annotate import Aggregating
from ormgen_codegen.stub_dicts import aggregate_method, dict_class
from ormgen_codegen.stub_rows import Flat, Rows, dict_calls, dict_rows, tuple_calls, tuple_rows
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_shared import (
    ASKED_METHODS,
    CLOSED,
    COUNTED,
    GIVING_ONE,
    LOADING,
    NARROWED,
    ONE,
    QUESTIONS,
    STORED_METHODS,
    asked_of,
    declared_by_hand,
    has_more_keys,
    loose_among,
    parent_models,
    shares_questions,
    shares_storing,
    stored_of,
    together,
)
from ormgen_codegen.stub_states import relation_aliases, term
from ormgen_codegen.stub_writing import USING, awaited, creating_methods, descriptor, update_from_dict, update_method
from ormgen_codegen.targets import Lack
from ormgen_codegen.used_words import ON_CLASS
from ormgen_codegen.views import Alias, Attribute, Class, Method, Signature, method, plain, signature, without

EXPRESSION: Final = "Expression"
"""The end of the name of what may be computed of a model."""


def reference_alias(scope: Scope, model: LinkedModel) -> Alias:
    """What stands for one object of the model in a filter."""
    key = scope.types.value(model.member("pk").python_type)
    return Alias(f"{scope.stem(model)}Reference", f"{scope.ref(model)} | {key} | Computable")


def name_aliases(scope: Scope, model: LinkedModel) -> tuple[Alias, ...]:
    """Names of columns and relations as literals, and what an expression on the model may be."""
    stem, ref = scope.stem(model), scope.ref(model)
    own = [path.name for path in own_paths(scope, model)]
    far = [path.name for path in far_paths(scope, model)]
    terms, named = term(scope, model), scope.project.reach.complete or bool(scope.asked(model).chains)
    conditions = "" if scope.lacks(Lack.EXACT_ARGUMENTS) else f" | {stem}Q"
    return (
        Alias(f"{stem}Column", literal(own)),
        Alias(f"{stem}Q", f"Q[{ref}]"),
        Alias(f"{stem}Path", f"Path[{ref}, Any] | {stem}Column{f' | {literal(far)}' if far else ''}"),
        Alias(
            f"{stem}Order",
            f"{stem}Path | Order[{ref}] | OrderBy | Expression | {literal(f'-{name}' for name in [*own, *far])}",
        ),
        *relation_aliases(scope, model),
        *((Alias(f"{stem}Term", terms),) if named else ()),
        Alias(f"{stem}{EXPRESSION}", f"Computable[{f'{stem}Term' if named else terms} | Expression]{conditions}"),
    )


def filter_class(scope: Scope, model: LinkedModel, name: str, more: Keywords = ()) -> Class:
    """The callable behind `filter`, `exclude`, `get`: all keywords, spelled out once.

    `C` is what `using_db` takes: a connection where a question begins at the class, nothing elsewhere. `more` are
    keywords of annotations; next to them, only what the project uses is spelled out across relations.
    """
    groups: list[Keywords] = [*filter_keywords(scope, model, spelled=not more), more]
    names = {keyword.name for group in groups for keyword in group}
    using = () if "using_db" in names else ("using_db: C = ...",)
    args = f"*{free_parameter('args', names)}: {scope.stem(model)}Q | Predicate"
    rows: list[tuple[str, ...]] = [(free_parameter("self", names), args, *using)]
    rows += [tuple(f"{each.name}: {each.annotation} = ..." for each in group) for group in groups if group]
    call = Method("__call__", (Signature(tuple(rows), "R_co"),))
    return Class(name, ("Generic[R_co, C]",), methods=(call,))


def in_bulk_method(scope: Scope, model: LinkedModel, row: str, on: str = "self") -> Method:
    """`in_bulk` by the primary key, and by every other unique column."""
    key = column_type(scope, model.member("pk"))
    names: dict[str, list[str]] = {key: [name for name in dict.fromkeys(["pk", model.pk]) if is_name(name)]}
    for column in columns_of(model):
        if column.unique and column.name != model.pk:
            names.setdefault(scope.types.value(column.python_type), []).append(column.name)
    tail, decorators = ([USING], ("classmethod",)) if on == "cls" else ([], ())
    found = []
    for text, listed in names.items():
        default = " = ..." if text == key else ""
        given = [f"id_list: Iterable[{text}]", f"field_name: {literal(listed)}{default}", *tail]
        if on == "self":
            found.append(signature(*given, returns=f"Keyed[{text}, L0, {row}]", awaited=True, first=NARROWED))
        found.append(signature(*given, returns=f"dict[{text}, {row}]", awaited=True, first=on, decorators=decorators))
    return method("in_bulk", found)


def ref_class(scope: Scope, model: LinkedModel) -> Class:
    """The class that stands for a model where its own would close a ring of imports; a base of it."""
    return Class(scope.ref(model), tuple(scope.ref(base) for base in parent_models(scope, model)) or ("Model",))


def fields_class(scope: Scope, model: LinkedModel, totals: tuple[Aggregating, ...]) -> Class:
    """What can be said of a model without naming a model's class.

    Columns that no line of the user declares, and the methods that take names and values of columns.
    """
    stem, hand = scope.stem(model), scope.project.declarations.written(model.path)
    attributes = [each for each in _attributes(scope, model) if each.name not in hand]
    shared = shares_storing(scope, model)
    members = frozenset(each.name for each in attributes)
    some = f"Iterable[{stem}Column] | None = ..."
    key = assigned(scope, model.member("pk"))
    methods = [
        in_bulk_method(scope, model, "Self", "cls"),
        aggregate_method(scope, totals, None, f"{stem}Expression", on_class=True),
        *creating_methods(scope, model),
        plain(
            "save",
            *(USING, f"update_fields: {some}", "force_create: bool = ...", "force_update: bool = ..."),
            returns="None",
            awaited=True,
        ),
        plain("delete", USING, returns="None", awaited=True),
        plain("refresh_from_db", f"fields: {some}", USING, returns="None", awaited=True),
        update_from_dict(scope, model),
        *(plain("to_dict", returns=each.name) for each in dict_class(scope, model)),
        plain("clone", f"pk: {key} | None = ...", returns="Self"),
    ]
    guarded = tuple(Attribute(each.name, scope.guard(each.annotation, members)) for each in attributes)
    if shared:
        told = _told(scope, model, STORED_METHODS, totals).union(loose_among(methods))
        own = without(methods, told)
        return Class(f"{stem}Base", (stored_of(scope, model), scope.ref(model)), guarded, without(own, hand))
    bases = (scope.ref(model), *(scope.base(parent.path) for parent in parent_models(scope, model)))
    return Class(f"{stem}Base", bases, (CLOSED, *guarded), without(methods, hand))


def _told(scope: Scope, model: LinkedModel, shared: Iterable[str], totals: tuple[Aggregating, ...]) -> frozenset[str]:
    """The methods that a model has from the class that it shares with others, and need not have itself."""
    own = {"in_bulk"} if has_more_keys(scope, model) else set()
    return frozenset(shared) - own - ({"aggregate"} if totals else set())


def _attributes(scope: Scope, model: LinkedModel) -> list[Attribute]:
    stem, declared = scope.stem(model), declared_by_hand(scope, model)
    found = []
    for column in (*columns_of(model), *model.keys):
        if column.name not in declared:
            found.append(Attribute(column.name, f"{descriptor(column)}[{column_type(scope, column)}]"))
    if "pk" not in model.columns:
        found.append(Attribute("pk", f"Field[{column_type(scope, model.member('pk'))}]"))
    shared, words = shares_storing(scope, model), scope.project.words_of(model)
    if "exists" not in scope.queryset_written(model) and (EXISTS in words or not shared):
        found.append(Attribute("exists", f"ClassVar[{stem}Filter[{awaited('bool')}, Connection | None]]"))
    if "Q" not in model.names and (CONDITION in words or not shared):
        found.append(Attribute("Q", f"ClassVar[{stem}Filter[{stem}Q]]"))
    if shared and scope.single(model) == ONE:
        loose = scope.queryset_written(model)
        for name, one in GIVING_ONE.items():
            if name not in loose and ON_CLASS[name] in words:
                found.append(Attribute(name, f"ClassVar[{stem}Filter[{one.format('Self')}, Connection | None]]"))
    return found


def queries_class(
    scope: Scope, model: LinkedModel, rows: Rows, flats: tuple[Flat, ...], totals: tuple[Aggregating, ...]
) -> Class:
    """What a query set of the model offers besides loading; what the user's own query set defines is left to it."""
    stem, hand = scope.stem(model), scope.queryset_written(model)
    shared, words = shares_questions(scope, model), scope.project.words_of(model)
    giving = [EXCLUDE] if EXCLUDE in words or not shared else []
    attributes = [Attribute(name, f"{stem}Filter[Self]") for name in ("filter", *giving)]
    if shared and scope.single(model) == ONE:
        given = {name: one.format("M") for name, one in GIVING_ONE.items() if name in words}
        attributes += [Attribute(name, f"{stem}Filter[{one}]") for name, one in given.items()]
    path = f"{stem}Path"
    methods = [
        plain("order_by", f"*orderings: {stem}Order", returns="Self"),
        plain("only", f"*columns: {path}", returns="Self"),
        plain("group_by", f"*columns: {path} | Expression", returns="Self"),
        plain("defer", f"*columns: {stem}Column | Path[{scope.ref(model)}, Any]", returns="Self"),
        update_method(scope, model),
        plain("contains", f"obj: {scope.ref(model)}", returns="bool", awaited=True),
        *together(scope.ref(model)),
        aggregate_method(scope, totals, None, f"{stem}Expression"),
        in_bulk_method(scope, model, "M"),
        method("values", dict_calls(rows.dicts, path, dict_rows, f"{stem}Row" if rows.whole else None)),
        method("values_list", tuple_calls(flats, rows.tuples, path, tuple_rows)),
    ]
    kept = tuple(each for each in attributes if each.name not in hand)
    if shared:
        told = set(_told(scope, model, ASKED_METHODS, totals))
        told -= {"values"} if rows.whole or rows.dicts else set()
        told -= {"values_list"} if rows.tuples or len(flats) > 1 else set()
        told |= loose_among(methods)
        return Class(f"{stem}Queries", (asked_of(scope, model),), kept, without(methods, hand | told))
    base = QUESTIONS if hand.isdisjoint((*COUNTED, *LOADING)) else "QuerySet"
    return Class(f"{stem}Queries", (f"{base}[M]",), kept, without(methods, hand))
