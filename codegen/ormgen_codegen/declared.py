"""What the stub writer needs to know about the user's classes and the graph does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from types import MappingProxyType

from ormgen.records import dataclass, field
from ormgen.schema.documents import DocumentOptions


class Role(Enum):
    """What a class of the user is."""

    MODEL = "model"
    ABSTRACT = "abstract model"
    MIXIN = "mixin with fields"
    MANAGER = "manager"
    QUERYSET = "query set"


@dataclass(frozen=True, slots=True)
class UsedManager:
    """A manager on a model: the type text of its class, and of the query set that it gives if that is the user's."""

    path: str
    queryset: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredClass:
    """One class of the user.

    `path` is `module:Qualified.Name`, `bases` the paths of the user's own classes that it names as bases, in order.
    `fields` are the fields and relations that its body declares, `written` all other names in it: methods,
    properties, constants. `manager` is that of `Meta`, `managers` are those set as class attributes.
    Of a query set, `about` is the path of the model in `QuerySet["Product"]`, and `generic` says whether a type
    variable stands there.
    """

    path: str
    role: Role
    bases: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    manager: UsedManager | None = None
    managers: tuple[tuple[str, UsedManager], ...] = ()
    about: str | None = None
    generic: bool = False

    @property
    def module(self) -> str:
        """The module that holds it."""
        return self.path.partition(":")[0]

    @property
    def name(self) -> str:
        """Its qualified name within the module."""
        return self.path.partition(":")[2]


@dataclass(frozen=True, slots=True)
class DocumentMeta:
    """What a model says about pydantic models of it: its options (None: they cannot be read), what methods return."""

    options: DocumentOptions | None
    returns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Declarations:
    """All classes of a run by path, in order of declaration.

    `packages` says for a module in which package its generated types lie, where that is not the first part of
    its dotted name ("" is the folder of a module without a package). `nested` gives the whole path of models inside of
    other classes (`shop.models:Shop.Order`) by that which the graph knows (`shop.models:Order`), which is also the
    path of their DeclaredClass. `documents` says how pydantic models are made of a class, where the project makes some.
    `enums` are the values of enums that columns hold, by the type text of the enum.
    """

    classes: Mapping[str, DeclaredClass] = field(default_factory=lambda: MappingProxyType({}))
    packages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nested: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    documents: Mapping[str, DocumentMeta] = field(default_factory=lambda: MappingProxyType({}))
    enums: Mapping[str, tuple[str | int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {path: known for known, path in self.nested.items()}

    def known(self, path: str) -> str:
        """The path by which the graph knows a class."""
        return self._known.get(path, path)

    def package_of(self, module: str) -> str:
        """The package whose types module describes the models of `module`."""
        first, dot, _ = module.partition(".")
        return self.packages.get(module, first if dot else "")

    def line(self, path: str) -> tuple[DeclaredClass, ...]:
        """The class and the user's classes that it inherits from, nearest first; nothing for an unknown class."""
        found: dict[str, DeclaredClass] = {}
        waiting = [path]
        while waiting:
            here = self.classes.get(waiting.pop(0))
            if here is not None and here.path not in found:
                found[here.path] = here
                waiting += here.bases
        return tuple(found.values())

    def written(self, path: str) -> frozenset[str]:
        """Every name that is written by hand in the class or in one that it inherits from."""
        return frozenset(name for each in self.line(path) for name in each.written)

    def fields(self, path: str) -> frozenset[str]:
        """Every field and relation declared in the class or in one that it inherits from."""
        return frozenset(name for each in self.line(path) for name in each.fields)
