"""Type checkers see everything: stubs of a small project, and probe files that mypy and pyright both check.

`assert_type` says what must be known; an ignored line is a planted mistake, and an ignore that is not needed is an
error of its own in both.
"""

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

TYPING = Path(__file__).parent / "typing"
PYRIGHT = {
    "typeCheckingMode": "standard",
    "enableTypeIgnoreComments": False,
    "reportUnnecessaryTypeIgnoreComment": "error",
    "reportMissingModuleSource": False,
}


def project_in(folder: Path) -> Path:
    """A copy of the project with its probes and its stubs."""
    root = folder / "project"
    shutil.copytree(TYPING / "project", root, ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    for probe in TYPING.glob("*.py"):
        shutil.copy(probe, root)
    (root / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    (root / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_in(tmp_path_factory.mktemp("typing"))


@pytest.fixture(scope="module")
def lean_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as if there were many models."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(depth, "FEW_MODELS", 0)
        return project_in(tmp_path_factory.mktemp("lean"))


@pytest.fixture(scope="module")
def leanest_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as if there were more than 200."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(depth, "FEW_MODELS", 0)
        patched.setattr(depth, "MANY_MODELS", 0)
        return project_in(tmp_path_factory.mktemp("leanest"))


def run(root: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def test_stubs_of_every_module(project: Path) -> None:
    written = sorted(path.relative_to(project).as_posix() for path in project.rglob("*.pyi"))
    assert written == [
        "heroes/_ormgen_fields.pyi",
        "heroes/_ormgen_types.pyi",
        "heroes/models.pyi",
        "odd/_ormgen_fields.pyi",
        "odd/_ormgen_types.pyi",
        "odd/models.pyi",
        "odd/more.pyi",
        "odd/pets.pyi",
        "shop/_ormgen_fields.pyi",
        "shop/_ormgen_types.pyi",
        "shop/base.pyi",
        "shop/catalog.pyi",
        "shop/orders.pyi",
        "tenants/_ormgen_fields.pyi",
        "tenants/_ormgen_types.pyi",
        "tenants/models.pyi",
    ]


def test_mypy(project: Path) -> None:
    assert run(project, "mypy", ".", "--no-error-summary") == ""


def test_pyright(project: Path) -> None:
    assert run(project, "pyright", "--pythonpath", sys.executable) == ""


LESS_WITH_MANY_MODELS = ("creating_related.py", "unloaded.py")
"""Probes of which the lean stubs of many models know less: several required keys, relations that are not loaded."""


@pytest.mark.parametrize(("which", "texts"), [("lean_project", False), ("leanest_project", True)])
def test_probes_hold_with_many_models(which: str, texts: bool, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(which)
    text = (root / "heroes" / "_ormgen_fields.pyi").read_text("utf-8")
    assert "class Stored(" in text
    assert (": TypeAlias = '" in text) is texts
    for command in (("mypy", ".", "--no-error-summary"), ("pyright", "--pythonpath", sys.executable)):
        found = [line.strip() for line in run(root, *command).splitlines() if ".py:" in line or ".pyi:" in line]
        found = [line.removeprefix(f"{root}/") for line in found]
        assert [line for line in found if not line.startswith(LESS_WITH_MANY_MODELS)] == []
        assert len([line for line in found if "error:" in line or " - error" in line]) <= 9


@pytest.mark.parametrize("which", ["project", "lean_project", "leanest_project"])
def test_types_modules_are_right_in_themselves(which: str, request: pytest.FixtureRequest) -> None:
    """mypy passes over their errors, which saves it half of its time; here it may not, but for what is meant so."""
    project: Path = request.getfixturevalue(which)
    meant = 'mypy: disable-error-code="override,overload-overlap,assignment,misc,type-arg,type-var"'
    strict = project.parent / "strict"
    shutil.copytree(project, strict, ignore=shutil.ignore_patterns(".mypy_cache"))
    for path in strict.rglob("_ormgen_*.pyi"):
        text = path.read_text("utf-8")
        assert text.count("# mypy: ignore-errors\n") == 1
        passed_over = "if MYPY:\n    raise\n"
        assert text.count(passed_over) == (0 if which == "project" else 1)
        path.write_text(text.replace("mypy: ignore-errors", meant).replace(passed_over, ""), "utf-8")
    assert run(strict, "mypy", "heroes", "shop", "odd", "tenants", "--no-error-summary") == ""


def test_probes_are_many() -> None:
    texts = [probe.read_text("utf-8") for probe in TYPING.glob("*.py")]
    assert sum(text.count("assert_type(") for text in texts) >= 175
    assert sum("pyright: ignore[" in line for text in texts for line in text.splitlines()) >= 130
