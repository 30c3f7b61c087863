"""The work on one package: its two generated modules, and the carried module of each of its modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from ormgen_codegen.carried_imports import Exports
from ormgen_codegen.carry import carry
from ormgen_codegen.jobs import Task
from ormgen_codegen.kept_run import RunMemory, stub_digest
from ormgen_codegen.kept_sections import KeptSection
from ormgen_codegen.naming import FIELDS_MODULE, TYPES_MODULE
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source
from ormgen_codegen.render import refuse_broken, render
from ormgen_codegen.run import Run
from ormgen_codegen.stub import generated_modules
from ormgen_codegen.stub_carried import carry_plans
from ormgen_codegen.stub_scope import Scope

MODULES: Final = "# modules: "


@dataclass(frozen=True, slots=True)
class Made:
    """A part of the work on one package, done: files, and what the next run may use of it."""

    files: Mapping[Path, str]
    package: str
    sections: Mapping[str, KeptSection] = field(default_factory=dict)
    stubs: Mapping[str, str] = field(default_factory=dict)


class PackageWork:
    """The work on one package, in parts that need nothing of each other."""

    def __init__(
        self, run: Run, scope: Scope, folder: Path, modules: Sequence[ParsedModule], memory: RunMemory | None
    ) -> None:
        self.scope = scope
        self.folder = folder
        self.modules = modules
        self.memory = memory
        self.plans = carry_plans(scope, modules)
        self.exports = Exports(run.reader.modules)
        self.digests = (
            {}
            if memory is None
            else {each.name: stub_digest(run, each, self.plans[each.name], scope.project) for each in modules}
        )

    def tasks(self, jobs: int) -> Iterator[Task[Made]]:
        """What is to do."""
        left = [module for module in self.modules if self._kept(module) is None]
        yield self.types
        parts = min(max(jobs - 1, 1), len(left))
        yield from (partial(self.carried, left[number::parts]) for number in range(parts))

    def kept(self) -> dict[Path, str]:
        """The stubs that the last run made and that are still good."""
        found = ((module, self._kept(module)) for module in self.modules)
        return {stub_path(module.source): text for module, text in found if text is not None}

    def _kept(self, module: ParsedModule) -> str | None:
        return None if self.memory is None else self.memory.stub_of(module.name, self.digests[module.name])

    def types(self) -> Made:
        """The modules of generated types."""
        package = self.scope.package
        memory = None if self.memory is None else self.memory.memories.get(package)
        names = " ".join(sorted(module.name for module in self.modules))
        views = zip((FIELDS_MODULE, TYPES_MODULE), generated_modules(self.scope, memory), strict=True)
        files = {self.folder / f"{name}.pyi": f"{render(view).rstrip()}\n{MODULES}{names}\n" for name, view in views}
        return Made(files, package, sections={} if memory is None else memory.now)

    def carried(self, part: Sequence[ParsedModule]) -> Made:
        """The stubs of some modules."""
        stubs = {module.name: self._carried(module) for module in part}
        return Made({stub_path(each.source): stubs[each.name] for each in part}, self.scope.package, stubs=stubs)

    def remember(self, made: Made) -> None:
        """Leave what was made of this package for the next run."""
        if self.memory is None or made.package != self.scope.package:
            return
        if made.sections:
            self.memory.take_sections(made.package, made.sections)
        for name, text in made.stubs.items():
            self.memory.take_stub(name, self.digests[name], text)

    def _carried(self, module: ParsedModule) -> str:
        text = carry(module, self.plans[module.name], self.exports, self.scope.graph)
        refuse_broken(text, f"the stub of `{module.name}`")
        return text


def stub_path(source: Source) -> Path:
    """Where the stub of a module lies."""
    return source.path.with_suffix(".pyi")
