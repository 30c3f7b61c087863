"""Keywords of writing: dictionaries for `create` and `get_or_create`, and the signatures that take keywords."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.schema.lookups import Family
from ormgen_codegen.naming import free_parameter
from ormgen_codegen.scan_words import GET_OR_CREATE, UPDATE, UPDATE_FROM_DICT, UPDATE_OR_CREATE
from ormgen_codegen.signatures import Keyword, choices, key_keywords, new_keywords, reverse_keys, update_keywords
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.used_words import NEW, RELATED
from ormgen_codegen.views import (
    Attribute,
    Class,
    Method,
    Signature,
    awaited_on_class,
    method,
    on_class,
    plain,
    signature,
)

USING: Final = "using_db: Connection | None = ..."
SIGNALS: Final = "signals: bool = ..."
NO_MORE: Final = "closed=True"
PARTIAL: Final = "total=False"
CREATOR: Final = "Creator"
OF_VALUES: Final = frozenset({GET_OR_CREATE, UPDATE_OR_CREATE, UPDATE_FROM_DICT})
"""What takes a dictionary of values."""

_ANYTHING: Final = (USING, "**values: Any")
_LOOSE_METHODS: Final = (
    plain("__init__", "**values: Any", returns="None"),
    on_class("create", *_ANYTHING, returns="Self", awaited=True),
    *(
        on_class(name, "defaults: Any = ...", *_ANYTHING, returns="tuple[Self, bool]", awaited=True)
        for name in (GET_OR_CREATE, UPDATE_OR_CREATE)
    ),
    plain(UPDATE_FROM_DICT, "data: Any", returns="Self"),
)
LOOSE: Final = {each.name: each for each in _LOOSE_METHODS}
"""The methods that write objects, as lean runs have them until the project uses them."""
LOOSE_UPDATE: Final = plain(UPDATE, "**values: Any", returns="int", awaited=True)


def dictionary(scope: Scope, name: str, bases: Iterable[str], keywords: Iterable[Keyword]) -> Class:
    """A `TypedDict` with these keys."""
    listed = tuple(keywords)
    members = frozenset(keyword.name for keyword in listed)
    attributes = []
    for keyword in listed:
        text = f"Required[{keyword.annotation}]" if keyword.required else keyword.annotation
        attributes.append(Attribute(keyword.name, scope.guard(text, members)))
    return Class(name, tuple(bases), tuple(attributes))


def writing_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The keywords of the constructor and `create`, and those of `get_or_create`."""
    stem = scope.stem(model)
    bases = ("TypedDict", PARTIAL, NO_MORE)
    values, words = (*update_keywords(scope, model), *key_keywords(scope, model)), scope.project.words_of(model)
    new = (dictionary(scope, f"{stem}New", bases, new_keywords(scope, model)),)
    return (
        *(new if not words.isdisjoint({NEW, RELATED}) else ()),
        *((dictionary(scope, f"{stem}Values", bases, values),) if not words.isdisjoint(OF_VALUES) else ()),
    )


def update_method(scope: Scope, model: LinkedModel) -> Method:
    """`update` of query sets: keywords spelled out, which cost type checkers less than one more `TypedDict` does."""
    if UPDATE not in scope.project.words_of(model):
        return LOOSE_UPDATE
    keywords = update_keywords(scope, model)
    given = tuple(f"{each.name}: {each.annotation} = ..." for each in keywords)
    first = free_parameter("self", {each.name for each in keywords})
    return plain("update", *(("*", *given) if given else ()), returns="int", awaited=True, first=first)


def new_parameters(scope: Scope, model: LinkedModel, without: Relation | None = None) -> list[tuple[str, ...]]:
    """The keywords of a new object, once for each way to give its required foreign keys, as object or as key."""
    values = f"**values: Unpack[{scope.stem(model)}New]"
    found = []
    for way in choices(scope, model, without):
        given = tuple(f"{keyword.name}: {keyword.annotation}" for keyword in way)
        found.append((*(("*", *given) if given else ()), values))
    return found


def creator_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The callables behind `create` of the relations that lead to the model, for runs over many models.

    They name no model's class, so that they can stand apart from those.
    """
    if RELATED not in scope.project.words_of(model):
        return ()
    ways: list[Relation | None] = [*reverse_keys(scope, model)]
    if model.key in scope.joined:
        ways.append(None)
    if scope.created_alike(model):
        ways = [None] if ways else []
    using = () if "using_db" in model.columns else (USING,)
    first = free_parameter("self", (*model.columns, *model.relations))
    found = []
    for without in ways:
        calls = [signature(*using, *new, returns="R_co", first=first) for new in new_parameters(scope, model, without)]
        found.append(Class(_creator(scope, model, without), ("Generic[R_co]",), (), (method("__call__", calls),)))
    return tuple(found)


def _creator(scope: Scope, model: LinkedModel, without: Relation | None) -> str:
    known = without is not None and not scope.created_alike(model)
    return f"{scope.stem(model)}Creator{f'In_{without.name}' if known and without is not None else ''}"


def awaited(result: str) -> str:
    """What gives `result` when it is awaited, and has to be.

    An `Any` here would make mypy unsure of what `gather` gives that takes several of them.
    """
    return f"Coroutine[object, Never, {result}]"


def create_members(
    scope: Scope, model: LinkedModel, without: Relation | None = None
) -> tuple[tuple[Attribute, ...], tuple[Method, ...]]:
    """`create` of a relation's attribute: a method, or one of the callables where there are many models."""
    if scope.project.reach.complete:
        return (), (_create_method(scope, model, without),)
    exact = RELATED in scope.project.words_of(model)
    text = f"{_creator(scope, model, without) if exact else CREATOR}[{awaited(scope.user(model))}]"
    return (Attribute("create", text),), ()


def _create_method(scope: Scope, model: LinkedModel, without: Relation | None) -> Method:
    using = () if "using_db" in model.columns else (USING,)
    user, first = scope.user(model), free_parameter("self", (*model.columns, *model.relations))
    return method(
        "create",
        [
            signature(*using, *new, returns=user, awaited=True, first=first)
            for new in new_parameters(scope, model, without)
        ],
    )


def creating_methods(scope: Scope, model: LinkedModel) -> list[Method]:
    """The constructor and every class method that stores objects; loose those that nobody uses yet."""
    words = scope.project.words_of(model)
    exact = {each.name: each for each in _exact_methods(scope, model)}
    used = {"__init__", "create"} if words & {NEW, RELATED} else set()
    used |= words | exact.keys() - LOOSE.keys()
    return [each if name in used else LOOSE[name] for name, each in exact.items()]


def _exact_methods(scope: Scope, model: LinkedModel) -> list[Method]:
    stem = scope.stem(model)
    names = (*model.columns, *model.relations)
    first, this = free_parameter("cls", names), free_parameter("self", names)
    using = () if "using_db" in names else (USING,)
    defaults = () if "defaults" in names else (f"defaults: {stem}Values | UntypedDict | None = ...",)
    news = new_parameters(scope, model)
    values = f"**values: Unpack[{stem}Values]"
    pair = "tuple[Self, bool]"
    return [
        method("__init__", [signature(*new, returns="None", first=this) for new in news]),
        method("create", [_create(using, new, first) for new in news]),
        *(
            on_class(name, *defaults, *using, values, returns=pair, awaited=True, first=first)
            for name in (GET_OR_CREATE, UPDATE_OR_CREATE)
        ),
        *_bulk_methods(stem),
    ]


def update_from_dict(scope: Scope, model: LinkedModel) -> Method:
    """The method of objects that takes a dictionary of values."""
    if UPDATE_FROM_DICT not in scope.project.words_of(model):
        return LOOSE[UPDATE_FROM_DICT]
    return plain(UPDATE_FROM_DICT, f"data: {scope.stem(model)}Values | UntypedDict", returns="Self")


def _create(using: tuple[str, ...], new: tuple[str, ...], first: str) -> Signature:
    return awaited_on_class(*using, *new, returns="Self", first=first)


def _bulk_methods(stem: str) -> tuple[Method, Method]:
    columns = f"Iterable[{stem}Column] | None = ..."
    batch = "batch_size: int | None = ..."
    create = ("objects: Iterable[Self]", batch, "ignore_conflicts: bool = ...", f"update_fields: {columns}")
    update = ("objects: Iterable[Self]", f"fields: Iterable[{stem}Column]", batch, USING, SIGNALS)
    return (
        on_class("bulk_create", *create, f"on_conflict: {columns}", USING, SIGNALS, returns="list[Self]", awaited=True),
        on_class("bulk_update", *update, returns="int", awaited=True),
    )


def descriptor(column: FieldSchema) -> str:
    """The class of a column's attribute: `Column` takes expressions such as `F("power") + 1` too."""
    computed = not column.primary_key and column.family is not Family.JSON
    return "Column" if computed else "Field"
