"""Every migration file says at its end what its database is told."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

MODELS = """
from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=50, description="its name; it's long", default="-- no")
"""
DICT = """
import os
ORMGEN = {{"connections": {{"default": {default}}}, "apps": {{"models": {{"models": ["app.models"]}}}}}}
"""
SETTINGS = {
    "sqlite": '"sqlite://db.sqlite3"',
    "postgres": 'os.environ.get("URL", "postgres://a@localhost/b")',
    "mysql": '{"engine": "ormgen.backends.mysql", "credentials": {"database": "b"}}',
}


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORMGEN", raising=False)
    monkeypatch.delenv("ORMGEN_DATABASE_URL", raising=False)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.ormgen]\norm = "settings.ORMGEN"\napps = { models = ["app.models"] }\n'
    )
    return tmp_path


def remark(file: Path) -> str:
    lines = file.read_text().splitlines()
    assert all(len(line) <= 120 for line in lines)
    return " ".join(line[2:].strip() for line in lines if line.startswith("# ") and "sqlmigrate" not in line)


@pytest.mark.parametrize("dialect", SETTINGS)
def test_the_sql_of_the_database_in_the_settings(project: Path, dialect: str) -> None:
    (project / "settings.py").write_text(DICT.format(default=SETTINGS[dialect]))
    run("migrate")
    models = (
        MODELS.replace("50", "80").replace('"-- no"', '"new"')
        + "    size = fields.IntField(default=3, db_index=True)\n"
    )
    (project / "app" / "models.py").write_text(models)
    run("migrate", "--name", "more")
    for name in ("0001_initial", "0002_more"):
        printed = run("sqlmigrate", name, "--dialect", dialect)
        assert printed.strip()
        said = remark(project / "migrations" / "models" / f"{name}.py")
        assert re.sub(r"\s+", " ", said) == re.sub(r"\s+", " ", printed).strip()
    if dialect == "sqlite":
        assert "0002_more" in run("upgrade") + run("history")


def test_a_url_and_settings_that_cannot_be_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "settings.py").write_text("ORMGEN = make()  # is never run\n")
    run("migrate")
    file = project / "migrations" / "models" / "0001_initial.py"
    assert "On PostgreSQL (elsewhere" in file.read_text()
    file.unlink()
    file.with_name("state.json").unlink()
    monkeypatch.setenv("ORMGEN_DATABASE_URL", "mysql://root@localhost/x")
    run("migrate")
    assert "On MySQL and MariaDB (elsewhere" in file.read_text()
