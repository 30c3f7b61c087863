"""The Python files of a project, without those of virtual environments, caches and hidden folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages", "__pypackages__"})


def source_files(roots: Iterable[Path], exclude: Iterable[Path] = ()) -> Iterator[Path]:
    """The Python files below the roots, each once, in a fixed order; links to folders are not followed."""
    left_out = {os.path.realpath(path) for path in exclude}
    seen: set[str] = set()
    for root in dict.fromkeys(os.path.realpath(root) for root in roots):
        for file in [root] if os.path.isfile(root) else _files_below(root, left_out):
            if file not in seen and file not in left_out:
                seen.add(file)
                yield Path(file)


def _files_below(root: str, left_out: set[str]) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        if "pyvenv.cfg" in files and folder != root:
            folders.clear()
            continue
        folders[:] = sorted(
            name
            for name in folders
            if name[0] != "." and name not in SKIPPED_FOLDERS and f"{folder}{os.sep}{name}" not in left_out
        )
        yield from (f"{folder}{os.sep}{name}" for name in sorted(files) if name.endswith(".py") and name[0] != ".")
