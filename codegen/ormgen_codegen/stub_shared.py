"""What the classes of many models share: generic ones, whose arguments say in what the models differ.

Type checkers read a method once here, and not once for each model.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import is_name
from ormgen_codegen.scan_words import CONDITION, EXCLUDE, EXISTS, LOCK
from ormgen_codegen.signatures import assigned, column_type, columns_of
from ormgen_codegen.stub_project import RESERVED
from ormgen_codegen.stub_scope import UNWRITTEN, Scope, literal
from ormgen_codegen.stub_writing import CREATOR, LOOSE, LOOSE_UPDATE, USING
from ormgen_codegen.targets import Lack
from ormgen_codegen.views import (
    Attribute,
    Class,
    Method,
    Signature,
    Variable,
    awaited_on_class,
    method,
    on_class,
    plain,
    signature,
)

CLOSED: Final = Attribute("__getattr__", "None")
"""What takes back the `__getattr__` that lets a class without a stub have any attribute."""

SPOKEN: Final = RESERVED | frozenset("bool bytes classmethod dict float int list object set str tuple type".split())
"""What generated methods call types and decorators, which an attribute of that name would hide."""

_NO_PATHS: Final = Attribute("q", "ClassVar[Any]")
QUESTIONS: Final = "Questions"
OPEN: Final = "OpenQuestions"
ONE: Final = "One"
ASKED: Final = "Asked"
STORED: Final = "Stored"
LINKED: Final = "Linked"
EVERY: Final = "Every"
UNLOADED: Final = "Unloaded"
COUNTED: Final = {"count": "int", "exists": "bool", "delete": "int"}
LOADING: Final = ("select_related", "prefetch_related")
DIFFERENT: Final = ("Orders", "Paths", "Columns", "Nested", "Refs", "Keys", "KeyNames")
SHARED_VARIABLES: Final = tuple(Variable(name, ("default=Any",)) for name in DIFFERENT)
_MAYBE: Final = "One[{}, None]"
HELD: Final = "HeldPrefetchAs"
NARROWED: Final = "self: QuerySet[Narrowed[L0]]"
HELD_TERM: Final = "HeldTerm"
SOME: Final = ("Nested | Prefetch[Nested, Any, Any]", f"Nested | {HELD}")
EXACT_TERM: Final = "Computable[Paths | Nested | Expression] | Q[Refs]"
_TERMS: Final = (EXACT_TERM, HELD_TERM)
_ROWS: Final = "Paths | Expression"


def questions() -> Class:
    """What every query set answers, in the form in which each type checker notices that nobody awaits it.

    And what it loads where its model has no such relations: nothing.
    """
    methods = [plain(name, returns=result, awaited=True) for name, result in COUNTED.items()]
    methods += [plain(name, "*relations: Never", returns="Self") for name in LOADING]
    return Class(QUESTIONS, ("QuerySet[M]",), methods=tuple(methods))


def open_questions() -> Class:
    """A query set of which nothing but the model is known, in front of one that is described: it takes any name."""
    anything = ("*args: Any", "**kwargs: Any")
    results = {
        **dict.fromkeys(("filter", "exclude", "order_by", "group_by", "only", "defer"), "Self"),
        **dict.fromkeys(("select_related", "prefetch_related", "annotate"), "Self"),
        "get": "Single[M]",
        **dict.fromkeys(("get_or_none", "first", "last", "latest", "earliest"), "Single[M | None]"),
        "values": "Rows[dict[str, Any]]",
        "values_list": "Rows[Any]",
    }
    methods = [plain(name, *anything, returns=result) for name, result in results.items()]
    methods.append(plain("update", *anything, returns="int", awaited=True))
    methods.append(plain("aggregate", *anything, returns="dict[str, Any]", awaited=True))
    return Class(OPEN, ("OpenQuerySet[M]",), methods=tuple(methods))


def shared_classes(lean: bool = False) -> tuple[Class, ...]:
    """The classes that models share; those of `lean` runs have what writes objects too, in a loose form."""
    asked_methods = (*ASKED_METHODS.values(), *(LOOSE_QUESTIONS if lean else ()))
    stored_methods = (*STORED_METHODS.values(), *(LOOSE.values() if lean else ()), *(LOOSE_ON_CLASS if lean else ()))
    closed = (CLOSED, _NO_PATHS, *((Attribute(CONDITION, "ClassVar[Any]"),) if lean else ()))
    # Awaitable by name: checkers need not compare methods wherever somebody awaits it.
    one = Class(ONE, ("Single[M | N]", "Awaitable[M | N]", "Generic[M, N]"))
    asked = Class(ASKED, (f"{QUESTIONS}[M]", f"Generic[M, {', '.join(DIFFERENT)}]"), (), asked_methods)
    stored = Class(STORED, ("Model", f"Generic[{', '.join(DIFFERENT)}]"), closed, stored_methods)
    linking = [plain(name, "*instances: Refs", USING, returns="None", awaited=True) for name in ("add", "remove")]
    linked = Class(LINKED, ("ManyToManyRelation[M]", "Generic[M, Refs]"), methods=tuple(linking))
    anything, maybe = ("*args: Any", "**kwargs: Any"), _MAYBE.format("M")
    narrowed = [plain(name, *anything, returns=maybe) for name in ("filter", "exclude")]
    unloaded = Class(UNLOADED, ("One[M, N]",), methods=tuple(narrowed))
    called = plain("__call__", USING, "**values: Any", returns="R_co")
    creator = Class(CREATOR, ("Generic[R_co]",), methods=(called,))
    every = Class(EVERY, ("Generic[R_co]",), methods=(plain("__call__", USING, returns="R_co"),))
    unwritten = Class(UNWRITTEN, (f"{OPEN}[Any]", "ReverseRelation[Any]"))
    return one, asked, stored, linked, unloaded, every, *((creator, unwritten) if lean else ())


def loose_among(methods: Iterable[Method]) -> set[str]:
    """The names of the methods that are no other than those which the models of lean runs share."""
    return {each.name for each in methods if each in (LOOSE_UPDATE, LOOSE.get(each.name))}


def terms(scope: Scope, expression: str) -> tuple[str, ...]:
    """What may be computed, each in a call of its own: of known names, and of those that mypy has forgotten."""
    return (expression,) if scope.lacks(Lack.EXACT_ARGUMENTS) else (expression, HELD_TERM)


def _named(*methods: Method) -> dict[str, Method]:
    return {each.name: each for each in methods}


def _overloaded(name: str, *signatures: Signature) -> Method:
    return Method(name, tuple(Signature(each.rows, each.returns, ("overload",)) for each in signatures))


def together(ref: str) -> tuple[Method, ...]:
    """What puts questions about the objects of one model together; `union` takes those of others as well, which have to
    name the same columns with `only`."""
    others, given, flag = f"*others: Combinable[{ref}]", "CompoundQuery[M]", "all: bool = ..."
    mixed = signature("*others: Combinable[Other]", flag, returns="CompoundQuery[M | Other]")
    return (
        _overloaded("union", signature(others, flag, returns=given), mixed),
        *(plain(name, others, returns=given) for name in ("union_all", "intersection", "difference")),
    )


def fetch_for_list(*relations: str) -> Method:
    """The class method; `relations` are the types of what it takes, each in a call of its own."""
    given = "instance_list: Iterable[Self]"
    return method(
        "fetch_for_list", [awaited_on_class(given, f"*relations: {each}", USING, returns="None") for each in relations]
    )


ASKED_METHODS: Final = _named(
    plain("order_by", "*orderings: Orders", returns="Self"),
    plain("only", "*columns: Paths", returns="Self"),
    plain("group_by", f"*columns: {_ROWS}", returns="Self"),
    plain("defer", "*columns: Columns | Path[Refs, Any]", returns="Self"),
    plain("first", returns=_MAYBE.format("M")),
    plain("last", returns=_MAYBE.format("M")),
    plain("latest", "*orderings: Orders", returns=_MAYBE.format("M")),
    plain("earliest", "*orderings: Orders", returns=_MAYBE.format("M")),
    method("annotate", [signature(f"**annotations: {each}", returns=f"{OPEN}[Any]") for each in _TERMS]),
    plain("contains", "obj: Refs", returns="bool", awaited=True),
    *together("Refs"),
    method(
        "aggregate", [signature(f"**aggregates: {each}", returns="dict[str, Any]", awaited=True) for each in _TERMS]
    ),
    method(
        "in_bulk",
        [
            signature("id_list: Iterable[Keys]", "field_name: KeyNames = ...", returns=result, awaited=True, first=of)
            for of, result in ((NARROWED, "Keyed[Keys, L0, M]"), ("self", "dict[Keys, M]"))
        ],
    ),
    plain("values", f"*columns: {_ROWS}", f"**aliases: {_ROWS}", returns="Rows[dict[str, Any], list[dict[str, Any]]]"),
    _overloaded(
        "values_list",
        signature(f"column: {_ROWS}", "/", "*", "flat: Literal[True]", returns="Rows[Any]"),
        signature(f"*columns: {_ROWS}", returns="Rows[tuple[Any, ...]]"),
    ),
)
"""The methods of query sets that take names and give what a model's class need not be known for."""

GIVING_ONE: Final = {"get": "One[{}]", "get_or_none": _MAYBE}
"""What takes conditions and gives one object."""

_ANYTHING: Final = ("*args: Any", "**kwargs: Any")
LOOSE_QUESTIONS: Final = (
    LOOSE_UPDATE,
    plain(EXCLUDE, *_ANYTHING, returns="Self"),
    *(plain(name, *_ANYTHING, returns=one.format("M")) for name, one in GIVING_ONE.items()),
)
"""Questions to query sets as lean runs have them until the project asks them."""
LOOSE_ON_CLASS: Final = (
    on_class(EXISTS, *_ANYTHING, returns="bool", awaited=True),
    *(on_class(name, *_ANYTHING, returns=one.format("Self")) for name, one in GIVING_ONE.items()),
    *(on_class(name, *_ANYTHING, returns="Any") for name in (EXCLUDE, LOCK)),
)
"""The same of classes."""
OF_LEAN_QUESTIONS: Final = frozenset(each.name for each in LOOSE_QUESTIONS)
OF_LEAN: Final = frozenset({*LOOSE, *(each.name for each in LOOSE_ON_CLASS), CONDITION})
"""The names of what models and query sets share in lean runs alone."""

_COLUMNS: Final = "Iterable[Columns] | None = ..."
_BATCH: Final = "batch_size: int | None = ..."
STORED_METHODS: Final = _named(
    on_class("first", USING, returns=_MAYBE.format("Self")),
    on_class("last", USING, returns=_MAYBE.format("Self")),
    on_class("latest", "*orderings: Orders", USING, returns=_MAYBE.format("Self")),
    on_class("earliest", "*orderings: Orders", USING, returns=_MAYBE.format("Self")),
    method(
        "annotate",
        [
            signature(f"**annotations: {each}", returns=f"{OPEN}[Any]", first="cls", decorators=("classmethod",))
            for each in _TERMS
        ],
    ),
    method("aggregate", [awaited_on_class(f"**aggregates: {each}", returns="dict[str, Any]") for each in _TERMS]),
    on_class(
        "in_bulk",
        *("id_list: Iterable[Keys]", "field_name: KeyNames = ...", USING),
        returns="dict[Keys, Self]",
        awaited=True,
    ),
    on_class(
        "bulk_create",
        *("objects: Iterable[Self]", _BATCH, "ignore_conflicts: bool = ..."),
        *(f"update_fields: {_COLUMNS}", f"on_conflict: {_COLUMNS}", USING),
        returns="list[Self]",
        awaited=True,
    ),
    on_class(
        "bulk_update",
        *("objects: Iterable[Self]", "fields: Iterable[Columns]", _BATCH, USING),
        returns="int",
        awaited=True,
    ),
    plain(
        "save",
        *(USING, f"update_fields: {_COLUMNS}", "force_create: bool = ...", "force_update: bool = ..."),
        returns="None",
        awaited=True,
    ),
    plain("delete", USING, returns="None", awaited=True),
    plain("refresh_from_db", f"fields: {_COLUMNS}", USING, returns="None", awaited=True),
    plain("clone", "pk: Keys | None = ...", returns="Self"),
    method("fetch_related", [signature(f"*relations: {each}", USING, returns="Any", awaited=True) for each in SOME]),
    fetch_for_list(*SOME),
)
"""The methods of models that give objects one by one, or take names and values of columns."""


def shares_questions(scope: Scope, model: LinkedModel) -> bool:
    """Whether the query sets of a model take from `Asked` what they can; not where the user wrote such a method."""
    hand = scope.queryset_written(model)
    taken = (*ASKED_METHODS, *COUNTED, *LOADING, *(OF_LEAN_QUESTIONS if scope.project.reach.lean else ()))
    return not scope.project.reach.complete and hand.isdisjoint(taken)


def shares_storing(scope: Scope, model: LinkedModel) -> bool:
    """Whether a model takes from `Stored` what it can.

    Not heirs, not where something of it is called so, and not with columns of a class that may stand in the model's
    own: the arguments of a base may not need the class that has it.
    """
    if scope.project.reach.complete or parent_models(scope, model) or _has_carried_columns(scope, model):
        return False
    names = (*scope.project.declarations.written(model.path), *model.names)
    taken = STORED_METHODS.keys() | {"q"} | (OF_LEAN if scope.project.reach.lean else set())
    return taken.isdisjoint(names)


def declared_by_hand(scope: Scope, model: LinkedModel) -> frozenset[str]:
    """The fields that the user's classes declare and generated ones need not.

    Those in the body of a model are declared twice where models share classes: mypy takes them from the generated
    classes, which it reads once and does not check, and passes over the user's, where editors find them.
    """
    return scope.project.declarations.fields(model.path) - told_twice(scope, model)


def told_twice(scope: Scope, model: LinkedModel) -> frozenset[str]:
    """The fields in the body of a model that its generated bases declare too."""
    own = scope.project.declarations.line(model.path)[:1]
    if not shares_storing(scope, model):
        return frozenset()
    known = frozenset(name for each in own for name in each.fields if name in model.names and is_name(name))
    return known - SPOKEN


def _has_carried_columns(scope: Scope, model: LinkedModel) -> bool:
    if model.path in scope.uncarried:  # asked four times about each model
        return False
    before = scope.types.uses
    for column in columns_of(model):
        scope.types.value(column.python_type)
    if scope.types.uses == before:
        scope.uncarried.add(model.path)
    return scope.types.uses > before


def parent_models(scope: Scope, model: LinkedModel) -> list[LinkedModel]:
    """The models with tables of their own that the model inherits from."""
    declared, known = scope.project.declarations.classes.get(model.path), scope.project.by_path
    return [known[base] for base in (declared.bases if declared is not None else ()) if base in known]


def is_told(scope: Scope, model: LinkedModel, each: Method) -> bool:
    """Whether a method that gives objects says no more than the one that models share."""
    match each.name:
        case "first" | "last" | "latest" | "earliest":
            return scope.single(model) == ONE
        case "annotate":
            loose = all("**" in one.rows[0][-1] for one in each.signatures)
            return loose and not scope.opens(model)
        case "fetch_related":
            return len(each.signatures) == 1 and not scope.loads_further(model)
    return each.name == "fetch_for_list"


def asked_of(scope: Scope, model: LinkedModel) -> str:
    """The shared base of a model's query sets."""
    return f"{ASKED}[M, {', '.join(_different(scope, model))}]"


def stored_of(scope: Scope, model: LinkedModel) -> str:
    """The shared base of a model.

    No dictionary is among its arguments: pyright would look into it wherever it meets the model.
    """
    return f"{STORED}[{', '.join(_different(scope, model))}]"


def _different(scope: Scope, model: LinkedModel) -> tuple[str, ...]:
    stem = scope.stem(model)
    nested = f"{stem}Nested" if scope.relations(model) else "Never"
    names = (f"{stem}Order", f"{stem}Path", f"{stem}Column", nested, scope.ref(model))
    return *names, *_key(scope, model)


def _key(scope: Scope, model: LinkedModel) -> tuple[str, str]:
    names = [name for name in dict.fromkeys(["pk", model.pk]) if is_name(name)]
    return assigned(scope, model.member("pk")), literal(names)


def has_more_keys(scope: Scope, model: LinkedModel) -> bool:
    """Whether objects can be found in bulk by more than the primary key."""
    key = model.member("pk")
    return any(column.unique and column.name != model.pk for column in columns_of(model)) or assigned(
        scope, key
    ) != column_type(scope, key)
