"""What a run leaves for the next one about the same modules: descriptions of models and stubs of modules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ormgen_codegen.build_graph import checked_graph
from ormgen_codegen.cache import Cache
from ormgen_codegen.carry import CarryPlan
from ormgen_codegen.declare import declare
from ormgen_codegen.kept_sections import KeptSection, Memory, changed_between, query_sets
from ormgen_codegen.parse.parsed import ParsedModule, SourceErrors
from ormgen_codegen.run import Run
from ormgen_codegen.stub import project
from ormgen_codegen.stub_project import Project
from ormgen_codegen.usage import Usage


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What a run was about, and what it made.

    `modules` are names, keys and the paths of the models that belonged to each. `sections` are by package and path,
    `carried` by module, each with the number that says what it depends on.
    """

    settings: str
    modules: tuple[tuple[str, bytes, tuple[str, ...]], ...]
    packages: Mapping[str, str]
    usage: Usage
    query_sets: tuple[tuple[str, str | None, bool], ...]
    sections: Mapping[str, Mapping[str, KeptSection]]
    carried: Mapping[str, tuple[bytes, str]]


@dataclass(slots=True)
class RunMemory:
    """What is known of the last run about the same modules, and what this one adds to it."""

    cache: Cache
    name: str
    before: KeptRun | None = None
    now: KeptRun | None = None
    memories: dict[str, Memory] = field(default_factory=dict)
    sections: dict[str, Mapping[str, KeptSection]] = field(default_factory=dict)
    carried: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def begin(self, run: Run, modules: Sequence[ParsedModule], known: Project) -> None:
        """Compare what there is with what there was."""
        kept = run.reader.kept
        if kept is None:
            return
        found = self.cache.load(self.name)
        self.before = found if isinstance(found, KeptRun) else None
        listed = tuple(
            (each.name, kept.key(each.name, run.reader.modules), tuple(model.path for model in each.concrete))
            for each in modules
        )
        packages, usage = known.declarations.packages, known.usage
        told = query_sets(known.declarations.classes.values())
        self.now = KeptRun(repr(run.config), listed, packages, usage, told, {}, {})
        changed = None if self.before is None else self._changed(self.before, self.now, run, modules, known)
        sections = {} if self.before is None or changed is None else self.before.sections
        for package in {known.package(path) for path in known.described}:
            self.memories[package] = Memory(sections.get(package, {}), changed or frozenset())

    def _changed(
        self, before: KeptRun, now: KeptRun, run: Run, modules: Sequence[ParsedModule], known: Project
    ) -> frozenset[str] | None:
        same = before.settings == now.settings and before.packages == now.packages
        kept = run.reader.kept
        if not same or before.query_sets != now.query_sets or kept is None:
            return None
        if [name for name, _, _ in before.modules] != [name for name, _, _ in now.modules]:
            return None
        old: list[ParsedModule] = []
        for module, (name, key, concrete), (_, new_key, new_concrete) in zip(
            modules, before.modules, now.modules, strict=True
        ):
            found = module if (key, concrete) == (new_key, new_concrete) else kept.earlier(name, key)
            if found is None:
                return None
            found = found if concrete else replace(found, concrete=())
            if tuple(model.path for model in found.concrete) != concrete:
                return None
            old.append(found)
        try:
            graph, _ = checked_graph(old, run.config.apps)
        except SourceErrors:
            return None
        declarations = declare(old, graph, run.reader.reader, before.packages)
        return changed_between(project(graph, declarations, before.usage, run.config.depth), known)

    def forget(self) -> None:
        """Start anew: what was kept does not fit."""
        self.memories = {package: Memory() for package in self.memories}

    def stub_of(self, module: str, digest: bytes) -> str | None:
        """The stub of a module if it is kept."""
        known = None if self.before is None else self.before.carried.get(module)
        if known is None or known[0] != digest:
            return None
        self.carried[module] = known
        return known[1]

    def take_sections(self, package: str, sections: Mapping[str, KeptSection]) -> None:
        """Remember the descriptions of a package's models."""
        self.sections[package] = sections

    def take_stub(self, module: str, digest: bytes, text: str) -> None:
        """Remember the stub of a module."""
        self.carried[module] = (digest, text)

    def save(self) -> None:
        """Leave what this run made for the next one."""
        if self.now is None:
            return
        now = replace(self.now, sections=self.sections, carried=self.carried)
        if now != self.before:
            self.cache.save(self.name, now)


def stub_digest(run: Run, module: ParsedModule, plan: CarryPlan, known: Project) -> bytes:
    """What the stub of a module depends on, as one number; empty if that is not known."""
    kept = run.reader.kept
    if kept is None:
        return b""
    relations = [known.by_path[each.path].relations for each in module.models if each.path in known.by_path]
    text = repr((plan, relations))
    return kept.key(module.name, run.reader.modules) + hashlib.sha256(text.encode()).digest()
