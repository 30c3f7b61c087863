"""Findings for machines: as plain data for JSON, and as workflow commands that GitHub shows beside the code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position


def as_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One dictionary for each finding: path, line, column, severity, fact, hint."""
    return [
        {
            "path": each.position.path,
            "line": each.position.line,
            "column": each.position.column,
            "severity": each.severity,
            "fact": each.fact,
            "hint": each.hint,
        }
        for each in findings
    ]


def from_data(data: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that `as_data` made dictionaries of."""
    return tuple(
        Finding(Position(each["path"], each["line"], each["column"]), each["severity"], each["fact"], each["hint"])
        for each in data
    )


def as_workflow_commands(findings: Iterable[Finding], environment: Mapping[str, str] = os.environ) -> str:
    """One line for each finding, such as `::error file=heroes/models.py,line=3,col=5::…`."""
    return "".join(f"{_command(each, environment)}\n" for each in findings)


def _command(finding: Finding, environment: Mapping[str, str]) -> str:
    place = finding.position
    path = _property(_from_repository(place.path, environment))
    text = finding.fact if finding.hint is None else f"{finding.fact}\nhint: {finding.hint}"
    return f"::{finding.severity} file={path},line={place.line},col={place.column}::{_escaped(text)}"


def _from_repository(path: str, environment: Mapping[str, str]) -> str:
    """The path from the root of the checkout, which is where GitHub looks for it."""
    workspace = environment.get("GITHUB_WORKSPACE")
    whole = Path(path).absolute()
    if workspace and whole.is_relative_to(workspace):
        return whole.relative_to(workspace).as_posix()
    return path


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
