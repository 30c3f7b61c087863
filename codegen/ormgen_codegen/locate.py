"""Finds the source file of a module by its name: by path only, importing nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from ormgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Located:
    """A module's file; None for a folder without `__init__.py`. `folders` hold the submodules of a package."""

    name: str
    path: Path | None
    folders: tuple[Path, ...] = ()

    @property
    def is_package(self) -> bool:
        """Whether it can have submodules."""
        return bool(self.folders)

    @property
    def is_source(self) -> bool:
        """Whether there is Python text to read."""
        return self.path is not None and self.path.suffix == ".py"


class Locator:
    """Looks modules up in folders, in their order, as Python would."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(dict.fromkeys(folders))
        self.find = cache(self._find)

    def _find(self, name: str) -> Located | None:
        parent, _, last = name.rpartition(".")
        if not last.isidentifier():
            return None
        if not parent:
            return _in_folders(name, last, self.folders)
        package: Located | None = self.find(parent)
        return None if package is None else _in_folders(name, last, package.folders)

    def submodules(self, package: Located, seen: frozenset[Path] = frozenset()) -> Iterator[Located]:
        """Every source module below a package, packages before their modules, in sorted order."""
        real = frozenset(folder.resolve() for folder in package.folders)
        if real <= seen:
            return  # a link to a folder above
        for name in sorted({name for folder in package.folders for name in _modules_in(folder)}):
            found = self.find(f"{package.name}.{name}")
            if found is not None and found.is_source:
                yield found
                yield from self.submodules(found, seen | real)

    def with_root_of(self, path: Path) -> tuple[Locator, str]:
        """A locator that finds the module in a file, and the module's dotted name.

        The name begins below the nearest folder of the search path, or above the highest of the packages that hold
        the file; that folder is added to the path where it is missing.
        """
        path = path.resolve()
        root = path.parent
        while (root / "__init__.py").is_file():
            root = root.parent
        above = [folder for folder in self.folders if root.is_relative_to(folder.resolve())]
        best = max(above, key=lambda folder: len(folder.resolve().parts), default=root)
        parts = path.relative_to(best.resolve()).with_suffix("").parts
        if not all(part.isidentifier() for part in parts):
            best, parts = root, path.relative_to(root).with_suffix("").parts
        names = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
        return Locator([*self.folders, best]), ".".join(names)


def _in_folders(name: str, last: str, folders: Iterable[Path]) -> Located | None:
    bare: list[Path] = []
    for folder in folders:
        inner = folder / last
        if (inner / "__init__.py").is_file():
            return Located(name, inner / "__init__.py", (inner,))
        for suffix in (*EXTENSION_SUFFIXES, ".py"):
            if (folder / f"{last}{suffix}").is_file():
                return Located(name, folder / f"{last}{suffix}")
        if inner.is_dir():
            bare.append(inner)
    return Located(name, None, tuple(bare)) if bare else None


def _modules_in(folder: Path) -> Iterator[str]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.suffix == ".py" and entry.stem != "__init__" and entry.stem.isidentifier():
            yield entry.stem
        elif (entry / "__init__.py").is_file() and entry.name.isidentifier():
            yield entry.name


def search_folders(root: Path | None = None, source: Path | None = None) -> list[Path]:
    """Where modules are looked for: `source`, the current folder, the project's, their `src`, Python's own path."""
    bases = [Path.cwd(), *([root] if root is not None else [])]
    own = [*([source] if source is not None else []), *(each for base in bases for each in (base, base / "src"))]
    return [folder for folder in [*own, *map(Path, filter(None, sys.path))] if folder.is_dir()]


def shown_path(path: Path) -> str:
    """A path as messages show it: from the current folder where it is below, with forward slashes."""
    try:
        return Path(os.path.relpath(path)).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()
    except ValueError:  # another drive
        return path.as_posix()
