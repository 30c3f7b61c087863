"""What docs/tortoise.md shows works: its program runs on Tortoise ORM, and type checkers find its mistakes alone."""

import json
import re
import sys
from pathlib import Path

import pytest

from pages import DOCS, Project

pytest.importorskip("tortoise", reason="tortoise-orm is a development dependency")


def test_the_guide_from_top_to_bottom(tmp_path: Path) -> None:
    with Project(tmp_path.resolve()) as project:
        project.play(DOCS / "tortoise.md")
        mypy = project.run("-m", "mypy", "--strict", "program.py", "mistakes.py").stdout
        names = ("program.py", "mistakes.py")
        pyright = project.run("-m", "pyright", "--pythonpath", sys.executable, "--outputjson", *names).stdout
    text = (tmp_path / "mistakes.py").read_text("utf-8")
    wrong = {("mistakes.py", number) for number, line in enumerate(text.splitlines(), 1) if "  # error" in line}
    assert len(wrong) == 13
    told = re.findall(r"^(\S+?):(\d+): error", mypy, re.MULTILINE)
    assert {(name, int(line)) for name, line in told} == wrong
    found = [entry for entry in json.loads(pyright)["generalDiagnostics"] if entry["severity"] == "error"]
    assert {(Path(entry["file"]).name, entry["range"]["start"]["line"] + 1) for entry in found} == wrong
