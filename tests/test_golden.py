"""Every golden folder: its stubs are the ones beside its modules, and type checkers accept them, and its `_use.py`.

`UPDATE_GOLDEN=1` writes the stubs again.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from goldens import folders, inside, read
from ormgen_codegen.generated import generated_files

WORKING = folders(failing=False)
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


def generated(folder: Path, copy: Path) -> dict[str, str]:
    """The stubs of a folder by their path in it, made in a copy without any."""
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.pyi", "__pycache__"))
    run = read(copy)
    with inside(copy):
        files = generated_files(run)
    return {path.relative_to(copy).as_posix(): text for path, text in files.items()}


def stubs(folder: Path) -> dict[str, str]:
    """The stubs that lie in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.pyi"))}


@pytest.mark.parametrize("folder", WORKING, ids=lambda folder: folder.name)
def test_stubs_are_as_committed(folder: Path, tmp_path: Path) -> None:
    made = generated(folder, tmp_path / folder.name)
    if UPDATE:
        for path in folder.rglob("*.pyi"):
            path.unlink()
        for name, text in made.items():
            (folder / name).write_text(text, "utf-8")
    present = stubs(folder)
    assert present.keys() == made.keys(), "UPDATE_GOLDEN=1 pytest tests/test_golden.py"
    for name, text in made.items():
        assert present[name] == text, f"{folder.name}/{name} differs: UPDATE_GOLDEN=1 pytest tests/test_golden.py"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("folder", WORKING, ids=lambda folder: folder.name)
def test_mypy_accepts_the_stubs(folder: Path, cache: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", f"--cache-dir={cache}"]
    names = [*sorted(stubs(folder)), *(path.name for path in folder.glob("_use.py"))]
    found = subprocess.run([*command, *names], cwd=folder, capture_output=True, text=True)
    assert not found.stderr
    assert not found.stdout


def test_pyright_accepts_the_stubs(tmp_path: Path) -> None:
    for folder in WORKING:
        shutil.copytree(folder, tmp_path / folder.name)
    settings = {
        "typeCheckingMode": "standard",
        "executionEnvironments": [{"root": folder.name} for folder in WORKING],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(tmp_path), "--outputjson"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    faults = [
        f"{entry['file']}:{entry['range']['start']['line'] + 1}: {entry['message']}"
        for entry in found["generalDiagnostics"]
        if entry["severity"] == "error" and entry["file"].endswith((".pyi", "_use.py"))
    ]
    assert found["summary"]["filesAnalyzed"] > len(WORKING)
    assert not faults
