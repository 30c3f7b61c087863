"""Models whose relations are loaded: one class for each relation, for all of them, and for what the project loads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel, Relation
from ormgen_codegen.naming import is_name
from ormgen_codegen.scan_chain import QUERY
from ormgen_codegen.signatures import nested_relations, optional
from ormgen_codegen.spans import relation_path
from ormgen_codegen.stub_annotate import Annotations
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_trees import BARE, IN_RELATION, SELECT, Tree, TreeKey, parameters_of
from ormgen_codegen.stub_writing import USING
from ormgen_codegen.targets import Lack
from ormgen_codegen.usage import FETCHING
from ormgen_codegen.usage import PREFETCH as PREFETCHING
from ormgen_codegen.views import Alias, Attribute, Class, Method, Signature, method, plain, signature

Wrap = Callable[[str], str]
PREFETCH: Final = "prefetch_related"
FETCH: Final = FETCHING


@dataclass(frozen=True, slots=True)
class Load:
    """One literal call that loads relations: the parameters it fits, and the class that it gives.

    `before` is the class of what the call is made on, "" where nothing is loaded yet.
    """

    parameters: tuple[str, ...]
    state: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class States:
    """The loaded forms of one model."""

    classes: tuple[Class, ...]
    loads: Mapping[str, tuple[Load, ...]]
    attributes: tuple[Load, ...]
    alone: Mapping[str, str]
    fetches: tuple[Alias, ...]
    trees: Mapping[tuple[object, ...], str]


def state_class(
    scope: Scope, name: str, bases: tuple[str, ...], columns: Iterable[tuple[str, str]], open_: bool = False
) -> Class:
    """A model with these attributes; an open one also has any other."""
    listed = tuple(columns)
    members = frozenset(key for key, _ in listed)
    attributes = tuple(Attribute(key, scope.guard(text, members)) for key, text in listed)
    any_name = (plain("__getattr__", "name: str", returns="Any"),) if open_ else ()
    return Class(name, bases, attributes, any_name)


def _some_loaded(scope: Scope, model: LinkedModel) -> tuple[str, ...]:
    """The bases of the loaded forms of `model`: a class of its own where a signature asks for any of them."""
    if scope.project.reach.complete or scope.loads_further(model):
        return (scope.name(model, "State"),)
    return (scope.user(model), f"SomeLoaded[{scope.user(model)}]")


class StateWriter:
    """Collects the loaded forms of models that one types module needs."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.made: dict[tuple[str, tuple[object, ...]], str] = {}
        self.pending: list[Class] = []

    def describe(self, model: LinkedModel, annotated: Annotations) -> States:
        """The loaded forms of `model`, also those of chains, with those of other models that they are made of."""
        relations = self.scope.relations(model)
        self.pending = []
        self.pending += self._standing(model, relations)
        loads: dict[str, tuple[Load, ...]] = {}
        for kind in (SELECT, PREFETCH, FETCH) if relations else ():
            loads[kind] = tuple(self._loads(model, kind))
        attributes = tuple(self._attributes(model)) if relations else ()
        loaded = {tree.key(): self.state(model, tree) for tree in annotated.trees}
        for kind in loads:
            loads[kind] = (*self._together(annotated, kind, loaded), *loads[kind])
        alone, fetched = standing(self.scope, model), _fetched_alone(self.scope, model)
        fetches = {each.name: self._fetch(model, each) for each in alone if fetched is None or each.name in fetched}
        names = {each.name: fetches[each.name].name if each.name in fetches else "" for each in alone}
        return States(tuple(self.pending), loads, attributes, names, tuple(fetches.values()), loaded)

    def _fetch(self, model: LinkedModel, relation: Relation) -> Alias:
        """What loads one relation alone: its name, or a Prefetch of it with a query about its target."""
        name = self.scope.fresh(f"{self.scope.stem(model)}Fetch_{relation.name}")
        given = f'Literal["{relation.name}"]'
        if self.scope.lacks(Lack.EXACT_ARGUMENTS):
            return Alias(name, given)
        rows = self.scope.queryset(self.scope.target(relation), "Any")
        return Alias(name, f"{given} | Prefetch[{given}, {rows}, None]")

    def _standing(self, model: LinkedModel, relations: tuple[Relation, ...]) -> Iterator[Class]:
        scope, stem, user = self.scope, self.scope.stem(model), self.scope.user(model)
        if not relations:
            if scope.opens(model):
                yield state_class(scope, f"{stem}Open", (user, f"Narrowed[{user}]"), (), open_=True)
            return
        bases = _some_loaded(scope, model)
        if len(bases) == 1:
            yield Class(f"{stem}State", (user, f"SomeLoaded[{user}]"))
        for relation in standing(scope, model):
            row = scope.user(scope.target(relation))
            text = self._loaded_type(relation, row)
            yield state_class(scope, f"{stem}_{relation.name}", bases, [(relation.name, text)])
        if scope.loads_further(model):
            loaded = [(each.name, self._all_loaded(each)) for each in relations]
            yield state_class(scope, f"{stem}Loaded", bases, loaded)
        if scope.opens(model):
            yield state_class(scope, f"{stem}Open", (f"{stem}Loaded",), (), open_=True)

    def _all_loaded(self, relation: Relation) -> str:
        target = self.scope.target(relation)
        further = self.scope.relations(target) and self.scope.loads_further(target)
        row = self.scope.name(target, "Loaded") if further else self.scope.user(target)
        return self._loaded_type(relation, row)

    def _loaded_type(self, relation: Relation, row: str) -> str:
        """The type of a relation's attribute once `row` was loaded into it."""
        if not relation.many:
            return optional(row, relation.optional)
        scope = self.scope
        if scope.project.reach.complete:
            return f"{scope.manager_class(relation, fetched=True)}[{row}]"
        manager = scope.manager_class(relation)
        key = (scope.target(relation).path, ("Fetched", manager))
        if key not in self.made:
            wanted = f"{manager.rpartition('.')[2]}Fetched"
            self.made[key] = scope.calls["makes", key, wanted] = scope.names.fresh(wanted)
            self.pending.append(Class(self.made[key], ("Fetched[M]", f"{manager}[M]")))
        else:
            scope.calls["made", key] = self.made[key]
        return f"{self.made[key]}[{row}]"

    def _loads(self, model: LinkedModel, kind: str) -> Iterator[Load]:
        """What the project loads beyond a single relation; calls that load the same share a class."""
        for used, names in sorted(self.scope.asked(model).loads):
            if used != kind or not names or (len(names) == 1 and names[0] in model.relations):
                continue
            paths = [relation_path(self.scope.graph, model, name) for name in names]
            if any(path is None or not all(is_name(r.name) for r in path) for path in paths):
                continue
            if kind == SELECT and any(r.many for path in paths for r in path or ()):
                continue
            tree = Tree().grown(names)
            yield Load(tuple(f'r{n}: Literal["{name}"]' for n, name in enumerate(names)), self.state(model, tree))

    def state(self, model: LinkedModel, tree: Tree) -> str:
        """The class of `model` with the relations of `tree` loaded; made if it is not there yet."""
        scope = self.scope
        if not tree.branches:
            return scope.user(model)
        if len(tree.branches) == 1:
            name, further = next(iter(tree.branches.items()))
            if not further.branches and not further.given and model.relations[name] in standing(scope, model):
                return scope.name(model, f"_{name}")
        key = (model.path, tree.key())
        if key not in self.made:
            wanted = f"{scope.stems[model.path]}_{tree.word()}"
            self.made[key] = scope.calls["makes", key, wanted] = scope.names.fresh(wanted)
            attributes = [(name, self._held(model, name, further, tree)) for name, further in tree.branches.items()]
            generic = (f"Generic{tree.arguments()}",) if tree.rows else ()
            bases = (*_some_loaded(scope, model), *generic)
            self.pending.append(state_class(scope, self.made[key], bases, attributes))
        else:
            scope.calls["made", key] = self.made[key]
        return self.made[key]

    def _together(self, annotated: Annotations, kind: str, loaded: Mapping[TreeKey, str]) -> Iterator[Load]:
        """What is loaded by several calls in a chain, or with queries of its own."""
        for load in annotated.loads:
            if load.of is None and load.kind == kind:
                before = loaded[load.tree] + load.rows[0] if load.tree != BARE else ""
                yield Load(load.parameters, loaded[load.after] + load.rows[1], before)

    def _held(self, model: LinkedModel, name: str, branch: Tree, tree: Tree) -> str:
        """The type of an attribute that holds what is loaded."""
        if branch.given not in ("", IN_RELATION):
            return f"list[{tree.rows[name]}]"
        relation = model.relations[name]
        row = tree.rows[name] if branch.given else self.state(self.scope.target(relation), branch)
        return self._loaded_type(relation, row)

    def _attributes(self, model: LinkedModel) -> Iterator[Load]:
        """Lists that the project stores under a name of its own, with `Prefetch(..., to_attr=...)`."""
        scope = self.scope
        told = () if scope.lacks(Lack.EXACT_ARGUMENTS) else sorted(scope.asked(model).to_attrs)
        for name, attribute in told:
            relation = model.relations.get(name)
            if relation is None or not relation.many or not is_name(attribute):
                continue
            text = (f"{name}{QUERY}{attribute})",)
            tree = Tree().grown(text)
            state = self.state(model, tree) + tree.arguments()
            yield Load(tuple(parameters_of(scope, model, text, tree.rows)), state)


@dataclass(frozen=True, slots=True)
class Loader:
    """The class on which relations are loaded: how `self` is annotated there, and what a loaded state becomes."""

    own: str
    wrap: Wrap
    awaited: bool = False


def standing(scope: Scope, model: LinkedModel) -> tuple[Relation, ...]:
    """The relations that have a class of their own for being loaded alone: all, or those that the project loads."""
    relations = scope.relations(model)
    if scope.project.reach.complete:
        return relations
    used = {names[0] for _, names in scope.asked(model).loads if len(names) == 1}
    return tuple(each for each in relations if each.name in used)


def relation_aliases(scope: Scope, model: LinkedModel) -> tuple[Alias, ...]:
    """Names of relations as literals: those that `select_related` and `prefetch_related` take."""
    stem, relations = scope.stem(model), scope.relations(model)
    found = []
    if relations:
        own = literal(relation.name for relation in relations)
        if _named_apart(scope, model):
            deep = _deep(scope, model)
            found += [Alias(f"{stem}Relation", own), *([Alias(f"{stem}Deep", literal(deep))] if deep else [])]
            own = f"{stem}Relation | {stem}Deep" if deep else f"{stem}Relation"
        found.append(Alias(f"{stem}Nested", own))
    joins = [relation.name for relation in scope.joinable(model)]
    if joins:
        found.append(Alias(f"{stem}Join", literal([*joins, *nested_relations(scope, model, joinable=True)])))
    return tuple(found)


def _deep(scope: Scope, model: LinkedModel) -> list[str]:
    """Names of relations that have no class of their own for being loaded alone."""
    alone = standing(scope, model)
    others = [relation.name for relation in scope.relations(model) if relation not in alone]
    return [*others, *nested_relations(scope, model, joinable=False)]


def _named_apart(scope: Scope, model: LinkedModel) -> bool:
    """Whether names of one relation, and of several in a row, are told apart."""
    return _prefetches(scope, model) or bool(nested_relations(scope, model, joinable=False))


def _prefetches(scope: Scope, model: LinkedModel) -> bool:
    """Whether all ways to prefetch are told apart."""
    return scope.project.reach.complete or PREFETCHING in scope.asked(model).marks


def term(scope: Scope, model: LinkedModel) -> str:
    """What a function of an expression takes: a column or a relation."""
    stem = scope.stem(model)
    if not scope.relations(model):
        return f"{stem}Path"
    return f"{stem}Path | {stem}{'Relation' if _named_apart(scope, model) else 'Nested'}"


def fetch_aliases(scope: Scope, model: LinkedModel, states: States) -> tuple[Alias, ...]:
    """What `prefetch_related` takes: names, or questions about the objects behind them."""
    stem = scope.stem(model)
    if not scope.relations(model):
        return ()
    if not _prefetches(scope, model):
        return states.fetches
    return (Alias(f"{stem}Fetch", _fetch(stem)), *states.fetches)


def fetch_names(scope: Scope, model: LinkedModel) -> str:
    """What `prefetch_related` takes: the alias, which models have where it is written often."""
    stem = scope.stem(model)
    return f"{stem}Fetch" if _prefetches(scope, model) else _fetch(stem)


def _fetch(stem: str) -> str:
    return f"{stem}Nested | Prefetch[{stem}Nested, Any, Any]"


def _fetched_alone(scope: Scope, model: LinkedModel) -> frozenset[str] | None:
    """The relations that the project loads alone and not with a join; nothing where all are told apart."""
    if _prefetches(scope, model):
        return None
    return frozenset(names[0] for used, names in scope.asked(model).loads if used != SELECT and len(names) == 1)


def load_methods(
    scope: Scope, model: LinkedModel, states: States, loader: Loader, kinds: Iterable[str]
) -> list[Method]:
    """`select_related`, `prefetch_related` or `fetch_related` of a query or an instance."""
    found = []
    for kind in kinds:
        if scope.joinable(model) if kind == SELECT else scope.relations(model):
            found.append(method(kind, _load_signatures(scope, model, states, loader, kind)))
    return found


def _load_signatures(
    scope: Scope, model: LinkedModel, states: States, loader: Loader, kind: str
) -> Iterator[Signature]:
    stem = scope.stem(model)
    names = f"{stem}Join" if kind == SELECT else f"{stem}Nested"

    def call(*parameters: str, state: str, first: str = "self") -> Signature:
        if loader.awaited:
            bare = () if parameters[-1].startswith("*") else ("*",)
            parameters = (*parameters, *bare, USING)
        return signature(*parameters, returns=loader.wrap(state), awaited=loader.awaited, first=first)

    every = _prefetches(scope, model)
    alike = scope.lacks(Lack.EXACT_ARGUMENTS)
    any_of = names if kind == SELECT or every else fetch_names(scope, model)
    loaded = f"{stem}Loaded" if scope.loads_further(model) else "Any"
    if not loader.awaited and scope.loads_further(model):
        for load in states.loads[kind]:
            if load.before:
                yield call(*load.parameters, "/", state=load.state, first=f"self: {loader.own.format(load.before)}")
        own = f"self: {loader.own.format(stem + 'State')}"
        further = any_of if kind == SELECT or not every or alike else f"{names} | Prefetch[{names}, Any, None]"
        yield call(f"*relations: {further}", state=loaded, first=own)
    for load in states.loads[kind]:
        if not load.before:
            yield call(*load.parameters, "/", state=load.state)
    yield from _alone_signatures(scope, model, states, kind, call, loaded)
    yield call(f"*relations: {any_of}", state=loaded)
    if kind != SELECT and every and alike:
        yield call(f"*relations: {stem}Fetch", state=f"{stem}Open")
    elif kind != SELECT and every:
        deep = bool(nested_relations(scope, model, joinable=False)) or len(states.alone) < len(scope.relations(model))
        yield from _loose_signatures(stem, deep, call)


def _alone_signatures(
    scope: Scope, model: LinkedModel, states: States, kind: str, call: Callable[..., Signature], loaded: str
) -> Iterator[Signature]:
    """One relation alone, by its name or with a query of its own."""
    stem = scope.stem(model)
    every = scope.project.reach.complete or PREFETCHING in scope.asked(model).marks
    if kind != SELECT and every and not scope.lacks(Lack.EXACT_ARGUMENTS):
        # A query set that loads relations itself: which, is not followed here, so all of them count as loaded.
        yield call(f"relation: Prefetch[{stem}Nested, QuerySet[SomeLoaded[Any]], None]", "/", state=loaded)
    for relation, given in states.alone.items() if every else _alone_by(scope, model, states, kind):
        if kind != SELECT:
            yield call(f"relation: {given}", "/", state=f"{stem}_{relation}")
        elif not model.relations[relation].many:
            yield call(f'relation: Literal["{relation}"]', "/", state=f"{stem}_{relation}")
    for load in states.attributes if kind != SELECT else ():
        yield call(*load.parameters, "/", state=load.state)


def _alone_by(scope: Scope, model: LinkedModel, states: States, kind: str) -> list[tuple[str, str]]:
    """Those relations that the project loads alone in this way, with what loads them."""
    asked = {names[0] for used, names in scope.asked(model).loads if used == kind and len(names) == 1}
    return [(relation, given) for relation, given in states.alone.items() if relation in asked]


def _loose_signatures(stem: str, deep: bool, call: Callable[..., Signature]) -> Iterator[Signature]:
    """Prefetch objects across several relations, with `to_attr`, or several of them at once."""
    if deep:
        yield call(f"relation: Prefetch[{stem}Deep, Any, None]", "/", state=f"{stem}Loaded")
    yield call(f"relation: Prefetch[{stem}Nested, Any, str]", "/", state=f"{stem}Open")
    yield call(f"r0: {stem}Fetch", f"r1: {stem}Fetch", "/", f"*relations: {stem}Fetch", state=f"{stem}Open")
    yield call(f"*relations: {stem}Nested | HeldPrefetch", state=f"{stem}Loaded")
    yield call(f"*relations: {stem}Nested | HeldPrefetchAs", state=f"{stem}Open")
