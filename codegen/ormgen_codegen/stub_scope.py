"""What one types module knows while it is described: the graph, the names it may use, what the project asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind
from ormgen_codegen.annotations import BARE, SHAPES, VOCABULARY, Annotations, guarded, words
from ormgen_codegen.declared import Declarations, DeclaredClass, Role, UsedManager
from ormgen_codegen.depth import Reach
from ormgen_codegen.naming import FIELDS_MODULE, MODEL_SUFFIXES, TYPES_MODULE, Namespace, import_line, is_name
from ormgen_codegen.usage import Usage

IMPORTED: Final = frozenset(
    """
    Any Awaitable ClassVar Connection Coroutine Expression F Fetched Field Function Generic Iterable Literal
    ManyToManyRelation Model Never OpenQuerySet Prefetch Q QuerySet RawSQL Related Required ReverseRelation Rows Self
    Single Subquery TypeAlias TypedDict TypeVar Unpack Value overload Plain OpenQuestions Questions C N M P0 P1 P2 P3
    Avg Coalesce Count Length Lower Max Min Sum Trim Upper
    Computable M_contra O Order Path DatedPath DecimalPath FloatPath IntPath JsonPath MemberPath MomentPath NumberPath
    OrderedPath PlainPath RelationPath TextPath TextualPath TimedPath UnreadPath
    """.split()
)

RESERVED: Final = frozenset(
    {
        *(*IMPORTED, *BARE, *SHAPES),
        *(stem + end for stem in VOCABULARY.values() for end in ("", "Op", "Opt", "s", "Pair")),
    }
)
"""What a types module imports and takes from `ormgen.typing`: no generated name may be one of these."""


@dataclass(frozen=True)
class Project:
    """What the generator knows: all models, what the user declared about them, what the project asks, and how far."""

    graph: ModelGraph
    declarations: Declarations
    usage: Usage
    reach: Reach

    @cached_property
    def namespaces(self) -> Mapping[str, Namespace]:
        """The names of each package's types module."""
        found: dict[str, Namespace] = {}
        for path in self.described:
            found.setdefault(self.package(path), Namespace(RESERVED))
        return MappingProxyType(found)

    @cached_property
    def described(self) -> tuple[str, ...]:
        """Paths of all models, abstract ones included, in order of declaration."""
        roles = (Role.MODEL, Role.ABSTRACT)
        declared = [each.path for each in self.declarations.classes.values() if each.role in roles]
        return tuple(dict.fromkeys([*declared, *(model.path for model in self.graph)]))

    @cached_property
    def stems(self) -> Mapping[str, str]:
        """What the names about each model begin with."""
        return MappingProxyType(
            {path: self.namespaces[self.package(path)].stem(path, MODEL_SUFFIXES) for path in self.described}
        )

    @cached_property
    def used_keys(self) -> Mapping[str, tuple[str, ...]]:
        """The spanning names that the project writes, without minus, by their first part, in sorted order."""
        found: dict[str, list[str]] = {}
        for key in sorted({key.removeprefix("-") for key in self.usage.keys}):
            if is_name(key):
                found.setdefault(key.partition("__")[0], []).append(key)
        return MappingProxyType({first: tuple(keys) for first, keys in found.items()})

    @cached_property
    def carried_modules(self) -> frozenset[str]:
        """The modules that have stubs of their own."""
        paths = [*self.declarations.classes, *(model.path for model in self.graph)]
        return frozenset(path.partition(":")[0] for path in paths)

    def carries(self, module: str) -> bool:
        """Whether a module has a stub of its own."""
        return module in self.carried_modules

    def package(self, path: str) -> str:
        """The package whose types module describes the class at `path`."""
        return self.declarations.package_of(path.partition(":")[0])

    @cached_property
    def by_path(self) -> Mapping[str, LinkedModel]:
        """The concrete models by path."""
        return self.graph.paths

    @cached_property
    def querysets(self) -> Mapping[str, CustomQuerySet]:
        """The user's query set of each model that has one, by the model's path."""
        found: dict[str, DeclaredClass] = {}
        for model in self.graph:
            manager = self.manager(model)
            declared = None if manager is None else self.declarations.classes.get(manager.queryset or "")
            if declared is not None:
                found[model.path] = declared
        users = Counter(declared.path for declared in found.values())
        return MappingProxyType(
            {
                path: CustomQuerySet(declared, self._bound(path, declared, users[declared.path]))
                for path, declared in found.items()
            }
        )

    def _bound(self, path: str, declared: DeclaredClass, users: int) -> bool:
        """Whether a query set is about one model only and may descend from that model's generated one."""
        inside = self.package(path) == self.package(declared.path)
        return inside and not declared.generic and users == 1

    @cached_property
    def opened(self) -> frozenset[str]:
        """Paths of the user's query sets that leave their model open although they do not say so."""
        found: set[str] = set()
        for custom in self.querysets.values():
            for each in self.declarations.line(custom.declared.path):
                own = each == custom.declared and custom.bound
                if each.role is Role.QUERYSET and not each.generic and not own:
                    found.add(each.path)
        return frozenset(found)

    @cached_property
    def extra_querysets(self) -> Mapping[str, LinkedModel]:
        """The models of those users' query sets that only managers set as attributes give, by the query set's path."""
        found: dict[str, list[LinkedModel]] = {}
        taken = {custom.declared.path for custom in self.querysets.values()}
        for model in self.graph:
            for path in self._given(model) - taken:
                found.setdefault(path, []).append(model)
        return MappingProxyType(
            {
                path: models[0]
                for path, models in found.items()
                if self._bound(models[0].path, self.declarations.classes[path], len(models))
            }
        )

    def _given(self, model: LinkedModel) -> set[str]:
        lines = self.declarations.line(model.path)[:1]
        paths = {each.queryset or "" for declared in lines for _, each in declared.managers}
        return paths & set(self.declarations.classes)

    def manager(self, model: LinkedModel) -> UsedManager | None:
        """The manager behind a model's questions, if it is the user's."""
        for each in self.declarations.line(model.path):
            if each.manager is not None:
                return each.manager
        return None


Call = tuple[Any, ...]
"""Something that was taken from a scope: what it was, and with which arguments."""


@dataclass(frozen=True)
class TouchedGraph(ModelGraph):
    """The graph, which notes the keys of the models that relations are followed to."""

    touched: set[str] = field(default_factory=set)

    def target(self, relation: Relation) -> LinkedModel:
        """The model at the far end of `relation`."""
        self.touched.add(relation.target)
        return self.models[relation.target]


@dataclass(frozen=True, slots=True)
class CustomQuerySet:
    """A query set that the user wrote; `bound` ones are about one model, others take the model as an argument."""

    declared: DeclaredClass
    bound: bool


class Scope:
    """What one types module may name; it collects the imports that its texts need."""

    def __init__(self, project: Project, package: str) -> None:
        self.project = project
        self.graph = TouchedGraph(project.graph.models)
        self.package = package
        self.stems = project.stems
        self.names = Namespace(project.namespaces[package].taken if package in project.namespaces else RESERVED)
        self.types = Annotations(package, self.names, project.carries)
        self.calls: dict[Call, Any] = self.types.calls
        self.foreign: dict[tuple[str, str], str] = {}
        self._asked: dict[str, Usage] = {}
        self.near: set[str] = set()
        self.endings: dict[tuple[object, ...], tuple[tuple[str, str], ...]] = {}

    def begin(self) -> None:
        """Forget what was looked at and taken so far."""
        self.graph.touched.clear()
        self.calls.clear()

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
                self.names.taken.add(f"{name}OrDict")
                self.calls["row", wanted, name] = name
                return name

    def set_near(self, path: str) -> None:
        """Note that all about a model stands in the module of types."""
        self.near.add(path)
        self.calls["near", path] = None

    @cached_property
    def models(self) -> tuple[LinkedModel, ...]:
        """The models that this module describes."""
        return tuple(model for model in self.graph if self.project.package(model.path) == self.package)

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
            end = "_fields" if module == FIELDS_MODULE else ""
            self.foreign[package, module] = self.names.fresh(f"_{package or 'types'}{end}")
        found = self.calls["foreign", path, suffix, module] = f"{self.foreign[package, module]}.{name}"
        return found

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
        self.types.value(model.pk_column.python_type)
        return self.types.uses > before

    def asked(self, model: LinkedModel) -> Usage:
        """What the project asks of `model`, as far as that is known."""
        if model.name not in self._asked:
            self._asked[model.name] = self.project.usage.about(model.name)
        return self._asked[model.name]

    def foreign_imports(self, module: str) -> list[str]:
        """The imports of other packages' generated modules of this name."""
        return [
            import_line(package, name, alias)
            for (package, name), alias in sorted(self.foreign.items())
            if name == module
        ]

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

    def single(self, model: LinkedModel, row: str, none: bool = False) -> str:
        """The question for one `row` of `model`, or for None if there is none."""
        return f"{self.name(model, 'Single')}[{row}{', None' if none else ''}]"

    def relations(self, model: LinkedModel) -> tuple[Relation, ...]:
        """The relations that can be named in a stub."""
        return tuple(relation for relation in model.relations.values() if is_name(relation.name))

    def joinable(self, model: LinkedModel) -> tuple[Relation, ...]:
        """The relations that `select_related` takes."""
        return tuple(relation for relation in self.relations(model) if not relation.many)

    def manager_class(self, relation: Relation, fetched: bool = False) -> str:
        """The class of the attribute that leads to many objects."""
        target, end = self.target(relation), "Fetched" if fetched else ""
        if relation.kind is RelationKind.REVERSE_FOREIGN_KEY:
            return self.name(target, f"Of_{relation.reverse}{end}")
        return self.name(target, f"ManyToMany{end}")

    def related(self, relation: Relation) -> str:
        """The descriptor of a relation to one object."""
        return self.name(self.target(relation), "RelatedOrNone" if relation.optional else "Related")

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
