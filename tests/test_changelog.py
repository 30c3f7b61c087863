"""CHANGELOG.md keeps the format that it names, so that programs and people find a version in it."""

import re
import tomllib

from ormgen import __version__
from pages import ROOT

KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
LINES = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
VERSION = re.compile(r"## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})")


def test_versions_come_newest_first() -> None:
    headings = [line for line in LINES if line.startswith("## ")]
    assert LINES[0] == "# Changelog"
    assert headings[0] == "## [Unreleased]"
    found = [VERSION.fullmatch(heading) for heading in headings[1:]]
    assert None not in found, headings
    order = [(tuple(map(int, each[1].split("."))), each[2]) for each in found if each is not None]
    assert order == sorted(order, reverse=True)


def test_kinds_of_changes() -> None:
    for part in "\n".join(LINES).split("\n## ")[1:]:
        kinds = re.findall(r"^### (.*)$", part, flags=re.M)
        assert kinds == [kind for kind in KINDS if kind in kinds], part.splitlines()[0]


def test_entries_are_lists() -> None:
    """Each stands below a kind, begins with a dash, and goes on indented."""
    kind = ""
    for line in LINES[1:]:
        kind = line if line.startswith("#") else kind
        if kind.startswith("### ") and line and not line.startswith("#"):
            assert line.startswith(("- ", "  ")), line


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
