"""Stubs that ormgen wrote for modules which are no longer there."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ormgen_codegen.generated import package_folder, package_of
from ormgen_codegen.naming import BASES_MODULE, FIELDS_MODULE, TYPES_MODULE
from ormgen_codegen.outside import own_modules
from ormgen_codegen.package_work import MODULES
from ormgen_codegen.run import Run
from ormgen_codegen.targets import TARGETS
from ormgen_codegen.trailer import MARK
from ormgen_codegen.write import is_generated

TYPES_FILE = f"{TYPES_MODULE}.pyi"
SUPPORT_FILES = frozenset(f"{each.support}.pyi" for each in TARGETS.values() if each.support)
NOT_OURS = ("__pycache__", "node_modules", "site-packages", "dist-packages")


def orphans(run: Run, files: Collection[Path]) -> tuple[Path, ...]:
    """The stubs without a source in the packages of a run and beside its modules, in sorted order.

    `files` are those that the run makes. A file counts only if it says itself that ormgen generated it.
    """
    own = own_modules(run.modules, run.config.root)
    folders = {package_folder(module.source): package_of(module.source) for module in own}
    present = {path for folder, package in folders.items() for path in _stubs_in(folder, deep=bool(package))}
    return tuple(sorted(path for path in present if path not in files and _is_orphan(path, run, files)))


def _stubs_in(folder: Path, deep: bool) -> Iterator[Path]:
    for here, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if deep and not name.startswith(".") and name not in NOT_OURS]
        yield from (Path(here, name) for name in names if name.endswith(".pyi"))


def _is_orphan(path: Path, run: Run, files: Collection[Path]) -> bool:
    if path.is_symlink() or path.with_suffix(".py").exists():
        return False
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    last = text.rstrip().rsplit("\n", 3)[1:]
    if path.name.startswith((FIELDS_MODULE, BASES_MODULE)) or path.name in SUPPORT_FILES:
        types = path.with_name(TYPES_FILE)
        gone = types in files or not types.exists() or _is_orphan(types, run, files)
        return gone and is_generated(text)
    if path.name == TYPES_FILE:
        names = [name for line in last if line.startswith(MODULES) for name in line.removeprefix(MODULES).split()]
        return bool(names) and not any(_is_below(path.parent, name, run) for name in names)
    return any(line.startswith(f"{MARK}; sha256 of the source: ") for line in last)


def _is_below(folder: Path, module: str, run: Run) -> bool:
    found = run.reader.modules.located(module)
    return found is not None and found.is_source and found.path is not None and found.path.is_relative_to(folder)
