"""Modules outside of the project: their models are described, and nothing is written beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source
from ormgen_codegen.project_root import LIBRARIES


def is_outside(source: Source, root: Path | None) -> bool:
    """Whether a module lies neither below the current folder nor below the project's, or among installed libraries."""
    path = source.path.resolve()
    for folder in (Path.cwd().resolve(), *([] if root is None else [root.resolve()])):
        if path.is_relative_to(folder) and not set(LIBRARIES).intersection(path.relative_to(folder).parts):
            return False
    return True


def own_modules(modules: Iterable[ParsedModule], root: Path | None) -> tuple[ParsedModule, ...]:
    """The modules of the project; all of them if none is, so that writing them can be refused with its reason."""
    every = tuple(modules)
    return tuple(module for module in every if not is_outside(module.source, root)) or every


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
