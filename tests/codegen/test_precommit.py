"""The hooks for pre-commit: their entries run, and what they install is what the command needs."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from check_project import make_project

ROOT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}


def test_hooks() -> None:
    assert list(HOOKS) == ["ormgen-stubs", "ormgen-check", "ormgen-migrations"]
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["types"] == ["python"]
        assert hook["pass_filenames"] is False


def test_they_install_what_the_command_needs() -> None:
    """pre-commit installs the distribution without its extras; libcst is for `ormgen adopt` alone."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for hook in HOOKS.values():
        needed = [each for each in extras["codegen"] if not each.startswith("libcst")]
        assert hook["additional_dependencies"] == needed


def run(hook: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the entry of a hook as pre-commit does: without file names, in the root of the project."""
    program, *arguments = HOOKS[hook]["entry"].split()
    script = Path(sys.executable).with_name(program)
    return subprocess.run([script, *arguments], cwd=folder, capture_output=True, text=True)


def test_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    make_project(tmp_path, use="from app.models import Hero\nHero.filter(nmae=3)\n")
    first = run("ormgen-stubs", tmp_path)
    assert (first.returncode, first.stdout) == (0, "")
    assert (tmp_path / "app" / "models.pyi").exists()
    assert run("ormgen-stubs", tmp_path).stderr == "stubs are up to date\n"
    found = run("ormgen-check", tmp_path)
    assert found.returncode == 1
    assert 'app/use.py:2:13: error: Hero has no field "nmae"\n' in found.stderr
    (tmp_path / "app" / "use.py").unlink()
    assert run("ormgen-check", tmp_path).returncode == 0


def test_missing_migrations(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert run("ormgen-migrations", tmp_path).returncode == 1
    made = subprocess.run(
        [sys.executable, "-m", "ormgen_codegen", "migrate"], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert run("ormgen-migrations", tmp_path).returncode == 0


def test_pre_commit_runs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real pre-commit, which makes an environment of its own for them."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    make_project(tmp_path)
    run("ormgen-stubs", tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all is well"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    make_project(tmp_path, use="from app.models import Hero\nHero.filter(nmae=3)\n")
    models = tmp_path / "app" / "models.py"
    models.write_text(models.read_text().replace("power = fields.IntField", "power = fields.FloatField"))
    subprocess.run([*git, "add", "-A"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "--all-files", "--color=never"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    if "Traceback" in told or "CalledProcessError" in told:
        pytest.skip(f"pre-commit could not make its environment: {told.strip().splitlines()[-1]}")
    assert 'app/use.py:2:13: error: Hero has no field "nmae"' in told
    assert "app/models.pyi:1:1: error: the stub is out of date" in told
    assert "files were modified by this hook" in told.partition("ormgen stubs..")[2]
    assert "Column[_ormgen.Float" in (tmp_path / "app" / "models.pyi").read_text()
