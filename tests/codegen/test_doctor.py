"""`ormgen doctor`: each thing that can be wrong is found, with what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODELS = """
from ormgen import Model, fields

class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
"""
PROJECT = '[tool.ormgen]\napps = { models = ["app.models"] }\n'


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ormgen_codegen", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def doctor(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    told = run(folder, "doctor", "--json", *arguments)
    assert told.stdout, told.stderr
    return told.returncode, {each["about"]: each for each in json.loads(told.stdout)}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def test_a_project_from_ill_to_well(project: Path, db_url: str) -> None:
    code, found = doctor(project)
    assert (code, found["stubs"]["state"], found["stubs"]["remedy"]) == (1, "error", "run `ormgen stubs`")
    assert found["database"]["state"] == "skipped"
    assert run(project, "stubs").returncode == 0
    code, found = doctor(project)
    assert (code, found["models"]["fact"], found["stubs"]["state"]) == (0, "1 models in 1 modules", "ok")
    assert run(project, "migrate").returncode == 0
    database = ("--config", db_url)
    code, found = doctor(project, *database)
    wrong = {about for about, each in found.items() if each["state"] == "error"}
    assert (code, wrong) == (1, {"database default"} if "sqlite" in db_url else {"applied", "tables"})
    assert run(project, "upgrade", *database).returncode == 0
    code, found = doctor(project, *database)
    assert (code, {each["state"] for each in found.values()}) == (0, {"ok"}), found
    assert found["database default"]["fact"].startswith(("SQLite 3", "PostgreSQL 1", "10.", "11.", "MySQL "))
    models = project / "app" / "models.py"
    models.write_text(f"{MODELS}    city = fields.TextField(null=True)\n")
    assert run(project, "stubs").returncode == 0
    code, found = doctor(project, *database)
    assert found["migrations"]["remedy"] == "run `ormgen migrate`"


def test_models_and_queries_that_are_wrong(project: Path) -> None:
    (project / "app" / "use.py").write_text('from app.models import Team\n\nquestion = Team.filter(naem="x")\n')
    run(project, "stubs")
    code, found = doctor(project)
    assert (code, found["queries"]["fact"].startswith("app/use.py:3:")) == (1, True)
    assert found["queries"]["remedy"] == 'did you mean "name"?'
    (project / "app" / "models.py").write_text(MODELS + '    other = fields.ForeignKeyField("models.Teem")\n')
    code, found = doctor(project)
    assert (code, found["models"]["state"]) == (1, "error")
    assert "Teem" in found["models"]["fact"]
    assert "stubs" not in found


def test_half_a_migration_is_one_finding_among_others(project: Path, sqlite_url: str) -> None:
    run(project, "stubs")
    assert run(project, "migrate").returncode == 0
    assert run(project, "upgrade", "--config", sqlite_url).returncode == 0
    (file,) = (project / "migrations" / "models").glob("0001*.py")
    file.write_text(file.read_text()[:80] + "(")
    code, found = doctor(project, "--config", sqlite_url)
    assert (code, found["migrations"]["state"], found["tables"]["state"]) == (1, "error", "ok")
    assert file.name in found["migrations"]["fact"]


def test_databases_that_cannot_be_reached(project: Path) -> None:
    _, found = doctor(project, "--config", "postgres://nobody:secret@127.0.0.1:1/x")
    told = found["database default"]
    assert (told["state"], "secret" in str(found)) == ("error", False)
    _, found = doctor(project, "--config", "nonsense://x")
    assert (found["database"]["state"], "nonsense" in found["database"]["fact"]) == ("error", True)


def test_nothing_at_all(tmp_path: Path) -> None:
    code, found = doctor(tmp_path)
    assert (code, found["configuration"]["state"]) == (0, "warning")
    assert "ormgen init" in found["configuration"]["remedy"]


def test_people_see_a_table(project: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "ormgen_codegen", "doctor"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert "run `ormgen stubs`" in told.stdout
    assert "\x1b" not in told.stdout
