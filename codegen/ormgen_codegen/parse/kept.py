"""Parsed modules of earlier runs, each good as long as its file and everything that it imports are what they were."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ormgen.records import dataclass, replace
from ormgen_codegen.locate import Located, shown_path
from ormgen_codegen.parse.modules import Modules, absolute
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source, Unreadable, inner, parse_source
from ormgen_codegen.parse.windows import ROOT

LIBRARIES: Final = frozenset({"site-packages", "dist-packages"})
EVERYTHING: Final = "*"

Import = tuple[str, str, str | None]
"""The name that an import binds (`*` for any), the module that it names, and what it takes from there."""
Entry = tuple[bytes, tuple[Import, ...], bytes, bytes | None]
"""SHA-256 of a file, its imports, and the key and the content of the module where one was parsed."""


@dataclass(frozen=True, slots=True)
class _File:
    """A module's file as it is now."""

    path: Path
    data: bytes
    digest: bytes
    imports: tuple[Import, ...]
    is_package: bool

    def source(self, name: str, data: bytes) -> Source:
        return Source(name, self.path, shown_path(self.path), self.is_package, data)


class KeptModules:
    """What earlier runs parsed, and what this one adds.

    `entries` are those of the last run, by module; `read` and `write` turn modules into bytes and back. `awaited` are
    the modules that other processes read, each with what gives the entries of them all.
    """

    def __init__(self, entries: Any, read: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> None:
        self.before: dict[str, Entry] = entries if isinstance(entries, dict) else {}
        self.entries = dict(self.before)
        self.read = read
        self.write = write
        self.parsed: dict[str, ParsedModule] = {}
        self.awaited: dict[str, Callable[[], Mapping[str, Entry]]] = {}
        self._files: dict[str, _File | None] = {}
        self._keys: dict[str, bytes] = {}

    def find(self, name: str, modules: Modules) -> ParsedModule | None:
        """The module as an earlier run, or another process, parsed it; None if it has to be parsed again."""
        if name in self.awaited:
            try:
                self.entries |= self.awaited.pop(name)()
            except ChildProcessError:  # it is parsed here then
                pass
        known = self.entries.get(name)
        file = None if known is None or known[3] is None else self._file(name, modules)
        if known is None or file is None or known[0] != file.digest:
            return None
        found = self.earlier(name, self.key(name, modules))
        return None if found is None else replace(found, source=file.source(name, file.data))

    def earlier(self, name: str, key: bytes) -> ParsedModule | None:
        """A module as it was when it had this key, with an empty source; None if that is not kept."""
        known, file = self.entries.get(name), self._files.get(name)
        if known is None or known[3] is None or known[2] != key or file is None:
            return None
        found = self.read(known[3])
        return replace(found, source=file.source(name, b"")) if isinstance(found, ParsedModule) else None

    def key(self, name: str, modules: Modules) -> bytes:
        """What the parsed module depends on, as one number: it changes when any of it changes."""
        if name not in self._keys:
            found = hashlib.sha256()
            for part in sorted(self._parts(name, modules)):
                found.update(part)
            self._keys[name] = found.digest()
        return self._keys[name]

    @property
    def files(self) -> Iterator[Path]:
        """The files that keys were made of."""
        return (file.path for file in self._files.values() if file is not None)

    def keep(self, module: ParsedModule) -> None:
        """Take in a module that had to be parsed."""
        self.parsed[module.name] = module

    def renewed(self, modules: Modules) -> dict[str, Entry] | None:
        """The entries for the next run; None if nothing can be kept.

        A finding belongs to the module in which it points: which module was read first does not matter then.
        """
        for name in self.parsed:
            self.key(name, modules)
        told = [finding for module in self.parsed.values() for finding in module.findings]
        shown = {shown_path(file.path) for file in self._files.values() if file is not None}
        if any(finding.severity == "error" or finding.position.path not in shown for finding in told):
            return None
        found = dict(self.entries)
        for name, file in self._files.items():
            if file is None:
                found.pop(name, None)
            elif name in self.parsed:
                module = self.parsed[name]
                own = tuple(each for each in told if each.position.path == module.source.shown)
                content = self.write(replace(module, source=_NO_SOURCE, findings=own))
                found[name] = (file.digest, file.imports, self._keys[name], content)
            elif name not in found or found[name][0] != file.digest:
                found[name] = (file.digest, file.imports, b"", None)
        return found

    def holds(self, name: str, digest: bytes) -> bool:
        """Whether the module was parsed from a file with this SHA-256."""
        known = self.entries.get(name)
        return known is not None and known[0] == digest and known[3] is not None

    def _file(self, name: str, modules: Modules) -> _File | None:
        if name not in self._files:
            self._files[name] = self._read(name, modules)
        return self._files[name]

    def _read(self, name: str, modules: Modules) -> _File | None:
        located, present = modules.located(name), modules.present(name)
        if located is None or not _is_own(located) or located.path is None:
            return None
        try:
            data = located.path.read_bytes() if present is None else present.source.data
        except OSError:
            return None
        digest = hashlib.sha256(data).digest()
        known = self.entries.get(name)
        if known is not None and known[0] == digest:
            return _File(located.path, data, digest, known[1], located.is_package)
        try:
            shown = shown_path(located.path)
            source = present.source if present else parse_source(data, name, located.path, shown, located.is_package)
        except Unreadable:
            return None
        return _File(located.path, data, digest, tuple(dict.fromkeys(_imports(source))), located.is_package)

    def _parts(self, name: str, modules: Modules) -> Iterator[bytes]:
        """What each module that the module may look at is, as far as it is of the project."""
        waiting: list[tuple[str, str | None]] = [(name, None)]
        seen = set(waiting)
        told: set[str] = set()
        while waiting:
            here, member = waiting.pop()
            file = self._file(here, modules)
            if here not in told:
                told.add(here)
                yield _part(here, modules.located(here), file)
            if file is None:
                continue
            for step in _steps(here, member, file.imports):
                if step not in seen and step[0].partition(".")[0] != ROOT:
                    seen.add(step)
                    waiting.append(step)


_NO_SOURCE: Any = None


def _is_own(located: Located) -> bool:
    """Whether a module may change without ormgen or Python being installed again."""
    if not located.is_source or located.path is None:
        return False
    return LIBRARIES.isdisjoint(located.path.parts) and not located.path.is_relative_to(sys.base_prefix)


def _part(name: str, located: Located | None, file: _File | None) -> bytes:
    path = "" if located is None or located.path is None else str(located.path)
    shown = "" if file is None else shown_path(file.path)
    digest = b"" if file is None else file.digest
    return f"{name} {located is not None} {path} {shown} ".encode("utf-8", "surrogateescape") + digest


def _steps(module: str, member: str | None, imports: tuple[Import, ...]) -> Iterator[tuple[str, str | None]]:
    """Where the value of a module's `member`, or of all that it holds, may come from."""
    if member is not None:
        yield f"{module}.{member}", None
    bound = [each for each in imports if member is not None and each[0] in (member, EVERYTHING)]
    if not any(each[0] == member for each in bound):
        bound = []
    for _, target, wanted in bound or imports:
        if wanted is None:
            parts = target.split(".")
            yield from ((".".join(parts[:count]), None) for count in range(1, len(parts) + 1))
        else:
            yield target, None if wanted == EVERYTHING else wanted


def _imports(source: Source) -> Iterator[Import]:
    """The imports of a module and of its classes; a name that something else binds too leads to all of them."""
    others: set[str] = set()
    found: list[Import] = []
    waiting: list[ast.AST] = [source.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found += [(alias.asname or alias.name.partition(".")[0], alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            where = absolute(source, node)
            found += [(alias.asname or alias.name, where, alias.name) for alias in node.names]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            others.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            for bound in node.targets if isinstance(node, ast.Assign) else [node.target]:
                parts = (bound,) if isinstance(bound, ast.Name) else ast.walk(bound)
                others.update([each.id for each in parts if isinstance(each, ast.Name)])
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += inner(node)
    for name, target, wanted in found:
        yield ("" if name in others else name), target, wanted
