"""What a model's class offers about other models: the generated base of the user's class."""

from __future__ import annotations

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.declared import DeclaredClass, Role, UsedManager
from ormgen_codegen.scan_words import EXCLUDE, LOCK
from ormgen_codegen.stub_annotated import Asked, annotate_on_class
from ormgen_codegen.stub_scope import IN_PLACE, Scope
from ormgen_codegen.stub_shared import (
    CLOSED,
    EVERY,
    HELD,
    ONE,
    UNLOADED,
    declared_by_hand,
    fetch_for_list,
    is_told,
    shares_storing,
)
from ormgen_codegen.stub_states import FETCH, Loader, fetch_names, load_methods
from ormgen_codegen.stub_writing import USING
from ormgen_codegen.targets import Lack
from ormgen_codegen.used_words import ON_CLASS
from ormgen_codegen.views import Alias, Attribute, Class, Method, Variable, on_class, plain, without


def variable(scope: Scope, model: LinkedModel) -> Variable:
    """The type variable for the model and its loaded forms."""
    user, custom = scope.user(model), scope.custom(model)
    # `Self` of the generated base is no subclass of the user's class, which only a query set of the user asks for.
    asked = (custom is not None and custom.bound) or model in scope.project.extra_querysets.values()
    bound = user if asked else "Model"
    return Variable(scope.row(model), (f"bound={bound}", f"default={user}", "covariant=True"))


def related_aliases(scope: Scope, model: LinkedModel) -> tuple[Alias, ...]:
    """The descriptors of relations to one object of the model."""
    stem, user = scope.stem(model), scope.user(model)
    asked, maybe = _unloaded(scope, model, ""), _unloaded(scope, model, "None")
    found = [
        Alias(f"{stem}Related", f"Related[{asked}, {user}]"),
        Alias(f"{stem}RelatedOrNone", f"Related[{maybe}, {user} | None]"),
    ]
    if model.key in scope.placed:
        found.append(Alias(f"{stem}Related{IN_PLACE}", f"Related[{user}, {user}]"))  # objects can be awaited too
        found.append(Alias(f"{stem}RelatedOrNone{IN_PLACE}", f"Related[Any, {user} | None]"))
    return tuple(found)


def _unloaded(scope: Scope, model: LinkedModel, none: str) -> str:
    """What a relation to one object is before it is loaded: the question for the object."""
    if scope.lacks(Lack.ASKING_RELATIONS):
        user = scope.user(model)
        alone = f"{scope.single(model)}[{user}]" if scope.lacks(Lack.LOADED_ANSWERS) else f"Awaitable[{user}]"
        return f"Awaitable[{user} | None]" if none else alone
    if scope.single(model) == ONE:
        return f"{UNLOADED}[{', '.join(filter(None, (scope.user(model), none)))}]"
    return f"{scope.stem(model)}Unloaded[{none}]" if none else f"{scope.stem(model)}Unloaded"


def unloaded_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The question for the object of a relation, which may be narrowed down; not where models share it."""
    if scope.single(model) == ONE or scope.lacks(Lack.ASKING_RELATIONS):
        return ()
    stem, user = scope.stem(model), scope.user(model)
    one = f"{scope.single(model)}[{user}"
    narrowed = tuple(Attribute(name, f"{stem}Filter[{one}, None]]") for name in ("filter", "exclude"))
    return (Class(f"{stem}Unloaded", (f"{one}, N]",), narrowed),)


def abstract_class(scope: Scope, declared: DeclaredClass) -> Class:
    """The generated base of an abstract model: its place among the bases of others, and nothing else."""
    return Class(scope.model_base(declared.path), parents(scope, declared.path) or ("Model",))


def parents(scope: Scope, path: str) -> tuple[str, ...]:
    """The generated bases of the user's models that the class inherits from."""
    declared = scope.project.declarations.classes.get(path)
    known = scope.project.declarations.classes
    found = []
    for base in declared.bases if declared is not None else ():
        if base in known and known[base].role in (Role.MODEL, Role.ABSTRACT) and base in scope.stems:
            found.append(scope.model_base(base))
    return tuple(found)


def base_class(scope: Scope, asked: Asked) -> Class:
    """The generated base of a model: relations, and every method that gives objects."""
    model, stem = asked.model, scope.stem(asked.model)
    hand = scope.project.declarations.written(model.path)
    found = [*_relations(scope, model), *_questions(scope, model)]
    kept = [*(each for each in found if each.name not in hand), *_inherited_managers(scope, model)]
    members = frozenset(each.name for each in kept)
    guarded = tuple(Attribute(each.name, scope.guard(each.annotation, members)) for each in kept)
    loader = Loader("", lambda state: state, awaited=True)
    more = _asking_methods(scope, asked)
    if scope.lacks(Lack.LOADED_ANSWERS) and scope.relations(model):
        more.append(plain(FETCH, f"*relations: {stem}Nested", USING, returns="None", awaited=True))
    else:
        more += load_methods(scope, model, asked.states, loader, (FETCH,))
    if scope.relations(model):
        named = f"{stem}Nested"
        some = (named,) if scope.lacks(Lack.LOADED_ANSWERS) else (fetch_names(scope, model), f"{named} | {HELD}")
        more.append(fetch_for_list(*some))
    above = parents(scope, model.path)
    if shares_storing(scope, model):
        more = [each for each in more if not is_told(scope, model, each)]
    bases = (f"{stem}Base", *above)
    return Class(f"{stem}Model", bases, guarded, without(more, hand))


def _relations(scope: Scope, model: LinkedModel) -> list[Attribute]:
    declared = declared_by_hand(scope, model)
    found = []
    for relation in scope.relations(model):
        if relation.name not in declared:
            one = scope.attribute(relation)
            found.append(Attribute(relation.name, one))
    return found


def _questions(scope: Scope, model: LinkedModel) -> list[Attribute]:
    stem = scope.stem(model)
    rows, one = scope.queryset(model, "Self"), f"{scope.single(model)}[Self"
    results = {"filter": rows, "exclude": rows, "get": f"{one}]", "get_or_none": f"{one}, None]"}
    objects = rows if scope.project.manager(model) is None else f"{stem}Manager"
    loose = scope.queryset_written(model)
    found = [Attribute("objects", f"ClassVar[{objects}]")]
    apart = shares_storing(scope, model)
    if apart:
        found.append(Attribute("all", f"ClassVar[{EVERY}[{rows}]]"))
        if ON_CLASS[EXCLUDE] not in scope.project.words_of(model):
            results.pop(EXCLUDE)
    if apart and scope.single(model) == ONE:
        results = {name: result for name, result in results.items() if result == rows}
    for name, result in results.items():
        if name not in loose:
            found.append(Attribute(name, f"ClassVar[{stem}Filter[{result}, Connection | None]]"))
    if "q" not in model.names and (scope.project.has_paths or not apart):
        paths = f"{stem}Paths[{scope.ref(model)}, Never]" if scope.project.has_paths else "Any"
        found.append(Attribute("q", f"ClassVar[{paths}]"))
    return found


def _asking_methods(scope: Scope, asked: Asked) -> list[Method]:
    model, stem = asked.model, scope.stem(asked.model)
    rows, maybe = scope.queryset(model, "Self"), f"{scope.single(model)}[Self, None]"
    lock = ("nowait: bool = ...", "skip_locked: bool = ...", "of: Iterable[str] = ...", "no_key: bool = ...")
    apart, words = shares_storing(scope, model), scope.project.words_of(model)
    found = [
        *(() if apart else (on_class("all", USING, returns=rows),)),
        on_class("first", USING, returns=maybe),
        on_class("last", USING, returns=maybe),
        on_class("latest", f"*orderings: {stem}Order", USING, returns=maybe),
        on_class("earliest", f"*orderings: {stem}Order", USING, returns=maybe),
        *((on_class(LOCK, *lock, returns=rows),) if LOCK in words or not apart else ()),
        annotate_on_class(scope, asked),
    ]
    for name in ("filter", "exclude"):
        if name in scope.queryset_written(model):
            found.append(on_class(name, "*args: Any", "**kwargs: Any", returns=rows))
    return found


def _inherited_managers(scope: Scope, model: LinkedModel) -> list[Attribute]:
    """The managers that classes above the model's have as attributes, which are about this model here."""
    own = {name for declared in scope.project.declarations.line(model.path)[:1] for name, _ in declared.managers}
    inherited = [name for name in scope.project.managers(model) if name not in own]
    return [Attribute(name, f"ClassVar[{scope.attribute_manager(model, name)}]") for name in inherited]


def manager_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The user's managers of a model, each with the query set's methods."""
    found = []
    manager = scope.project.manager(model)
    if manager is not None:
        found.append(_manager_class(scope, model, f"{scope.stem(model)}Manager", manager))
    beside: dict[str, str] = {}
    for name, each in scope.project.managers(model).items():
        wanted, row = scope.attribute_manager(model, name), scope.row(model)
        given = scope.project.given_beside(model, each)
        if given is not None and given.path not in beside:
            bases = (f"{scope.types.user(given.path)}[{row}]", scope.queryset(model, row))
            found.append(Class(f"{wanted}_rows", bases))
            beside[given.path] = f"{wanted}_rows"
        found.append(_manager_class(scope, model, wanted, each, beside.get(each.queryset or "")))
    return tuple(found)


def _manager_class(
    scope: Scope, model: LinkedModel, name: str, manager: UsedManager, beside: str | None = None
) -> Class:
    rows = scope.queryset(model, scope.user(model))
    if manager.queryset is not None and scope.project.extra_querysets.get(manager.queryset) is model:
        rows = f"{scope.types.user(manager.queryset)}[{scope.user(model)}]"
    elif beside is not None:
        rows = f"{beside}[{scope.user(model)}]"
    bases = (scope.types.user(manager.path), rows)
    open_ = "__getattr__" in scope.project.declarations.written(manager.path)
    return Class(name, bases, () if open_ else (CLOSED,))
