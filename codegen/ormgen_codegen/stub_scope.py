"""What one types module knows while it is described: the graph, the names it may use, what the project asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ormgen.records import dataclass, field
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind
from ormgen_codegen.annotations import Annotations, guarded, words
from ormgen_codegen.declared import Role
from ormgen_codegen.naming import BASES_MODULE, FIELDS_MODULE, TYPES_MODULE, Namespace, import_line, is_name
from ormgen_codegen.spans import Span, find_span
from ormgen_codegen.stub_project import RESERVED, CustomQuerySet, Project
from ormgen_codegen.target_names import is_known
from ormgen_codegen.targets import Lack
from ormgen_codegen.usage import Usage
from ormgen_codegen.used_words import ALL, manager_word, written_word

UNWRITTEN = "Unwritten"
"""The class of attributes that lead to many objects, in lean runs until somebody names them."""
IN_PLACE = "InPlace"
"""The end of the names about relations that may be loaded or not."""
Call = tuple[Any, ...]
"""Something that was taken from a scope: what it was, and with which arguments."""
Mark = tuple[tuple[int, ...], int, bool]
"""How much was taken from a scope at some time."""


@dataclass(frozen=True)
class TouchedGraph(ModelGraph):
    """The graph, which notes the keys of the models that relations are followed to."""

    touched: set[str] = field(default_factory=set)

    def target(self, relation: Relation) -> LinkedModel:
        """The model at the far end of `relation`."""
        self.touched.add(relation.target)
        return self.models[relation.target]


class Scope:
    """What one types module may name; it collects the imports that its texts need."""

    def __init__(self, project: Project, package: str) -> None:
        self.project = project
        self.graph = TouchedGraph(project.graph.models)
        self.package = package
        self.stems = project.stems
        self.names = Namespace(project.namespaces[package].taken if package in project.namespaces else RESERVED)
        self.types = Annotations(package, self.names, project.carries, project.target.homes, project.declarations.enums)
        self.calls: dict[Call, Any] = self.types.calls
        self.foreign: dict[tuple[str, str], str] = {}
        self._asked: dict[str, Usage] = {}
        self.near: dict[str, None] = {}
        self.endings: dict[tuple[object, ...], tuple[tuple[str, str], ...]] = {}
        self.uncarried: set[str] = set()
        self.spans: dict[str, tuple[tuple[str, Span], ...]] = {}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self._checked: dict[str, tuple[Relation, ...]] = {}

    def mark(self) -> Mark:
        """How much was taken so far."""
        return tuple(map(len, self._growing)), self.types.uses, "itself" in vars(self)

    def back(self, mark: Mark) -> None:
        """Give back what was taken since that mark."""
        sizes, self.types.uses, has_itself = mark
        for each, size in zip(self._growing, sizes, strict=True):
            while len(each) > size:
                each.popitem()
        if not has_itself:
            vars(self).pop("itself", None)

    @property
    def _growing(self) -> tuple[dict[Any, Any], ...]:
        return *self.types.growing, self.foreign, self.near

    def begin(self) -> None:
        """Forget what was looked at and taken so far."""
        self.graph.touched.clear()
        self.calls.clear()
        self.spans.clear()
        self.uncarried.clear()

    def fresh(self, wanted: str) -> str:
        """A name of this module, given once."""
        name = self.names.fresh(wanted)
        self.calls["fresh", wanted, name] = name
        return name

    def row_name(self, wanted: str) -> str:
        """The name of a row, which is free with `OrDict` behind it too."""
        while True:
            name = self.names.fresh(wanted)
            if f"{name}OrDict" not in self.names.taken:
                self.names.taken[f"{name}OrDict"] = None
                self.calls["row", wanted, name] = name
                return name

    def set_near(self, path: str) -> None:
        """Note that all about a model stands in the module of types."""
        self.near[path] = None
        self.calls["near", path] = None

    @cached_property
    def models(self) -> tuple[LinkedModel, ...]:
        """The models that this module describes."""
        return tuple(model for model in self.graph if self.project.package(model.path) == self.package)

    @cached_property
    def own_stems(self) -> frozenset[str]:
        """What the names about the models of this package begin with."""
        project = self.project
        return frozenset(self.stems[path] for path in project.described if project.package(path) == self.package)

    def stem(self, model: LinkedModel) -> str:
        """What the names about `model` begin with in its own types module."""
        return self.stems[model.path]

    def name(self, model: LinkedModel, suffix: str) -> str:
        """A generated name about `model` that mentions its class, as this package writes it."""
        return self.of_path(model.path, suffix)

    def of_path(self, path: str, suffix: str, module: str = TYPES_MODULE) -> str:
        """A generated name about the model at `path`, as this package writes it."""
        self.types.uses += module == TYPES_MODULE
        package, name = self.project.package(path), self.stems[path] + suffix
        if package == self.package:
            return name
        if (package, module) not in self.foreign:
            end = {FIELDS_MODULE: "_fields", BASES_MODULE: "_bases"}.get(module, "")
            self.foreign[package, module] = self.names.fresh(f"_{package or 'types'}{end}")
        found = self.calls["foreign", path, suffix, module] = f"{self.foreign[package, module]}.{name}"
        return found

    @property
    def bases_apart(self) -> bool:
        """Whether the generated bases of models have a module of their own, as they do where models are many."""
        return not self.project.reach.complete

    def model_base(self, path: str) -> str:
        """The generated base of the user's class at `path`."""
        return self.of_path(path, "Model", BASES_MODULE if self.bases_apart else TYPES_MODULE)

    def ref(self, model: LinkedModel) -> str:
        """The class that stands for `model` where its own would close a ring of imports: only its objects have it."""
        return self.of_path(model.path, "Ref", FIELDS_MODULE)

    def base(self, path: str) -> str:
        """The class with what is known of the model at `path` without naming it, as a base of another's."""
        known = self.calls["apart", path] = path not in self.near
        apart = self.project.package(path) == self.package and known
        return self.of_path(path, "Base", FIELDS_MODULE if apart else TYPES_MODULE)

    def reference(self, model: LinkedModel) -> str:
        """What stands for one object of `model` in a filter: an instance, or its primary key."""
        return self.of_path(model.path, "Reference", TYPES_MODULE if self.keyed_by_carried(model) else FIELDS_MODULE)

    def keyed_by_carried(self, model: LinkedModel) -> bool:
        """Whether the type of the primary key is a class of a module that has a stub."""
        before = self.types.uses
        self.types.value(model.member("pk").python_type)
        return self.types.uses > before

    def asked(self, model: LinkedModel) -> Usage:
        """What the project asks of `model`, as far as that is known."""
        if model.name not in self._asked:
            self._asked[model.name] = self.project.usage.about(model.name)
        return self._asked[model.name]

    def opens(self, model: LinkedModel) -> bool:
        """Whether the project may add to objects of `model` what a stub cannot tell.

        Runs over few models reckon with it everywhere.
        """
        return self.project.reach.complete or self.asked(model).opens

    def loads_further(self, model: LinkedModel) -> bool:
        """Whether the project may load relations of `model` beside others that are loaded."""
        return self.project.reach.complete or self.asked(model).loads_further

    def checked_keys(self, model: LinkedModel) -> tuple[Relation, ...]:
        """The foreign keys that a new object needs; none if there are more than this run checks.

        Left to the runtime are those whose columns another foreign key has as well.
        """
        if model.key not in self._checked:
            needed = tuple(each for each in self.relations(model) if each.kind.forward and is_needed(model, each))
            self._checked[model.key] = needed if len(needed) <= self.project.reach.keys_at_once else ()
        return self._checked[model.key]

    def created_alike(self, model: LinkedModel) -> bool:
        """Whether all foreign keys of `model` give the same attribute on their other side."""
        return not self.project.reach.complete and not self.checked_keys(model) and len(model.pk_names) == 1

    def reverse_class(self, model: LinkedModel, key: str) -> str:
        """The end of the class of the attribute that leads back over the foreign key `key` of `model`."""
        return "Of" if self.created_alike(model) else f"Of_{key}"

    def foreign_imports(self, module: str) -> list[str]:
        """The imports of other packages' generated modules of this name."""
        return [
            import_line(package, name, alias)
            for (package, name), alias in sorted(self.foreign.items())
            if name == module
        ]

    def lacks(self, what: Lack) -> bool:
        """Whether the library that the models belong to is without this."""
        return self.project.target.lacks(what)

    def span(self, model: LinkedModel, name: str) -> Span | None:
        """What `name` stands for when it is asked of `model`; None if it does not exist there."""
        found = find_span(self.graph, model, name)
        return found if found is not None and is_known(self.project.target, found) else None

    def names_values(self, name: str, span: Span) -> bool:
        """Whether a name stands for values: not every library takes that of a relation, or `pk`, for a key."""
        if span.lookup is not None:
            return False
        return not self.lacks(Lack.KEY_NAMES) or (span.column is not None and name.rpartition("__")[2] != "pk")

    def user(self, model: LinkedModel) -> str:
        """The user's class."""
        return self.types.user(self.project.declarations.nested.get(model.path, model.path))

    def target(self, relation: Relation) -> LinkedModel:
        """The model that a relation leads to."""
        return self.graph.target(relation)

    def custom(self, model: LinkedModel) -> CustomQuerySet | None:
        """The user's query set of `model`."""
        return self.project.querysets.get(model.path)

    def queryset(self, model: LinkedModel, row: str) -> str:
        """The query set of `model` that gives `row`."""
        custom = self.custom(model)
        if custom is not None and custom.bound:
            return f"{self.types.user(custom.declared.path)}[{row}]"
        return f"{self.name(model, 'QuerySet')}[{row}]"

    def row(self, model: LinkedModel) -> str:
        """The type variable for the model and its loaded forms."""
        return f"{self.stem(model)}T"

    def single(self, model: LinkedModel) -> str:
        """The class of the question for one object of `model`: the one that models share if it has nothing to add."""
        own = self.project.reach.complete or any(mark.startswith("get.") for mark in self.asked(model).marks)
        return f"{self.stem(model)}Single" if own else "One"

    def relations(self, model: LinkedModel) -> tuple[Relation, ...]:
        """The relations that can be named in a stub."""
        if model.key not in self._relations:
            named = tuple(relation for relation in model.relations.values() if is_name(relation.name))
            self._relations[model.key] = named
        return self._relations[model.key]

    def joinable(self, model: LinkedModel) -> tuple[Relation, ...]:
        """The relations that `select_related` takes."""
        return tuple(relation for relation in self.relations(model) if not relation.many)

    def manager_class(self, relation: Relation, fetched: bool = False) -> str:
        """The class of the attribute that leads to many objects."""
        target, end = self.target(relation), "Fetched" if fetched else ""
        if relation.kind is RelationKind.REVERSE_FOREIGN_KEY:
            return self.name(target, f"{self.reverse_class(target, relation.reverse or '')}{end}")
        return self.name(target, f"ManyToMany{end}")

    def attribute(self, relation: Relation) -> str:
        """What a relation is as an attribute: a descriptor, or the class of what leads to many objects."""
        if relation.many:
            if not self.is_written(relation):
                return UNWRITTEN
            return self.manager_class(relation) + self._place(relation)
        end = "RelatedOrNone" if relation.optional else "Related"
        return self.name(self.target(relation), end + self._place(relation))

    def is_written(self, relation: Relation) -> bool:
        """Whether the attribute that leads to many objects is spelled out: in lean runs where somebody names it."""
        words = self.project.words_of(self.project.graph.models[relation.model])
        return words is ALL or written_word(relation) in words

    def led_to(self, model: LinkedModel, relation: Relation | None) -> bool:
        """Whether such attributes lead to `model` over a foreign key of its own, or over many-to-many relations."""
        words = self.project.words_of(model)
        return words is ALL or manager_word(None if relation is None else relation.name) in words

    def _place(self, relation: Relation) -> str:
        return IN_PLACE if (relation.model, relation.name) in self.project.in_place else ""

    @cached_property
    def placed(self) -> frozenset[str]:
        """The keys of the models to which relations lead that the project loads into objects at hand."""
        models = self.project.graph.models
        return frozenset(models[key].relations[name].target for key, name in self.project.in_place)

    @cached_property
    def joined(self) -> frozenset[str]:
        """Keys of the models to which a many-to-many relation leads."""
        return frozenset(
            relation.target
            for model in self.graph
            for relation in model.relations.values()
            if relation.through is not None
        )

    @cached_property
    def joined_by_models(self) -> frozenset[str]:
        """Those of `joined` where the table between is a model for one of the relations."""
        return frozenset(
            relation.target
            for model in self.graph
            for relation in model.relations.values()
            if relation.through is not None and relation.through.model is not None
        )

    @cached_property
    def pointed_at(self) -> Mapping[str, tuple[str, ...]]:
        """The attributes, other than the key, by which foreign keys know a model; by the model's key."""
        found: dict[str, dict[str, None]] = {}
        for model in self.graph:
            for relation in model.relations.values():
                if relation.kind.forward and relation.far != self.target(relation).pk:
                    found.setdefault(relation.target, {})[relation.far] = None
        return MappingProxyType({key: tuple(names) for key, names in found.items()})

    def guard(self, annotation: str, members: frozenset[str]) -> str:
        """The annotation as it must be written in a class body that binds `members`."""
        if members.isdisjoint(words(annotation)):
            return annotation
        self.calls["itself",] = self.itself
        return guarded(annotation, members, self.itself, self.types.module("builtins"))

    @cached_property
    def itself(self) -> str:
        """The alias under which this module imports itself."""
        return self.names.fresh("_itself")

    def queryset_base(self, model: LinkedModel) -> str:
        """What the generated query set of `model` descends from."""
        row, custom = self.row(model), self.custom(model)
        if custom is None:
            return f"QuerySet[{row}]"
        if not custom.bound:
            return f"{self.types.user(custom.declared.path)}[{row}]"
        for each in self.project.declarations.line(custom.declared.path)[1:]:
            if each.role is Role.QUERYSET:
                return f"{self.types.user(each.path)}[{row}]"
        return f"QuerySet[{row}]"

    def attribute_manager(self, model: LinkedModel, name: str) -> str:
        """The class of a manager that is an attribute of the user's class."""
        return f"{self.stem(model)}Manager_{name}"

    def queryset_written(self, model: LinkedModel) -> frozenset[str]:
        """What the user's query set of `model` defines itself."""
        custom = self.custom(model)
        return frozenset() if custom is None else self.project.declarations.written(custom.declared.path)


def literal(names: Iterable[str]) -> str:
    """A `Literal` of those names."""
    return "Literal[" + ", ".join(f'"{name}"' for name in names) + "]"


def is_needed(model: LinkedModel, relation: Relation) -> bool:
    """Whether a new object needs the columns of `relation`, which are those of no other."""
    mine = {near for near, _ in relation.pairs}
    others = [each for each in model.relations.values() if each.kind.forward and each is not relation]
    shared = any(near in mine for each in others for near, _ in each.pairs)
    return not shared and all(model.columns[near].required for near in mine)
