"""The generated modules that are in a ring of imports with the modules of models, and what stands in which.

mypy goes over such a ring until all names are known, over each module as often as a name in it came too soon. With few
models there is one generated module. With many there are two: that of bases, which comes first, and that of types,
which comes last, behind the models' own modules. Read in this order, which the imports ask for, the long last one is
read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import BASES_MODULE, FIELDS_MODULE, TYPES_MODULE, import_line
from ormgen_codegen.render import filled
from ormgen_codegen.stub_imports import library_imports
from ormgen_codegen.stub_leaves import Leaves, dotted, named_in
from ormgen_codegen.stub_project import RESERVED
from ormgen_codegen.stub_scope import UNWRITTEN, Scope
from ormgen_codegen.views import Alias, Class, Section, Variable

WORD: Final = re.compile(r"(?<![\w.])[^\W\d]\w*")
QUOTED: Final = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Near:
    """What is generated about a model and names its class."""

    variable: Variable
    aliases: tuple[Alias, ...]
    paths: tuple[Class, ...]
    queries: tuple[Class, ...]
    states: tuple[Class, ...]
    bases: tuple[Class, ...]


def sections_of(scope: Scope, told: Section, near: Near) -> list[Section]:
    """The parts of a model's description; `told` is what could have stood apart and does not.

    Where bases have a module of their own they are the last part, and of the others none names what comes later.
    """
    variables = (*told.variables, near.variable)
    if not scope.bases_apart:
        classes = (*told.classes, *near.paths, *near.queries, *near.states, *near.bases)
        return [Section(told.title, variables, (*told.aliases, *near.aliases), classes)]
    return [
        Section(told.title, variables, told.aliases, (*told.classes, *near.queries)),
        Section(told.title, classes=(*near.paths, *near.states)),
        Section(told.title, aliases=near.aliases),
        Section(told.title, classes=near.bases, taken=_taken(scope, near.bases)),
    ]


def _taken(scope: Scope, classes: Iterable[Class]) -> tuple[str, ...]:
    """The generated names that classes mention, in sorted order."""
    listed = tuple(classes)
    texts = (QUOTED.sub("", text) if '"' in text else text for each in listed for text in _types(each))
    found = {word for text in texts for word in WORD.findall(text)}
    known = {*RESERVED, *scope.types.modules.values(), *scope.foreign.values(), *(each.name for each in listed)}
    return tuple(sorted(word for word in found - known if _is_generated(word, scope)))


def _is_generated(word: str, scope: Scope) -> bool:
    return word in scope.names.taken or any(word[:end] in scope.own_stems for end in range(1, len(word) + 1))


def _types(view: Class) -> Iterator[str]:
    """The types that are written in a class."""
    yield from view.bases
    yield from (each.annotation for each in view.attributes)
    for method in view.methods:
        for each in method.signatures:
            yield each.returns
            yield from (parameter.partition(":")[2] for row in each.rows for parameter in row)


class NearModules:
    """The modules of the ring, from parts of the descriptions of all models."""

    def __init__(self, scope: Scope, common: Section) -> None:
        self.scope = scope
        self.parts: list[list[Section]] = [[common], [], []]
        self.bases: list[Section] = []
        self.early: list[tuple[LinkedModel, list[str]]] = []
        self.late: dict[str, None] = {}

    def add(self, model: LinkedModel, parts: Iterable[Section]) -> None:
        """Take what `sections_of` made of a model."""
        *listed, last = parts
        for place, part in enumerate(listed):
            if part.names:
                self.parts[place].append(part)
        self.add_base(last)
        stem = self.scope.stem(model)
        apart = set() if model.path in self.scope.near else {f"{stem}Base", f"{stem}Filter"}
        self.early.append((model, [name for name in last.taken if name in apart]))
        self.late.update((name, None) for name in last.taken if name not in apart)

    def add_base(self, base: Section) -> None:
        """Take the base of a model, or of an abstract one."""
        self.bases.append(base)

    @property
    def found(self) -> dict[str, list[Section]]:
        """The sections of each module."""
        parts = [section for listed in self.parts for section in listed]
        if not self.scope.bases_apart:
            return {TYPES_MODULE: [*parts, *self.bases]}
        return {BASES_MODULE: self.bases, TYPES_MODULE: parts}

    def imports(self, name: str, leaves: Leaves) -> tuple[str, ...]:
        """All that a module of the ring imports."""
        modules = self.scope.types.modules
        lines = {module: f"import {module} as {modules[module]}" for module in sorted(modules)}
        apart = self.scope.bases_apart
        named = named_in(self.found[name]).union(self.late if name == TYPES_MODULE else ()) if apart else frozenset()
        given = library_imports(self.scope, name, named=named if apart else None)
        if name == TYPES_MODULE:
            light = {*self.scope.types.light, "M", UNWRITTEN, *self.late}
            taken = (leaves.taken(leaf, named | light, light) for leaf in leaves.found)
            return (*given, *lines.values(), *(line for each in taken for line in each))
        carries = self.scope.project.carries
        return (
            *given,
            *(line for module, line in lines.items() if not carries(module)),
            *leaves.taken(FIELDS_MODULE, named),
            *self._taken_early(leaves),
            "from typing import TYPE_CHECKING as TYPE_CHECKING",
            "if TYPE_CHECKING:",
            *(f"    {line}" for module, line in lines.items() if carries(module)),
            *self._taken_late(),
        )

    def _taken_early(self, leaves: Leaves) -> Iterator[str]:
        """The names from modules of fields."""
        found: dict[str, list[str]] = {}
        for model, names in self.early:
            if leaves.split and names:
                found.setdefault(leaves.home(model), []).extend(names)
        for path, names in found.items():
            yield f"from {path} import (\n{filled(names, 1)},\n)"

    def _taken_late(self) -> Iterator[str]:
        """The names from the module of types: these imports say nothing of the order in which modules are read."""
        if "itself" in vars(self.scope):
            yield f"    {import_line(self.scope.package, TYPES_MODULE, self.scope.itself)}"
        mine = {self.scope.model_base(path) for path in self.scope.project.described}
        names = [name for name in self.late if name not in mine]
        if names:
            yield f"    from {dotted(self.scope, TYPES_MODULE)} import (\n{filled(names, 2)},\n    )"
