"""What a run leaves for the next one about the same modules: descriptions of models and stubs of modules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ormgen.records import dataclass, field, replace
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.cache import MODULES_KEPT, SEARCHES_KEPT, Cache, dumped, loaded, project_cache
from ormgen_codegen.carry import CarryPlan
from ormgen_codegen.fingerprints import affected, fingerprint, frame_of, same_place
from ormgen_codegen.kept_sections import KeptSection, Memory, by_module, query_sets
from ormgen_codegen.parse.kept import KeptModules
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.run import Run
from ormgen_codegen.scan import KeptSearches
from ormgen_codegen.stub_project import Project
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.usage import Usage


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What a run was about, and what it made.

    `modules` are names, keys and the paths of the models that belonged to each, `words` are those that
    the project uses of each model, `frame` is what all texts depend on. `sections` are by package and module of
    models, each module's as bytes of their own, so that only what changed is written anew; `carried` are by module,
    each with the number that says what it depends on.
    """

    settings: str
    modules: tuple[tuple[str, bytes, tuple[str, ...]], ...]
    packages: Mapping[str, str]
    usage: Usage
    words: Mapping[str, frozenset[str]]
    query_sets: tuple[tuple[str, str | None, bool], ...]
    frame: bytes
    sections: Mapping[str, Mapping[str, bytes]]
    carried: Mapping[str, tuple[bytes, str]]


@dataclass(slots=True)
class RunMemory:
    """What is known of the last run about the same modules, and what this one adds to it.

    `told` are the descriptions that the last one left, by package, module and path.
    """

    cache: Cache
    name: str
    searches: KeptSearches
    before: KeptRun | None = None
    now: KeptRun | None = None
    told: dict[str, dict[str, Mapping[str, KeptSection]]] = field(default_factory=dict)
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
        for package, parts in found.sections.items() if self.before else ():
            self.told[package] = {name: loaded(part) or {} for name, part in parts.items()}
        listed = tuple(
            (each.name, kept.key(each.name, run.reader.modules), tuple(model.path for model in each.concrete))
            for each in modules
        )
        packages, usage = known.declarations.packages, known.usage
        told = query_sets(known.declarations.classes.values())
        self.now = KeptRun(repr(run.config), listed, packages, usage, {**known.words}, told, frame_of(known), {}, {})
        changed = None if self.before is None else self._changed(self.before, self.now, run, modules, known)
        for package in {known.package(path) for path in known.described}:
            sections = {} if changed is None else self._worded_alike(_together(self.told.get(package, {})))
            self.memories[package] = Memory(sections, changed or frozenset())

    def of(self, package: str) -> Memory:
        """What is known of the models of a package."""
        return self.memories.setdefault(package, Memory())

    def _worded_alike(self, sections: dict[str, KeptSection]) -> dict[str, KeptSection]:
        """The descriptions of the models whose words the project uses as before: others' do not depend on that."""
        then, now = (run.words if run else {} for run in (self.before, self.now))
        return {path: each for path, each in sections.items() if then.get(path) == now.get(path)}

    def _changed(
        self, before: KeptRun, now: KeptRun, run: Run, modules: Sequence[ParsedModule], known: Project
    ) -> frozenset[str] | None:
        """The keys and paths of the models of which anything is known otherwise now; None if that may concern all."""
        same = before.settings == now.settings and before.packages == now.packages and before.frame == now.frame
        if not same or before.query_sets != now.query_sets or before.usage.documents or now.usage.documents:
            return None
        if [name for name, _, _ in before.modules] != [name for name, _, _ in now.modules]:
            return None
        told: dict[str, ModelSchema] = {}
        suspects: set[str] = set()
        for module, then, this in zip(modules, before.modules, now.modules, strict=True):
            if then != this:
                found = self._told_otherwise(run, module, then, known)
                if found is None:
                    return None
                told |= found
                suspects.update(known.declarations.known(model.path) for model in module.models)
        scope = Scope(known, "")
        keys = affected(known.graph, told)
        sections = _together({name: part for parts in self.told.values() for name, part in parts.items()})
        suspected = [model for model in known.graph if model.key in keys or model.path in suspects]
        changed = {
            model.key: model.path
            for model in suspected
            if model.path not in sections or fingerprint(scope, model) != sections[model.path].fingerprint
        }
        changed |= {model.key: model.path for model in asked_otherwise(known.graph, before.usage, now.usage)}
        return frozenset({*changed, *changed.values()})

    def _told_otherwise(
        self, run: Run, module: ParsedModule, then: tuple[str, bytes, tuple[str, ...]], known: Project
    ) -> dict[str, ModelSchema] | None:
        """How models of a module were described before, by key, where that was otherwise; None if it is not known."""
        name, key, concrete = then
        earlier = None if run.reader.kept is None else run.reader.kept.earlier(name, key)
        if earlier is None or tuple(model.path for model in module.concrete) != concrete:
            return None
        before = {model.path: model.schema for model in earlier.concrete}
        found: dict[str, ModelSchema] = {}
        for model in module.concrete:
            old, linked = before.get(model.path), known.by_path.get(known.declarations.known(model.path))
            if old is None or model.schema is None or linked is None or not same_place(old, model.schema):
                return None
            if old != model.schema:
                found[linked.key] = old
        return found

    def _parts(self, package: str, sections: Mapping[str, KeptSection]) -> dict[str, bytes]:
        """The descriptions of a package as bytes, by module: those of the last run where they are the same."""
        then, bytes_then = (
            self.told.get(package, {}),
            {} if self.before is None else self.before.sections.get(package, {}),
        )
        come = self.of(package).parts
        found: dict[str, bytes] = {}
        for name, part in by_module(sections).items():
            if then.get(name) == part:
                found[name] = bytes_then[name]
            else:
                found[name] = come[name][1] if name in come and come[name][0] == part else dumped(part)
        return found

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

    def save(self, run: Run) -> None:
        """Leave what this run parsed and made for the next one; nothing where that cannot be kept."""
        kept = run.reader.kept
        entries = None if kept is None else kept.renewed(run.reader.modules)
        if kept is None or entries is None or self.now is None:
            return
        if entries != kept.before:
            self.cache.save(MODULES_KEPT, entries)
        sections = {package: self._parts(package, now) for package, now in self.sections.items()}
        now = replace(self.now, sections=sections, carried=self.carried)
        if now != self.before:
            self.cache.save(self.name, now)
        if self.searches.now.keys() != self.searches.before.keys():
            self.cache.save(SEARCHES_KEPT, self.searches.now)


def remembered(folder: Path, name: str) -> tuple[KeptModules, RunMemory] | None:
    """What the project around a folder kept of earlier runs: its modules, and the run of that name.

    None without a pyproject.toml.
    """
    cache = project_cache(folder)
    if cache is None:
        return None
    searches = KeptSearches(cache.load(SEARCHES_KEPT))
    return KeptModules(cache.load(MODULES_KEPT), loaded, dumped), RunMemory(cache, name, searches)


def stub_digest(run: Run, module: ParsedModule, plan: CarryPlan, known: Project) -> bytes:
    """What the stub of a module depends on, as one number; empty if that is not known."""
    kept = run.reader.kept
    if kept is None:
        return b""
    linked = [known.by_path[each.path] for each in module.models if each.path in known.by_path]
    text = repr((plan, [[(name, each.many) for name, each in model.relations.items()] for model in linked]))
    return kept.key(module.name, run.reader.modules) + hashlib.sha256(text.encode()).digest()


def asked_otherwise(graph: ModelGraph, old: Usage, new: Usage) -> Iterator[LinkedModel]:
    """The models of which the project asks other things than before; the words of lean runs are no such thing."""
    if old == new:
        return
    before, now = _asked(old), _asked(new)
    starts = {key.removeprefix("-").partition("__")[0] for key in before.keys ^ now.keys}
    for model in graph if before != now else ():
        then, this = (replace(each.about(model.name), of={}) for each in (before, now))
        if then != this or not starts.isdisjoint(model.names):
            yield model


def _asked(usage: Usage) -> Usage:
    """The usage without words and attributes."""
    parts = {name: replace(part, words=frozenset()) for name, part in usage.of.items()}
    return replace(
        usage,
        words=frozenset(),
        attributes=frozenset(),
        of={name: part for name, part in parts.items() if part != Usage()},
    )


def _together(parts: Mapping[str, Mapping[str, KeptSection]]) -> dict[str, KeptSection]:
    """The descriptions of several modules by path."""
    return {path: each for part in parts.values() for path, each in part.items()}
