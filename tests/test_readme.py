"""What the README shows is true: its code runs, its stubs are accepted, and its mistakes are reported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
CLEAN = ("heroes/main.py", "heroes/settings.py", "heroes/paths.py", "heroes/service.py")
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.S)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The README's files in a folder of their own, with their stubs."""
    folder = tmp_path_factory.mktemp("readme")
    for name, text in BLOCK.findall(README.read_text()):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(f"# {name}\n{text}")
    made = run(folder, "ormgen_codegen", "stubs", "heroes.models")
    assert made.returncode == 0, made.stderr
    return folder


def mistake_lines(project: Path) -> list[int]:
    lines = (project / "heroes/mistakes.py").read_text().splitlines()
    found = [number for number, line in enumerate(lines, 1) if line.startswith("    ") and "#" in line]
    assert len(found) == 6
    return found


def test_the_example_runs(project: Path) -> None:
    done = run(project, "heroes.main")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['Thor', 'Clint']",
        "Thor Avengers",
        "Clint Avengers",
        "Avengers ['Thor', 'Clint']",
        "Avengers 2 <Hero>",
        "[('Clint', None), ('Thor', 10)]",
    ]


def test_the_stubs_are_fresh_after_writing(project: Path) -> None:
    checked = run(project, "ormgen_codegen", "stubs", "--check", "heroes.models")
    assert checked.returncode == 0, checked.stderr


PATHS = """
import asyncio
from heroes.models import Hero, Mission, Team
from heroes.paths import strongest_first, teams_on
from heroes.service import teams_of
from ormgen import ORM

async def main():
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["heroes.models"]})
    await ORM.generate_schemas()
    team = await Team.create(name="Avengers")
    mission = await Mission.create(title="New York")
    await mission.crew.add(await Hero.create(name="Thor", power=9, team=team), await Hero.create(name="Al", team=team))
    print(await strongest_first("aveng"), await teams_on("New York"), await teams_of(5))
    await ORM.close_connections()

asyncio.run(main())
"""


def test_paths_signals_and_pydantic_run(project: Path) -> None:
    done = run(project, "heroes.models")
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([sys.executable, "-c", PATHS], cwd=project, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "welcome Thor",
        "welcome Al",
        "['Thor', 'Al'] ['Avengers', 'Avengers'] ['Avengers']",
    ]


def test_the_whole_project_is_checked(project: Path) -> None:
    told = run(project, "ormgen_codegen", "check", "heroes.models")
    lines = {int(match) for match in re.findall(r"mistakes\.py:(\d+):\d+: error", told.stderr)}
    assert lines, told.stderr
    assert lines <= set(mistake_lines(project))
    assert "main.py" not in told.stderr


def test_mypy_reports_the_mistakes_and_nothing_else(project: Path) -> None:
    clean = run(project, "mypy", "--strict", *CLEAN)
    assert clean.returncode == 0, clean.stdout
    told = run(project, "mypy", "--strict", "heroes/mistakes.py")
    lines = {int(match) for match in re.findall(r"mistakes\.py:(\d+): error", told.stdout)}
    assert sorted(lines) == mistake_lines(project), told.stdout


def test_pyright_reports_the_mistakes_and_nothing_else(project: Path) -> None:
    clean = run(project, "pyright", "--pythonpath", sys.executable, *CLEAN)
    assert clean.returncode == 0, clean.stdout
    told = run(project, "pyright", "--pythonpath", sys.executable, "heroes/mistakes.py")
    lines = {int(match) for match in re.findall(r"mistakes\.py:(\d+):\d+ - error", told.stdout)}
    assert sorted(lines) == mistake_lines(project), told.stdout
