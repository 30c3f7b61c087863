"""Configured modules outside of the project are part of its models, and nothing is written beside them."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goldens import inside
from ormgen_codegen.cli import cli

HEAD = "from ormgen import Model, fields\n"
INSTALLED = "project/.venv/lib/site-packages/tags"
FILES = {
    "project/pyproject.toml": "[tool.ormgen.apps]\nshop = ['shop.models']\nlib = ['lib.models']\ntags = ['tags']\n",
    "project/shop/__init__.py": "",
    "project/shop/models.py": HEAD + "class Order(Model):\n"
    "    user = fields.ForeignKeyField('lib.User', related_name='orders')\n"
    "    tags = fields.ManyToManyField('tags.Tag', related_name='orders')\n",
    "elsewhere/lib/__init__.py": "",
    "elsewhere/lib/models.py": HEAD + "class User(Model):\n    name = fields.TextField()\n",
    f"{INSTALLED}/__init__.py": HEAD + "class Tag(Model):\n    label = fields.TextField()\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two apps that lie elsewhere on Python's path."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    more = [str(tmp_path / "elsewhere"), str((tmp_path / INSTALLED).parent)]
    monkeypatch.setattr(sys, "path", [*sys.path, *more])
    return tmp_path / "project"


def run(folder: Path, *arguments: str) -> Result:
    with inside(folder):
        return CliRunner().invoke(cli, list(arguments))


def stubs(folder: Path) -> set[str]:
    return {path.relative_to(folder.parent).as_posix() for path in folder.parent.rglob("*.pyi")}


def test_only_the_project_gets_stubs(project: Path) -> None:
    done = run(project, "stubs")
    assert done.exit_code == 0
    assert all(path.startswith("project/shop/") for path in stubs(project))
    for place in ("elsewhere/lib/models.py", ".venv/lib/site-packages/tags/__init__.py"):
        assert f"{place} lies outside of the project: its models are read, no stub is written for it" in done.stderr
    types = (project / "shop" / "_ormgen_types.pyi").read_text()
    assert "import lib.models as _lib_models" in types
    assert "class UserModel" in types
    assert run(project, "stubs", "--check").exit_code == 0


def test_stubs_that_a_library_came_with_are_used(project: Path) -> None:
    library = project.parent / "elsewhere"
    assert run(library, "stubs", "lib.models").exit_code == 0
    before = {path: path.read_text() for path in library.rglob("*.pyi")}
    assert run(project, "stubs").exit_code == 0
    assert {path: path.read_text() for path in library.rglob("*.pyi")} == before
    types = (project / "shop" / "_ormgen_types.pyi").read_text()
    assert "from lib import _ormgen_types as _lib" in types
    assert "class UserModel" not in types


def test_errors_in_it_are_errors(project: Path) -> None:
    (project.parent / "elsewhere" / "lib" / "models.py").write_text(HEAD + "class Usr(Model): ...\n")
    assert 'hint: did you mean "lib.Usr"?' in run(project, "stubs").stderr


def test_what_lies_outside_is_not_written_when_it_is_named(project: Path) -> None:
    done = run(project, "stubs", str(project.parent / "elsewhere" / "lib" / "models.py"))
    assert done.exit_code in (0, 2)
    assert not list((project.parent / "elsewhere").rglob("*.pyi"))
    (project / "pyproject.toml").unlink()
    alone = run(project, "stubs", str(project.parent / "elsewhere" / "lib" / "models.py"))
    assert (alone.exit_code, "lies outside of the project" in alone.stderr) == (2, True)


def test_stubs_without_a_source_stay_there(project: Path) -> None:
    assert run(project.parent / "elsewhere", "stubs", "lib.models").exit_code == 0
    old = project.parent / "elsewhere" / "lib" / "old.pyi"
    old.write_text((project.parent / "elsewhere" / "lib" / "models.pyi").read_text())
    assert run(project, "stubs").exit_code == 0
    assert old.exists()
