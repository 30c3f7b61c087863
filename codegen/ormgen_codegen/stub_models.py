"""What a model's class offers: the generated base of the user's class, and the keywords of writing as dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.declared import DeclaredClass, Role, UsedManager
from ormgen_codegen.naming import free_parameter, is_name
from ormgen_codegen.signatures import (
    Keyword,
    assigned,
    choices,
    column_type,
    columns_of,
    far_paths,
    key_keywords,
    new_keywords,
    own_paths,
    required_relations,
    reverse_keys,
    update_keywords,
)
from ormgen_codegen.stub_annotate import annotate_method
from ormgen_codegen.stub_queries import CLOSED, USING, Asked, in_bulk_signatures
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_states import FETCH, Loader, load_aliases, load_methods
from ormgen_codegen.views import (
    Alias,
    Attribute,
    Class,
    Method,
    Variable,
    awaited_on_class,
    method,
    on_class,
    plain,
    signature,
    without,
)

NO_MORE: Final = "closed=True"
PARTIAL: Final = "total=False"


def variable(scope: Scope, model: LinkedModel) -> Variable:
    """The type variable for the model and its loaded forms."""
    user = scope.user(model)
    return Variable(f"{scope.stem(model)}T", (f"bound={user}", f"default={user}", "covariant=True"))


def aliases(scope: Scope, asked: Asked) -> tuple[Alias, ...]:
    """Names of columns and relations as literals, and what an expression on the model may be."""
    model = asked.model
    stem, user = scope.stem(model), scope.user(model)
    own = [path.name for path in own_paths(scope, model)]
    far = [path.name for path in far_paths(scope, model)]
    has_relations = bool(scope.relations(model))
    term = f"{stem}Path | {stem}Relation" if has_relations else f"{stem}Path"
    return (
        Alias(f"{stem}Related", f"Related[Awaitable[{user}], {user}]"),
        Alias(f"{stem}RelatedOrNone", f"Related[Awaitable[{user} | None], {user} | None]"),
        Alias(f"{stem}Reference", f"{user} | {scope.types.value(model.pk_column.python_type)}"),
        Alias(f"{stem}Column", literal(own)),
        Alias(f"{stem}Path", f"{stem}Column | {literal(far)}" if far else f"{stem}Column"),
        Alias(f"{stem}Order", f"{stem}Path | {literal(f'-{name}' for name in [*own, *far])}"),
        *load_aliases(scope, model, asked.states),
        Alias(f"{stem}Term", term),
        Alias(f"{stem}Expression", f"Function[{stem}Term | Expression] | Plain"),
    )


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
    """The keywords of the constructor and `create`, of `update`, and of `get_or_create`."""
    stem = scope.stem(model)
    split = bool(required_relations(scope, model))
    found = [
        dictionary(
            scope,
            f"{stem}New",
            ("TypedDict", PARTIAL, *(() if split else (NO_MORE,))),
            new_keywords(scope, model),
        )
    ]
    if split:
        ways = [*choices(scope, model)]
        for relation in reverse_keys(scope, model):
            if relation in required_relations(scope, model):
                ways += choices(scope, model, relation)
        found += [dictionary(scope, f"{stem}{way.suffix}", (f"{stem}New", NO_MORE), way.keywords) for way in ways]
    base = (f"{stem}Columns", PARTIAL, NO_MORE)
    return (
        *found,
        dictionary(scope, f"{stem}Columns", ("TypedDict", PARTIAL), update_keywords(scope, model)),
        Class(f"{stem}Update", base),
        dictionary(scope, f"{stem}Values", base, key_keywords(scope, model)),
    )


def abstract_class(scope: Scope, declared: DeclaredClass) -> Class:
    """The generated base of an abstract model: its place among the bases of others, and nothing else."""
    return Class(scope.of_path(declared.path, "Model"), parents(scope, declared.path))


def parents(scope: Scope, path: str) -> tuple[str, ...]:
    """The generated bases of the user's models that the class inherits from, else `Model`."""
    declared = scope.project.declarations.classes.get(path)
    known = scope.project.declarations.classes
    found = []
    for base in declared.bases if declared is not None else ():
        if base in known and known[base].role in (Role.MODEL, Role.ABSTRACT) and base in scope.stems:
            found.append(scope.of_path(base, "Model"))
    return tuple(found) or ("Model",)


def base_class(scope: Scope, asked: Asked) -> Class:
    """The generated base of a model: columns that no line declares, relations, and every method about its names."""
    model, stem = asked.model, scope.stem(asked.model)
    hand = scope.project.declarations.written(model.path)
    attributes = [each for each in _attributes(scope, model) if each.name not in hand]
    members = frozenset(each.name for each in attributes)
    guarded = tuple(Attribute(each.name, scope.guard(each.annotation, members)) for each in attributes)
    methods = [
        *_asking_methods(scope, asked),
        *_creating_methods(scope, model),
        *_instance_methods(scope, asked),
    ]
    return Class(f"{stem}Model", parents(scope, model.path), guarded, without(methods, hand))


def _attributes(scope: Scope, model: LinkedModel) -> list[Attribute]:
    declared = scope.project.declarations.fields(model.path)
    found = [CLOSED]
    for column in columns_of(model):
        if column.name not in declared:
            found.append(Attribute(column.name, f"Field[{column_type(scope, column)}]"))
    if model.pk != "pk":
        found.append(Attribute("pk", f"Field[{column_type(scope, model.pk_column)}]"))
    for relation in scope.relations(model):
        if relation.name not in declared:
            one = scope.manager_class(relation) if relation.many else scope.related(relation)
            found.append(Attribute(relation.name, one))
    return found + _questions(scope, model)


def _questions(scope: Scope, model: LinkedModel) -> list[Attribute]:
    stem = scope.stem(model)
    rows, one = scope.queryset(model, "Self"), f"{stem}Single[Self"
    results = {
        "filter": rows,
        "exclude": rows,
        "get": f"{one}]",
        "get_or_none": f"{one}, None]",
        "exists": "Coroutine[Any, Any, bool]",
    }
    objects = rows if scope.project.manager(model) is None else f"{stem}Manager"
    loose = scope.queryset_written(model)
    found = [Attribute("objects", f"ClassVar[{objects}]")]
    for name, result in results.items():
        if name not in loose:
            found.append(Attribute(name, f"ClassVar[{stem}Filter[{result}]]"))
    return found


def _asking_methods(scope: Scope, asked: Asked) -> list[Method]:
    model, stem = asked.model, scope.stem(asked.model)
    rows, maybe = scope.queryset(model, "Self"), f"{stem}Single[Self, None]"
    lock = ("nowait: bool = ...", "skip_locked: bool = ...", "of: Iterable[str] = ...", "no_key: bool = ...")
    found = [
        on_class("all", USING, returns=rows),
        on_class("first", USING, returns=maybe),
        on_class("last", USING, returns=maybe),
        on_class("latest", f"*orderings: {stem}Order", USING, returns=maybe),
        on_class("earliest", f"*orderings: {stem}Order", USING, returns=maybe),
        on_class("select_for_update", *lock, returns=rows),
        method("in_bulk", in_bulk_signatures(scope, model, "Self", "cls", ("classmethod",), using=True)),
        annotate_method(
            asked.annotated,
            f"{stem}Expression",
            lambda state: f"{state}QuerySet[{state}]",
            f"{stem}OpenQueries[{stem}Open]",
            on_class=True,
        ),
    ]
    for name in ("filter", "exclude"):
        if name in scope.queryset_written(model):
            found.append(on_class(name, "*args: Any", "**kwargs: Any", returns=rows))
    return found


def _creating_methods(scope: Scope, model: LinkedModel) -> list[Method]:
    stem = scope.stem(model)
    names = (*model.columns, *model.relations)
    first, this = free_parameter("cls", names), free_parameter("self", names)
    using = () if "using_db" in names else (USING,)
    defaults = () if "defaults" in names else (f"defaults: {stem}Values | UntypedDict | None = ...",)
    news = [f"**values: Unpack[{stem}{choice.suffix}]" for choice in choices(scope, model)]
    values = f"**values: Unpack[{stem}Values]"
    pair = "tuple[Self, bool]"
    return [
        method("__init__", [signature(new, returns="None", first=this) for new in news]),
        method("create", [awaited_on_class(*using, new, returns="Self", first=first) for new in news]),
        *(
            on_class(name, *defaults, *using, values, returns=pair, awaited=True, first=first)
            for name in ("get_or_create", "update_or_create")
        ),
        *_bulk_methods(stem),
    ]


def _bulk_methods(stem: str) -> tuple[Method, Method]:
    columns = f"Iterable[{stem}Column] | None = ..."
    batch = "batch_size: int | None = ..."
    create = ("objects: Iterable[Self]", batch, "ignore_conflicts: bool = ...", f"update_fields: {columns}")
    update = ("objects: Iterable[Self]", f"fields: Iterable[{stem}Column]", batch, USING)
    return (
        on_class("bulk_create", *create, f"on_conflict: {columns}", USING, returns="list[Self]", awaited=True),
        on_class("bulk_update", *update, returns="int", awaited=True),
    )


def _instance_methods(scope: Scope, asked: Asked) -> list[Method]:
    model, stem = asked.model, scope.stem(asked.model)
    key = assigned(scope, model.pk_column)
    some = f"Iterable[{stem}Column] | None = ..."
    found = [
        plain(
            "save",
            *(USING, f"update_fields: {some}", "force_create: bool = ...", "force_update: bool = ..."),
            returns="None",
            awaited=True,
        ),
        plain("refresh_from_db", f"fields: {some}", USING, returns="None", awaited=True),
        plain("update_from_dict", f"data: {stem}Values | UntypedDict", returns="Self"),
        plain("clone", f"pk: {key} | None = ...", returns="Self"),
    ]
    loader = Loader("", lambda state: state, awaited=True)
    return found + load_methods(scope, model, asked.states, loader, (FETCH,))


def manager_classes(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The user's managers of a model, each with the query set's methods."""
    found = []
    manager = scope.project.manager(model)
    if manager is not None:
        found.append(_manager_class(scope, model, f"{scope.stem(model)}Manager", manager))
    for declared in scope.project.declarations.line(model.path)[:1]:
        for name, each in declared.managers:
            if is_name(name):
                found.append(_manager_class(scope, model, scope.attribute_manager(model, name), each))
    return tuple(found)


def _manager_class(scope: Scope, model: LinkedModel, name: str, manager: UsedManager) -> Class:
    bases = (scope.types.user(manager.path), scope.queryset(model, scope.user(model)))
    open_ = "__getattr__" in scope.project.declarations.written(manager.path)
    return Class(name, bases, () if open_ else (CLOSED,))
