"""Modules outside of the project: their models are described, and nothing is written beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source
from ormgen_codegen.project_root import LIBRARIES


def own_modules(modules: Iterable[ParsedModule], root: Path | None) -> tuple[ParsedModule, ...]:
    """The modules of the project; all of them if none is, so that writing them can be refused with its reason.

    Those of the project lie below the current folder or below `root`, and not among installed libraries.
    """
    every, folders = tuple(modules), [folder.resolve() for folder in (Path.cwd(), root) if folder is not None]
    real: dict[Path, Path] = {}
    own = []
    for module in every:
        path = module.source.path
        if path.parent not in real:
            real[path.parent] = path.parent.resolve()
        if _is_inside(path.resolve() if path.is_symlink() else real[path.parent] / path.name, folders):
            own.append(module)
    return tuple(own) or every


def _is_inside(path: Path, folders: Iterable[Path]) -> bool:
    return any(
        path.is_relative_to(folder) and not set(LIBRARIES).intersection(path.relative_to(folder).parts)
        for folder in folders
    )


def tell_outside(modules: Iterable[ParsedModule], own: Iterable[ParsedModule], warn: Callable[[str], None]) -> None:
    """Tell of each module with models for which nothing is written."""
    inside = {module.name for module in own}
    for module in modules:
        if module.name not in inside and module.concrete:
            warn(f"{module.source.shown} lies outside of the project: its models are read, no stub is written for it")


def packages_of(
    modules: Iterable[ParsedModule],
    own: Iterable[ParsedModule],
    package_of: Callable[[Source], str],
    has_types: Callable[[Source], bool],
) -> dict[str, str]:
    """The package whose types module describes each module.

    One from outside is described by the stubs that it came with, else by those of the project's first package.
    """
    inside = {module.name: package_of(module.source) for module in own}
    first = next(iter(inside.values()), "")
    return {
        module.name: inside.get(module.name, package_of(module.source) if has_types(module.source) else first)
        for module in modules
    }
