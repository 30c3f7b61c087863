"""The wheel, also that made from the sdist, holds all three packages and works where only its dependencies are."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; fails the test with all of it when the command fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("wheel (hatchling is not installed; make install)")
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("ormgen_orm-*.tar.gz")
    return built


@pytest.fixture(scope="module", params=["checkout", "sdist"])
def wheel(request: pytest.FixtureRequest, sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout, and one built from the sdist, as those build it who package for others."""
    folder = tmp_path_factory.mktemp("wheel")
    source = ROOT
    if request.param == "sdist":
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        (source,) = folder.glob("ormgen_orm-*")
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, source, cwd=folder)
    (built,) = folder.glob("ormgen_orm-*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that holds the wheel; its dependencies are the ones installed here.

    Files that name further folders are read in site-packages only, so this checkout stays out of sight.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    scripts = folder / "bin"
    python = scripts / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    Path(packages, "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return scripts


def test_contents(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {
        "runtime/ormgen": "ormgen",
        "codegen/ormgen_codegen": "ormgen_codegen",
        "stubs/ormgen_stubs": "ormgen_stubs",
    }
    for folder, package in packed.items():
        files = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {
            f"{package}/{path.as_posix()}"
            for path in files
            if not {"__pycache__", ".mypy_cache", ".ruff_cache"} & set(path.parts)
        }
        assert {name for name in names if name.startswith(f"{package}/")} == wanted
    assert {"ormgen/py.typed", "ormgen_codegen/py.typed", "ormgen_stubs/__init__.py"} <= names
    assert any(name.startswith("ormgen_stubs/") and name.endswith(".jinja") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    others = {name.split("/")[0] for name in names} - set(packed.values())
    assert [name.endswith(".dist-info") for name in others] == [True]


def test_import(clean: Path, tmp_path: Path) -> None:
    program = (
        "import ormgen, ormgen_codegen, ormgen_stubs as s; print(ormgen.__file__, ormgen_codegen.__file__, s.__file__)"
    )
    files = run(clean / "python", "-c", program, cwd=tmp_path).split()
    assert [Path(file).is_relative_to(clean.parent) for file in files] == [True, True, True]


def test_command(clean: Path, tmp_path: Path) -> None:
    said = run(clean / "ormgen", "--help", cwd=tmp_path)
    assert "stubs" in said


def test_what_the_sdist_holds(sdist: Path) -> None:
    """All that is needed to build, test and read it, and nothing that only this machine has."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = "LICENSE README.md CHANGELOG.md Makefile pyproject.toml mkdocs.yml .pre-commit-hooks.yaml"
    assert {*wanted.split()} <= names
    assert {"runtime/ormgen/py.typed", "tests/test_wheel.py", "docs/tutorial.md", "examples/demo.py"} <= names
    parts = {part for name in names for part in name.split("/")}
    assert not parts & {".venv", ".git", "__pycache__", ".mypy_cache", ".ormgen_cache", "site", "dist"}
    assert [name for name in names if name.endswith((".pyc", ".sqlite3"))] == []


PROGRAM = """
from hero.models import Hero
from ormgen import ORM, run_async

async def main() -> None:
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["hero.models"]})
    await ORM.generate_schemas()
    await Hero.create(name="Thor")
    print(await Hero.filter(name__startswith="T").values_list("name", flat=True))

run_async(main())
"""


def test_the_whole_way(clean: Path, tmp_path: Path) -> None:
    """Templates, types and runtime: stubs are written, a checker takes them, the program runs."""
    (tmp_path / "hero").mkdir()
    (tmp_path / "hero" / "__init__.py").touch()
    models = "from ormgen import Model, fields\n\nclass Hero(Model):\n    name = fields.CharField(max_length=50)\n"
    (tmp_path / "hero" / "models.py").write_text(models)
    (tmp_path / "program.py").write_text(PROGRAM)
    run(clean / "ormgen", "stubs", "hero.models", cwd=tmp_path)
    assert "Success" in run(clean / "python", "-m", "mypy", "--strict", "program.py", cwd=tmp_path)
    assert run(clean / "python", "program.py", cwd=tmp_path) == "['Thor']\n"
    wrong = PROGRAM.replace("name__startswith", "nmae")
    (tmp_path / "wrong.py").write_text(wrong)
    command = [str(clean / "python"), "-m", "mypy", "wrong.py"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, "nmae" in told.stdout) == (1, True)
