"""Runs mypy on a project and tells what it found where the user wrote it: stubs of models keep every line in place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen_codegen.build_graph import in_order
from ormgen_codegen.generated import package_folder, package_of
from ormgen_codegen.locate import shown_path
from ormgen_codegen.parse.parsed import Finding, ParsedModule
from ormgen_codegen.parse.source import Position
from ormgen_codegen.run import Run
from ormgen_codegen.write import is_generated

MISSING = f"{sys.executable}: No module named mypy"
ALL_IS_WELL, FOUND = 0, 1

_QUOTED = re.compile('"([^"]+)"')


def wrong_types(run: Run, told: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """What mypy finds in the packages of the run's modules, with the settings of the project.

    `told` are findings that mypy need not repeat in its own words.

    Raises:
        ConfigurationError: mypy is not installed, or cannot do its work.
    """
    root = run.config.root or Path.cwd()
    program = [sys.executable, "-m", "mypy", "--output", "json", "--no-error-summary", *map(str, checked_paths(run))]
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if MISSING in done.stderr:
        raise ConfigurationError('mypy is not installed; pip install "ormgen-orm[codegen]"')
    found = in_order(findings(done.stdout.splitlines(), root, tuple(told)))
    if done.returncode not in (ALL_IS_WELL, FOUND) and not found:
        reason = (done.stderr.strip() or done.stdout.strip() or "it gives no reason").splitlines()
        raise ConfigurationError(f"mypy cannot check the project: {reason[-1]}")
    return found


def checked_paths(run: Run) -> list[Path]:
    """The folders of the packages, and the files of modules without one; folders, so that mypy reads the stubs."""
    return sorted({_checked(module) for module in run.modules})


def _checked(module: ParsedModule) -> Path:
    if package_of(module.source):
        return package_folder(module.source).resolve()
    stub = module.source.path.with_suffix(".pyi")
    return (stub if stub.is_file() else module.source.path).resolve()


def findings(lines: Iterable[str], root: Path, told: Sequence[Finding] = ()) -> Iterator[Finding]:
    """The findings in mypy's JSON lines; its remarks come with the errors that they belong to."""
    for line in lines:
        entry = _entry(line)
        if entry is not None and entry.get("severity") == "error":
            finding = _finding(entry, root)
            last = finding.position.line + int(entry.get("end_line") or 0) - int(entry.get("line") or 0)
            if not any(_says_as_much(each, finding, last) for each in told):
                yield finding


def _says_as_much(told: Finding, finding: Finding, last: int) -> bool:
    """Whether a finding is about a name that one of mypy's, which reaches to line `last`, is about as well."""
    place, other = told.position, finding.position
    if place.path != other.path or not other.line <= place.line <= max(last, other.line):
        return False
    return any(_has_word(finding.fact, name) for name in _QUOTED.findall(told.fact))


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _entry(line: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "file" in entry and "message" in entry else None


def _finding(entry: Mapping[str, Any], root: Path) -> Finding:
    path = root / str(entry["file"])
    line, column = max(int(entry.get("line") or 1), 1), max(int(entry.get("column") or 0) + 1, 1)
    code = f"  [{entry['code']}]" if entry.get("code") else ""
    hint = str(entry.get("hint") or "").strip()
    hint = "" if "\n" in hint else hint  # all overloads of a method, for one
    return Finding(_written(path, line, column), "error", f"{entry['message']}{code}", hint or None)


def _written(path: Path, line: int, column: int) -> Position:
    """Where the user wrote what stands at a place that mypy names."""
    if path.suffix == ".pyi":
        source = path.with_suffix(".py")
        stub, written = _lines(path), _lines(source)
        if stub and written and line <= len(written) and is_generated("\n".join(stub)):
            if line > len(stub) or stub[line - 1] != written[line - 1]:  # a declaration, which reads otherwise there
                column = len(written[line - 1]) - len(written[line - 1].lstrip()) + 1
            return Position(shown_path(source), line, column)
    return Position(shown_path(path), line, column)


@lru_cache(maxsize=64)
def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text("utf-8", errors="replace").replace("\r\n", "\n").split("\n"))
    except OSError:
        return ()
