"""The work on one package: its two generated modules, and the carried module of each of its modules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from ormgen_codegen.carried_imports import Exports
from ormgen_codegen.carry import carry
from ormgen_codegen.kept_run import RunMemory, stub_digest
from ormgen_codegen.kept_sections import Memory
from ormgen_codegen.naming import FIELDS_MODULE, TYPES_MODULE
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source
from ormgen_codegen.render import render, support_text
from ormgen_codegen.run import Run
from ormgen_codegen.stub import generated_modules
from ormgen_codegen.stub_carried import carry_plans
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.targets import ORMGEN

MODULES: Final = "# modules: "


class PackageWork:
    """The work on one package."""

    def __init__(
        self,
        run: Run,
        scope: Scope,
        folder: Path,
        modules: Sequence[ParsedModule],
        jobs: int = 1,
        memory: RunMemory | None = None,
    ) -> None:
        self.scope = scope
        self.folder = folder
        self.modules = modules
        self.jobs = jobs
        self.memory = memory
        self.plans = carry_plans(scope, modules)
        self.exports = Exports(run.reader.modules, renames=scope.project.target is ORMGEN)
        self.digests = (
            {}
            if memory is None
            else {each.name: stub_digest(run, each, self.plans[each.name], scope.project) for each in modules}
        )

    def files(self) -> dict[Path, str]:
        """All that is generated for the package."""
        package = self.scope.package
        stubs = {each.name: self._kept(each) for each in self.modules}
        sections = Memory() if self.memory is None else self.memory.of(package)
        sections.jobs = self.jobs
        sections.errands = [partial(self._made, each) for each in self.modules if stubs[each.name] is None]
        files = self._types(sections)
        stubs |= sections.results
        found = {stub_path(each.source): stubs[each.name] or "" for each in self.modules}
        if self.memory is not None:
            self.memory.take_sections(package, sections.now)
            for name, text in sections.results:
                self.memory.take_stub(name, self.digests[name], text)
        return found | files

    def _kept(self, module: ParsedModule) -> str | None:
        """The stub that the last run made, if it is still good."""
        return None if self.memory is None else self.memory.stub_of(module.name, self.digests[module.name])

    def _types(self, memory: Memory) -> dict[Path, str]:
        """The modules of generated types."""
        names = " ".join(sorted(module.name for module in self.modules))
        support = self.scope.project.target.support
        found = {self.folder / f"{support}.pyi": support_text(support)} if support else {}
        for each in generated_modules(self.scope, memory):
            trailer = f"{MODULES}{names}\n" if each.name in (FIELDS_MODULE, TYPES_MODULE) else ""
            found[self.folder / f"{each.name}.pyi"] = f"{render(each).rstrip()}\n{trailer}"
        return found

    def _made(self, module: ParsedModule) -> tuple[str, str]:
        """The stub of one module, behind its name."""
        return module.name, carry(module, self.plans[module.name], self.exports, self.scope.graph)


def stub_path(source: Source) -> Path:
    """Where the stub of a module lies."""
    return source.path.with_suffix(".pyi")
