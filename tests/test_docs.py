"""No code of the documentation escapes: every page is played from top to bottom and checked for types."""

from __future__ import annotations

import configparser
import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pages import DOCS, Block, Project, blocks, pages

ELSEWHERE = {  # pages that begin with more than an empty folder, take long, or are wrong on purpose
    "adopting.md": "test_adopting_guide.py",
    "errors.md": "test_errors_page.py",
    "tortoise.md": "test_tortoise_guide.py",
    "tutorial.md": "test_tutorial.py",
}
READ_BY: dict[str, Callable[[str], Any]] = {
    "json": lambda text: json.loads(text.partition("\n")[2] if text.startswith("//") else text),
    "toml": tomllib.loads,
    "yaml": importlib.import_module("yaml").safe_load,
    "sql": importlib.import_module("sqlglot").parse,
    "ini": lambda text: configparser.ConfigParser().read_string(text),
}
PAGES = {page.relative_to(DOCS).as_posix(): page for page in pages()}
BLOCKS = [block for page in pages() for block in blocks(page)]
PLAYED = sorted(
    {name for name, page in PAGES.items() if any(not block.not_run for block in blocks(page))} - ELSEWHERE.keys()
)
IMPORT = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each page that was played, with the stubs of its models."""
    return tmp_path_factory.mktemp("docs")


def folder_of(root: Path, name: str) -> Path:
    return root / name.removesuffix(".md").replace("/", "_")


def modules(folder: Path, pattern: str = "*.py") -> list[str]:
    """The modules of a project, without its migrations."""
    found = [path.relative_to(folder).with_suffix("").parts for path in sorted(folder.rglob(pattern))]
    return [".".join(parts) for parts in found if parts[0] != "migrations" and parts[-1] != "__init__"]


@pytest.mark.parametrize("name", PLAYED)
def test_the_page_is_true(root: Path, name: str) -> None:
    """Its commands end and print as it says, its modules can be imported, its names exist, mypy accepts it."""
    folder = folder_of(root, name)
    folder.mkdir()
    with Project(folder) as project:
        project.play(PAGES[name])
        for wrong in folder.rglob("mistakes.py"):  # its page has shown by then what a checker says of it
            wrong.unlink()
        if models := modules(folder, "models.py"):
            project.ran("-m", "ormgen_codegen", "stubs", *models)
            project.ran("-m", "ormgen_codegen", "check", *models)
        if found := modules(folder):
            project.ran("-W", "ignore", "-c", IMPORT, *found)
            told = project.run("-m", "mypy", "--strict", "--cache-dir", str(root / ".mypy"), ".")
            assert told.returncode == 0, told.stdout


def test_pyright_accepts_the_pages_together(root: Path) -> None:
    folders = sorted(path for path in root.iterdir() if path.is_dir() and any(path.rglob("*.py")))
    if not folders:
        pytest.skip("pages (none was played in this run)")
    settings = {
        "typeCheckingMode": "standard",
        "exclude": ["**/_ormgen_*.pyi", "**/.*"],
        "executionEnvironments": [{"root": path.name} for path in folders],
    }
    (root / "pyrightconfig.json").write_text(json.dumps(settings))
    told = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_no_block_escapes(block: Block) -> None:
    """Each is a file, commands, or data that can be read; or says why nobody runs it."""
    if block.language in READ_BY:
        READ_BY[block.language](block.text)
    elif block.not_run:
        assert len(block.not_run) > 10, f"{block}: why does nobody run it?"
    elif block.language == "console":
        assert block.text.startswith("$ "), f"{block} shows no command"
    else:
        assert block.language == "python", f"{block}: nobody can run {block.language or 'a block without a language'}"
        assert block.file is not None, f"{block} begins with no path, such as `# shop/models.py`"


@pytest.mark.parametrize("name", ["json.md", "transactions.md"])
def test_on_each_database(name: str, db_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    kind: str = request.node.callspec.params["db_url"]
    with Project(tmp_path, {"DATABASE_URL": db_url}, database=kind) as project:
        project.play(PAGES[name])


def test_every_page_is_in_the_menu() -> None:
    """mkdocs.yml lists it under `nav`; the site is not built without that."""
    menu = re.findall(r": (\S+\.md)$|^ +- (\S+\.md)$", (DOCS.parent / "mkdocs.yml").read_text("utf-8"), re.M)
    assert sorted(first or second for first, second in menu) == sorted(PAGES)


def test_tests_that_pages_name_exist() -> None:
    root = DOCS.parent
    named = {
        found for page in pages() for found in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text("utf-8"))
    }
    assert len(named) > 5
    for path, name in sorted(named):
        assert (root / path).is_file(), path
        assert f"def {name}" in (root / path).read_text("utf-8"), f"{path}::{name}"


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_pages_that_are_played_elsewhere(name: str) -> None:
    text = (DOCS.parent / "tests" / ELSEWHERE[name]).read_text("utf-8")
    assert name in PAGES
    assert f'DOCS / "{name}"' in text
    assert "play(" in text
