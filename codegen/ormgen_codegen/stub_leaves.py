"""Which generated module has what is said about a model without naming its class, and how these find each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import FIELDS_MODULE, fields_module
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.stub_shared import parent_models
from ormgen_codegen.views import Section, Text


class Leaves:
    """The modules of fields of a package by name, that of all models first.

    With many models in several modules, what is about the models of one of these has a module of its own.
    """

    def __init__(self, scope: Scope, shared: list[Section]) -> None:
        self.scope = scope
        self.found: dict[str, list[Section]] = {FIELDS_MODULE: shared}
        self.parents: dict[str, dict[str, None]] = {}
        modules = {model.path.partition(":")[0] for model in scope.models}
        self.split = len(modules) > 1 and not scope.project.reach.complete

    def add(self, model: LinkedModel, sections: Iterable[Section]) -> None:
        """Take what is about a model, which comes after its parents."""
        listed, name = list(sections), self._of(model)
        if not listed:
            return
        self.found.setdefault(name, []).extend(listed)
        for parent in parent_models(self.scope, model):
            apart = parent.path not in self.scope.near and self._is_mine(parent)
            if apart and self._of(parent) != name:
                path, stem = dotted(self.scope, self._of(parent)), self.scope.stem(parent)
                line = f"from {path} import {stem}Base as {stem}Base"
                self.parents.setdefault(name, {})[line] = None

    def home(self, model: LinkedModel) -> str:
        """The path of the module of fields that has what is said about a model."""
        return dotted(self.scope, self._of(model))

    def _is_mine(self, model: LinkedModel) -> bool:
        return self.scope.project.package(model.path) == self.scope.package

    def _of(self, model: LinkedModel) -> str:
        return fields_module(model.path.partition(":")[0], self.scope.package) if self.split else FIELDS_MODULE

    def imports(self, name: str) -> tuple[str, ...]:
        """What the module of this name takes from the others."""
        if name == FIELDS_MODULE:
            return ()
        return (*self._shared, *self.parents.get(name, ()))

    @cached_property
    def _shared(self) -> tuple[str, ...]:
        return tuple(fields_imports(self.scope, FIELDS_MODULE, self.found[FIELDS_MODULE]))


def fields_imports(scope: Scope, name: str, sections: Iterable[Section]) -> Iterator[str]:
    """The imports of what stands in a module of fields: the star leaves out names that begin with an underscore."""
    module, names = dotted(scope, name), set[str]()
    yield f"from {module} import *"
    for section in sections:
        names.update(section.hidden if isinstance(section, Text) else section.names)
    for each in sorted(names):
        if each.startswith("_"):
            yield f"from {module} import {each} as {each}"


def dotted(scope: Scope, name: str) -> str:
    """The path of a generated module of the scope's package."""
    return f"{scope.package}.{name}" if scope.package else name
