"""Snippets as pages for Tortoise ORM have them come out of `ormgen adopt` as programs that run."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen import ORM
from ormgen_codegen.cli import cli
from tortoise_project import FILES
from tortoise_snippets import SNIPPETS

THEIRS = re.compile(r"\btortoise\b|Tortoise(?!_orm)|aerich\.|TORTOISE_ORM")


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with every snippet as a module of its own, adopted."""
    folder = tmp_path_factory.mktemp("snippets")
    for name, text in {**FILES, **{f"snippets/{name}.py": text for name, text in SNIPPETS.items()}}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    done = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["adopt", str(folder)])
    assert (done.exit_code, "warning" in done.output) == (0, False), done.output
    return folder


@pytest.fixture
def place(adopted: Path, tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy whose databases are there."""
    other = f"sqlite://{tmp_path.as_posix()}/other.sqlite3"
    for path in adopted.rglob("*.py"):
        copy = tmp_path / path.relative_to(adopted)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text().replace("PLACE", db_url).replace("OTHER", other))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for module in [name for name in sys.modules if name.partition(".")[0] in ("library", "settings")]:
        del sys.modules[module]


@pytest.mark.parametrize("name", SNIPPETS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.* is not linked yet:RuntimeWarning")
async def test_a_snippet_runs(name: str, place: Path) -> None:
    text = (place / "snippets" / f"{name}.py").read_text()
    assert not THEIRS.findall(text)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(text, f"{name}.py", "exec", flags=flags, dont_inherit=True)
    try:
        result = eval(code, {"__name__": "snippet"})
        if inspect.isawaitable(result):
            await result
    finally:
        await ORM.close_connections()


def test_every_file_of_the_project_says_ormgen(adopted: Path) -> None:
    for path in adopted.rglob("*"):
        assert not path.is_file() or not THEIRS.findall(path.read_text()), path
    assert "aerich" not in (adopted / "pyproject.toml").read_text()
