"""Stubs for Tortoise ORM as it is: type checkers know a program that runs on it, and stubs say what it really has."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ormgen_codegen import depth
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run
from test_typing import PYRIGHT

PROJECT = Path(__file__).parent / "typing_tortoise"
FAILING = "not_there"

pytest.importorskip("tortoise", reason="tortoise-orm is a development dependency")


def project_in(folder: Path) -> Path:
    """A copy of the project with its stubs."""
    root = folder / "project"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__", "*.pyi", ".*"))
    (root / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    (root / "pyrightconfig.json").write_text(json.dumps({**PYRIGHT, "exclude": ["offered.py", "heroes/*.py"]}))
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_in(tmp_path_factory.mktemp("tortoise"))


@pytest.fixture(scope="module")
def lean_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as if there were many models."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(depth, "FEW_MODELS", 0)
        return project_in(tmp_path_factory.mktemp("lean"))


def run(root: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def printed(root: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-W", "ignore", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_what_is_written(project: Path) -> None:
    written = {path.name: path.read_text("utf-8") for path in project.rglob("*.pyi")}
    assert sorted(written) == ["_ormgen_fields.pyi", "_ormgen_tortoise.pyi", "_ormgen_types.pyi", "models.pyi"]
    for text in written.values():
        assert "from ormgen" not in text
        assert "import ormgen" not in text
    assert "from tortoise.models import Model as Model\n" in written["models.pyi"]


def test_the_program_runs(project: Path) -> None:
    assert printed(project, "program.py") == "done\n"


def test_tortoise_takes_all_that_stubs_offer(project: Path, lean_project: Path) -> None:
    assert printed(project, "offered.py") == "tried 6 models\n"
    assert printed(lean_project, "offered.py", "lean") == "tried 6 models\n"


def test_what_is_not_offered_fails(project: Path) -> None:
    """Each line of the mistakes that ormgen would understand."""
    tree = ast.parse((project / "mistakes.py").read_text("utf-8"))
    function = next(each for each in tree.body if isinstance(each, ast.AsyncFunctionDef) and each.name == FAILING)
    lines = [ast.unparse(each) for each in function.body[1:]]
    assert len(lines) > 25
    assert printed(project, "failing.py", *lines) == ""


def test_mypy(project: Path) -> None:
    assert run(project, "-m", "mypy", "heroes", "program.py", "mistakes.py", "--no-error-summary") == ""


def test_pyright(project: Path) -> None:
    assert run(project, "-m", "pyright", "--pythonpath", sys.executable) == ""


def test_checkers_with_many_models(lean_project: Path) -> None:
    assert "class Stored(" in (lean_project / "heroes" / "_ormgen_fields.pyi").read_text("utf-8")
    mypy = run(lean_project, "-m", "mypy", "heroes", "program.py", "mistakes.py", "--no-error-summary")
    pyright = run(lean_project, "-m", "pyright", "--pythonpath", sys.executable)
    text = (lean_project / "program.py").read_text("utf-8").splitlines()
    for told in (mypy, pyright):
        lines = {text[int(line.split(":")[1]) - 1] for line in told.splitlines() if "program.py:" in line}
        assert all("await Hero.get(" in line and "values" in line for line in lines), told
        assert "mistakes.py" not in told
        assert ".pyi" not in told
