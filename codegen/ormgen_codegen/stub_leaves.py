"""Which generated module has what is said about a model without naming its class, and how these find each other."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from string import punctuation
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import FIELDS_MODULE, fields_module
from ormgen_codegen.render import render_section
from ormgen_codegen.stub_imports import STAR, imported, library_imports
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.stub_shared import parent_models
from ormgen_codegen.views import Section, Text

APART: Final = str.maketrans(dict.fromkeys({*punctuation} - {"_"}, " "))


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
        self._defined: dict[str, frozenset[str]] = {}

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

    def imports(self, name: str, modules: Iterable[str]) -> tuple[str, ...]:
        """All that the module of this name imports, `modules` of the program among it."""
        if name == FIELDS_MODULE:
            return library_imports(self.scope, name, modules)
        named = named_in(self.found[name])
        return (
            *library_imports(self.scope, name, modules, named if self.scope.bases_apart else None),
            *self.taken(FIELDS_MODULE, named),
            *self.parents.get(name, ()),
        )

    def defined(self, name: str) -> frozenset[str]:
        """The names that the module of this name defines, once everything is in it."""
        if name not in self._defined:
            aliases = self.scope.types.light if name == FIELDS_MODULE else ()
            self._defined[name] = frozenset(aliases).union(*(section.names for section in self.found[name]))
        return self._defined[name]

    def taken(self, name: str, named: Collection[str], given_on: Collection[str] = ()) -> Iterator[str]:
        """The imports of what a module of fields defines: all of it, or with many models what is `named`."""
        module, defined = dotted(self.scope, name), self.defined(name)
        if self.scope.bases_apart:
            yield from imported(module, defined.intersection(named), "itself" in vars(self.scope) or given_on)
            return
        yield f"from {module}{STAR}"  # it leaves out names that begin with an underscore
        for each in sorted(defined):
            if each.startswith("_"):
                yield f"from {module} import {each} as {each}"


def named_in(sections: Iterable[Section]) -> frozenset[str]:
    """The words in the sections that other generated modules may define."""
    found: set[str] = set()
    for each in sections:
        found.update(each.words if isinstance(each, Text) else words_of(render_section(each), each.names))
    return frozenset(found)


def words_of(text: str, defined: Iterable[str]) -> tuple[str, ...]:
    """The words of a generated text, which defines some names itself, that other generated modules may define."""
    found = {*text.translate(APART).split()}.difference(defined)
    listed = [each for each in found if not each.islower() and each.isidentifier()]
    listed.sort()
    return tuple(map(sys.intern, listed))


def dotted(scope: Scope, name: str) -> str:
    """The path of a generated module of the scope's package."""
    return f"{scope.package}.{name}" if scope.package else name
