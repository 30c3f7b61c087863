"""What the last `ormgen stubs` read and wrote, by content: when none of it changed, nothing has to be read again.

Only the standard library is imported here, so that a run without work ends before anything large is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ormgen_codegen.source_files import source_files

FOLDER: Final = ".ormgen_cache"
PROJECT_FILE: Final = "pyproject.toml"
PACKAGES: Final = ("ormgen", "ormgen_codegen", "ormgen_stubs")
RACY: Final = 2_000_000_000
"""Nanoseconds within which a file may change twice without another time stamp."""
SILENT: Final = frozenset({"-q", "--quiet"})
PLAIN: Final = SILENT | {"--check"}
NEVER: Final[Mapping[str, Any]] = MappingProxyType({"time": 0, "files": MappingProxyType({})})

State = list[Any]
"""Size, time of the last change in nanoseconds, and SHA-256 of a file."""


def project_folder(start: Path) -> Path | None:
    """The nearest folder from `start` upwards with a pyproject.toml."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def nothing_to_do(arguments: Sequence[str]) -> bool:
    """Whether `ormgen stubs` with these arguments would change nothing and say nothing, as far as is known."""
    modules = [each for each in arguments if each not in PLAIN]
    if any(each.startswith("-") for each in modules):
        return False
    known = unchanged(modules, "")
    return known is not None and not known["findings"] and not known["remarks"]


def unchanged(modules: Sequence[str], settings: str) -> Mapping[str, Any] | None:
    """What was remembered of the last such run; None if there was none, or anything that it read or wrote changed.

    Files that had to be read for that need not be the next time.
    """
    root = project_folder(Path.cwd())
    if root is None:
        return None
    file, now, states = _file(root, modules, settings), time.time_ns(), dict[str, State]()
    try:
        known: Mapping[str, Any] = json.loads(file.read_bytes())
        if known["version"] != version() or known["root"] != str(root):  # the folder may be a copy
            return None
        if known["listed"] != _listing(map(Path, known["searched"])):
            return None
        for path, state in known["files"].items():
            states[path] = _state(path, known)
            if states[path][2] != state[2]:
                return None
        if any(states[path] is not state for path, state in known["files"].items()):
            with suppress(OSError):  # what cannot be noted is read again the next time
                _write(file, json.dumps({**known, "time": now, "files": states}))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return known


def remember(
    modules: Sequence[str],
    settings: str,
    searched: Iterable[Path],
    files: Iterable[Path],
    findings: Sequence[Mapping[str, Any]],
    remarks: Sequence[str],
) -> None:
    """Note what a run that left all stubs fresh has `searched`, which `files` it read and wrote, and what it told.

    Nothing happens without a pyproject.toml, or where the folder of the project cannot be written to.
    """
    root = project_folder(Path.cwd())
    if root is None:
        return
    folders = sorted({str(path) for path in searched})
    listed = list(source_files(map(Path, folders)))
    file = _file(root, modules, settings)
    known = _noted(file)
    try:
        data = {
            "version": version(),
            "root": str(root),
            "time": time.time_ns(),
            "searched": folders,
            "listed": _digest(listed),
            "files": {str(path): _state(str(path), known) for path in {*listed, *files, root / PROJECT_FILE}},
            "findings": list(findings),
            "remarks": list(remarks),
        }
        _write(file, json.dumps(data))
    except OSError:
        return


def name_of(modules: Sequence[str], settings: str) -> str:
    """What is kept of a run over these modules is called; `settings` are those of the command line, "" for none."""
    command = json.dumps([os.getcwd() if modules else "", *sorted(modules), settings])
    return f"stubs-{hashlib.sha256(command.encode()).hexdigest()[:16]}"


def _file(root: Path, modules: Sequence[str], settings: str) -> Path:
    return root / FOLDER / f"{name_of(modules, settings)}.json"


def cache_folder(folder: Path) -> Path:
    """The folder, made if it is not there yet."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
    return folder


def _write(file: Path, text: str) -> None:
    cache_folder(file.parent)
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(text, "utf-8")
    os.replace(temporary, file)


def _noted(file: Path) -> Mapping[str, Any]:
    """What this version noted of an earlier run, perhaps of other files; of none if there was none."""
    try:
        known: Mapping[str, Any] = json.loads(file.read_bytes())
        return known if known["version"] == version() else NEVER
    except (OSError, ValueError, LookupError, TypeError):
        return NEVER


def _state(path: str, known: Mapping[str, Any]) -> State:
    """The state of a file, which is read only if it may be another than the `known` one."""
    state, found = known["files"].get(path), os.stat(path)
    if state is not None and state[:2] == [found.st_size, found.st_mtime_ns] and state[1] < known["time"] - RACY:
        noted: State = state
        return noted
    with open(path, "rb") as file:
        return [found.st_size, found.st_mtime_ns, hashlib.sha256(file.read()).hexdigest()]


def _listing(folders: Iterable[Path]) -> str:
    return _digest(source_files(folders))


def _digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256("\n".join(map(str, paths)).encode("utf-8", "surrogateescape")).hexdigest()


@cache
def version() -> str:
    """What ormgen itself, Python and the installed packages are."""
    found = hashlib.sha256(f"{sys.version} {sys.prefix}".encode())
    for name in PACKAGES:
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec is not None else []:
            for here, inner, names in os.walk(folder):
                inner[:] = sorted(each for each in inner if each != "__pycache__")
                for each in sorted(names):
                    state = os.stat(os.path.join(here, each))
                    found.update(f"{each} {state.st_size} {state.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")) and os.path.isdir(entry):
            found.update(f"{entry} {os.stat(entry).st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()
