"""What docs/editors.md shows can be used as it stands: its snippets parse, name what exists, and do what is said."""

import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pyright
import pytest

import pages
from checkers import CHECKERS, Finding
from goldens import EXAMPLES
from language_server import LanguageServer

GUIDE = pages.DOCS / "editors.md"
HERE = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    return [block.text for block in pages.blocks(GUIDE) if block.language == language]


def settings(first_line: str) -> dict[str, Any]:
    """The TOML snippets that belong to one file, as one table."""
    found = [text for text in blocks("toml") if text.startswith(f"# {first_line}\n")]
    assert found
    return tomllib.loads("\n".join(found))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An example configured as the guide says, with a mistake in it."""
    root = tmp_path.resolve()
    shutil.copytree(EXAMPLES / "heroes", root / "heroes", ignore=shutil.ignore_patterns("__pycache__"))
    snippets = [text for text in blocks("toml") if text.startswith("# pyproject.toml\n")]
    (root / "pyproject.toml").write_text("\n".join(snippets))
    (root / "wrong.py").write_text("from heroes.models import Hero\n\nHero.filter(nmae='x')\n")
    return root


def test_every_snippet_is_looked_at() -> None:
    assert sorted(block.language for block in pages.blocks(GUIDE)) == [
        "ini",
        "json",
        "lua",
        "toml",
        "toml",
        "toml",
        "yaml",
    ]


@pytest.mark.parametrize("name", ["ty", "pyrefly", "pyright"])
def test_checkers_as_configured(project: Path, name: str) -> None:
    found: list[Finding] = list(CHECKERS[name](project))
    assert [finding.line for finding in found if finding.path == "wrong.py"] == [3]
    assert not [finding for finding in found if finding.path.endswith(".pyi")]


def test_pyright_settings_exist() -> None:
    table = settings("pyproject.toml")["tool"]["pyright"]
    bundle = Path(pyright.__file__).parent / "dist" / "dist" / "pyright-internal.js"
    known = bundle.read_text("utf-8")
    wanted = [
        *table,
        "analysis",
        "pythonPath",
        *(key.rpartition(".")[2] for key in json.loads(blocks("json")[0].partition("\n")[2])),
    ]
    assert [key for key in wanted if key != "languageServer" and key not in known] == []  # that one is VS Code's


def test_mypy_in_pre_commit_takes_no_file_names() -> None:
    (text,) = blocks("yaml")
    (hook,) = importlib.import_module("yaml").safe_load(text)["repos"][0]["hooks"]
    assert hook["pass_filenames"] is False
    assert hook["entry"].split() == ["mypy", "--strict", "."]


def test_mypy_with_file_names_sees_less(project: Path) -> None:
    def told(*arguments: str) -> str:
        command = [sys.executable, "-m", "mypy", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False).stdout

    assert "nmae" in told(".")
    assert "nmae" not in told("heroes/models.py", "wrong.py")


def test_neovim_and_helix_start_a_server(project: Path) -> None:
    (lua,) = blocks("lua")
    assert all(lua.count(opening) == lua.count(closing) for opening, closing in ("{}", "()"))
    found = re.search(r"cmd = \{(.*?)\}", lua)
    assert found is not None
    command = re.findall(r'"([^"]+)"', found[1])
    helix = settings("languages.toml")
    assert helix["language"][0]["language-servers"] == ["pyright"]
    assert [helix["language-server"]["pyright"]["command"], *helix["language-server"]["pyright"]["args"]] == command
    server = LanguageServer(project, [str(HERE / command[0]), *command[1:]])
    try:
        offered = server.complete(project / "use.py", "from heroes.models import Hero\nHero.filter(nam|)\n")
        assert "name__icontains=" in {item.label for item in offered}
    finally:
        server.close()
