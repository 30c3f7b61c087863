"""What the generator knows of a run: all models, what the user declared about them, and what the project asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen_codegen.annotations import BARE, SHAPES, VOCABULARY
from ormgen_codegen.declared import Declarations, DeclaredClass, Role, UsedManager
from ormgen_codegen.depth import Reach
from ormgen_codegen.naming import MODEL_SUFFIXES, Namespace, is_name
from ormgen_codegen.scan_calls import PATHS
from ormgen_codegen.spans import relation_path
from ormgen_codegen.targets import ORMGEN, Lack, Target
from ormgen_codegen.usage import FETCHED, FETCHING, Usage
from ormgen_codegen.used_words import ALL, used_words

IMPORTED: Final = frozenset(
    """
    Any Awaitable ClassVar Connection Coroutine Expression F Fetched Field Function Generator Generic Iterable Literal
    ManyToManyRelation Model Never OpenQuerySet Prefetch Q QuerySet RawSQL Related Required ReverseRelation Rows Self
    Single Subquery TypeAlias TypedDict TypeVar Unpack Value overload Plain OpenQuestions Questions
    One Asked Stored Linked Unloaded Every Unwritten C N M P0 P1 P2 P3 L0 L1 L2 L3 MYPY
    Avg Coalesce Count Length Lower Max Min Sum Trim Upper
    Orders Paths Columns Nested Refs Keys KeyNames Creator
    Column Combinable CompoundQuery Computable L_co M_contra O Order Path DatedPath DecimalPath FloatPath IntPath
    JsonPath MemberPath MomentPath NumberPath OrderedPath PlainPath RelationPath TextPath TextualPath TimedPath
    UnreadPath
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
    """What the generator knows: all models, what the user declared about them, what the project asks, and how far.

    `target` is the library whose classes the models are.
    """

    graph: ModelGraph
    declarations: Declarations
    usage: Usage
    reach: Reach
    target: Target = ORMGEN

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
        known = self._packages.get(path)
        if known is None:
            known = self._packages[path] = self.declarations.package_of(path.partition(":")[0])
        return known

    @cached_property
    def _packages(self) -> dict[str, str]:
        return {}

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
        for model in self.graph:
            for manager in self.managers(model).values():
                given = self.given_beside(model, manager)
                line = () if given is None else self.declarations.line(given.path)
                found.update(each.path for each in line if each.role is Role.QUERYSET and not each.generic)
        return frozenset(found)

    def managers(self, model: LinkedModel) -> Mapping[str, UsedManager]:
        """The managers that are attributes of a model's class, its own and those of abstract classes above, by name."""
        found: dict[str, UsedManager] = {}
        taken: set[str] = set()
        for each in self.declarations.line(model.path):
            if each.path == model.path or each.role is not Role.MODEL:
                found.update((name, manager) for name, manager in each.managers if name not in taken and is_name(name))
            taken |= each.written | each.fields
        return found

    def given_beside(self, model: LinkedModel, manager: UsedManager) -> DeclaredClass | None:
        """The query set that a manager gives, where it is of several models and others of this one lack its methods."""
        declared = self.declarations.classes.get(manager.queryset or "")
        custom = self.querysets.get(model.path)
        if declared is None or declared.path in self.extra_querysets:
            return None
        if any(each.bound and each.declared == declared for each in self.querysets.values()):
            return None
        if custom is not None and declared in self.declarations.line(custom.declared.path):
            return None
        return declared

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
        paths = {each.queryset or "" for each in self.managers(model).values()}
        return {path for path in paths if path in self.declarations.classes}

    @cached_property
    def has_paths(self) -> bool:
        """Whether path expressions are spelled out: with many models only where the project writes some."""
        asked = (self.usage, *self.usage.of.values())
        if self.target.lacks(Lack.PATHS):
            return False
        return self.reach.complete or any(PATHS in each.marks for each in asked)

    @cached_property
    def in_place(self) -> frozenset[tuple[str, str]]:
        """The relations, by model's key and name, that the project loads into objects at hand, where that is usual.

        Of these nobody can tell whether they are loaded.
        """
        found: set[tuple[str, str]] = set()
        for model in self.graph if self.target.lacks(Lack.LOADED_ANSWERS) else ():
            asked = self.usage.about(model.name)
            names = {name for kind, listed in asked.loads if kind == FETCHING for name in listed}
            names |= {mark.removeprefix(FETCHED) for mark in asked.marks if mark.startswith(FETCHED)}
            for name in names:
                found.update((each.model, each.name) for each in relation_path(self.graph, model, name) or ())
        return frozenset(found)

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The words that the project uses of each model, by its path; nothing where all are spelled out."""
        every = self.target.lacks(Lack.ASKING_RELATIONS)
        return MappingProxyType(used_words(self.graph, self.usage, every) if self.reach.lean else {})

    def words_of(self, model: LinkedModel) -> frozenset[str]:
        """The words about a model that are spelled out."""
        return self.words[model.path] if self.reach.lean else ALL

    def manager(self, model: LinkedModel) -> UsedManager | None:
        """The manager behind a model's questions, if it is the user's."""
        for each in self.declarations.line(model.path):
            if each.manager is not None:
                return each.manager
        return None


@dataclass(frozen=True, slots=True)
class CustomQuerySet:
    """A query set that the user wrote; `bound` ones are about one model, others take the model as an argument."""

    declared: DeclaredClass
    bound: bool
