"""Command lines as they stand in guides for Tortoise ORM, aerich and Django."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import ormgen
from ormgen_codegen.cli import cli

MODELS = """
from ormgen import Model, fields


class User(Model):
    name = fields.CharField(max_length=100)
"""
SETTINGS = """
ORMGEN = {
    "connections": {"default": "sqlite://db.sqlite3"},
    "apps": {
        "models": {"models": ["myapp.models", "aerich.models"], "default_connection": "default"},
        "people": {"models": ["myapp.people"], "default_connection": "default"},
    },
    "use_tz": False,
    "timezone": "UTC",
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "myapp").mkdir()
    (tmp_path / "myapp" / "__init__.py").touch()
    (tmp_path / "myapp" / "models.py").write_text(MODELS)
    (tmp_path / "myapp" / "people.py").write_text(MODELS.replace("User", "Person"))
    (tmp_path / "settings.py").write_text(SETTINGS)
    yield tmp_path
    sys.modules.pop("settings", None)


def run(line: str, code: int = 0, typed: str | None = None) -> str:
    made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, shlex.split(line)[1:], input=typed)
    assert made.exit_code == code, (line, made.output, made.exception)
    return made.output


def add(folder: Path, field: str) -> None:
    models = folder / "myapp" / "models.py"
    models.write_text(f"{models.read_text()}    {field} = fields.CharField(max_length=100, null=True)\n")


@pytest.mark.feature(221, 222, 223)
def test_the_lines_of_guides_for_aerich(folder: Path) -> None:
    assert "made migrations/" in run("ormgen init -t settings.ORMGEN")
    assert "aerich" not in (folder / "pyproject.toml").read_text()
    assert "applied models.0001_initial" in run("ormgen init-db")
    add(folder, "email")
    assert "0002_add_email_to_user.py" in run('ormgen migrate --name "add_email_to_user"')
    assert "applied models.0002_add_email_to_user" in run("ormgen upgrade")
    add(folder, "phone")
    run('ormgen migrate --name "add_phone_column"')
    run("ormgen upgrade")
    assert "reverted models.0003_add_phone_column" in run("ormgen downgrade", typed="y\n")
    assert "models.0003_add_phone_column  not applied" in run("ormgen history")
    assert run("ormgen heads") == "models.0003_add_phone_column\npeople.0001_initial\n"
    assert run("ormgen --app models heads") == "models.0003_add_phone_column\n"
    assert "class User(Model):" in run("ormgen inspectdb")
    assert "class Person" not in run("ormgen inspectdb -t user")
    run("ormgen init-db --safe")
    assert "every migration" in run("ormgen status")


@pytest.mark.feature(221, 222, 223, 225)
def test_the_lines_of_guides_for_tortoise(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ormgen -c settings.ORMGEN init")
    run("ormgen -c settings.ORMGEN makemigrations")
    assert "applied people.0001_initial" in run("ormgen -c settings.ORMGEN upgrade people")
    add(folder, "email")
    run("ormgen makemigrations models -n email")
    assert run("ormgen upgrade models 0002 --dry-run") == "models.0001_initial\nmodels.0002_email\n"
    assert "applied models.0002_email" in run("ormgen upgrade models.__latest__")
    assert "nothing to apply" in run("ormgen upgrade models 0001_initial --fake")
    assert 'ALTER TABLE "user" ADD COLUMN "email"' in run("ormgen sqlmigrate models 0002_email")
    assert "DROP COLUMN" in run("ormgen sqlmigrate models 0002 --backward --dialect postgres")
    assert "reverted models.0002_email" in run("ormgen downgrade models --yes")
    run("ormgen upgrade")
    assert "reverted models.0002_email" in run("ormgen downgrade models 0001 --yes")
    assert "reverted people.0001_initial" in run("ormgen downgrade people zero --yes")
    (folder / "settings.json").write_text('{"connections": {"default": "sqlite://other.sqlite3"}, "apps": {"models": '
                                          '{"models": ["myapp.models"]}}}')  # fmt: skip
    assert "applied models.0001_initial" in run("ormgen --config-file settings.json upgrade models 0001")
    assert "models.0002_email" in run("ormgen status --config-file settings.json", code=1)
    (folder / "pyproject.toml").write_text('[tool.ormgen]\napps = {models = ["myapp.models"]}\n')
    monkeypatch.setenv("ORMGEN", "settings.ORMGEN")
    assert "models.0001_initial  2" in run("ormgen history")


def test_migrate_does_not_apply_and_says_what_does(folder: Path) -> None:
    run("ormgen init -t settings.ORMGEN")
    assert "there is no app `modles`; did you mean" in run("ormgen migrate modles", code=2)
    said = run("ormgen migrate models 0001_initial", code=2)
    assert "`ormgen upgrade models 0001_initial` applies" in said


@pytest.mark.feature(221, 222, 223)
def test_the_options_of_aerich(folder: Path) -> None:
    made = folder / "db" / "moved" / "models"
    run("ormgen init -t settings.ORMGEN --location db/moved -s .")
    assert "wrote" in run("ormgen init-migrations -s")
    assert not (folder / "db.sqlite3").exists()
    assert "there are migrations already" in run("ormgen init-migrations")
    assert "applied models.0001_initial" in run('ormgen init-db -s --pre "CREATE TABLE ours (id INT)"')
    add(folder, "email")
    assert "0002_email.py" in run("ormgen --app models migrate --offline --no-input --name email")
    assert "applied models.0002_email" in run("ormgen -c pyproject.toml upgrade -i false")
    add(folder, "phone")
    run("ormgen migrate --name phone")
    run("ormgen upgrade --in-transaction true")
    assert run("ormgen --app models downgrade -v 2 --dry-run") == "models.0003_phone\nmodels.0002_email\n"
    assert "give TARGET, or --version" in run("ormgen downgrade 0001 -v 2", code=2)
    run("ormgen downgrade --app models -v -1 --yes")
    refused = run("ormgen downgrade models -d --yes", code=2)
    assert "models.0003_phone follows models.0002_email, whose file is to be deleted" in refused
    (made / "0003_phone.py").unlink()
    assert "deleted 0002_email.py" in run("ormgen --app models downgrade -v 2 --delete", typed="y\n")
    assert [path.name for path in sorted(made.glob("0*.py"))] == ["0001_initial.py"]
    assert "email" not in (made / "state.json").read_text()
    assert "email" in run("ormgen migrate --dry-run")
    assert "class Ours" in run("ormgen inspectdb -t ours --table user")


def test_fix_migrations_writes_what_git_has_spoilt(folder: Path) -> None:
    run("ormgen init -t settings.ORMGEN")
    run("ormgen init-migrations")
    snapshot = folder / "migrations" / "models" / "state.json"
    before = snapshot.read_text()
    snapshot.write_text(f"<<<<<<< ours\n{before}>>>>>>> theirs\n")
    assert "conflict markers" in run("ormgen migrate --check", code=2)
    assert "state.json" in run("ormgen fix-migrations")
    assert snapshot.read_text() == before
    assert "every snapshot is what its migrations lead to" in run("ormgen fix-migrations")


@pytest.mark.feature(225, 234)
def test_history_says_when_how_long_and_who(folder: Path) -> None:
    run("ormgen init people models -t settings.ORMGEN")
    assert "has no app `peple`; " in run("ormgen init peple -t settings.ORMGEN", code=2)
    run("ormgen init-db")
    said = run("ormgen history models")
    assert re.fullmatch(
        r"models\.0001_initial  2\S+ \S+  \d+\.\d\d s  by \S+@\S+  with ormgen \d\S+  checksum [0-9a-f]{12}\n", said
    ), said
    (told,) = json.loads(run("ormgen history people --json"))
    assert told["key"] == "people.0001_initial"
    assert 0 < told["seconds"] < 60
    assert len(told["checksum"]) == 64
    assert told["version"] == ormgen.__version__
    assert run("ormgen heads people") == "people.0001_initial\n"
    assert "there is no app `modles` with migrations" in run("ormgen heads modles", code=2)
    assert json.loads(run("ormgen status --json")) == []


def test_a_project_whose_modules_stand_in_a_folder_of_their_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (folder / "code").mkdir()
    for name in ("myapp", "settings.py"):
        (folder / name).rename(folder / "code" / name)
    run("ormgen init -t settings.ORMGEN -s code")
    assert 'src_folder = "code"' in (folder / "pyproject.toml").read_text()
    monkeypatch.setattr(sys, "path", [each for each in sys.path if not each.endswith("code")])
    sys.modules.pop("settings", None)
    assert "applied models.0001_initial" in run("ormgen init-db")
    assert "up to date" in run("ormgen migrate --check")


def test_a_change_that_no_database_can_make_is_not_written(folder: Path) -> None:
    run("ormgen init -t settings.ORMGEN")
    models = folder / "myapp" / "models.py"
    models.write_text(MODELS.replace("    name", "    id = fields.IntField(primary_key=True)\n    name"))
    run("ormgen init-db")
    models.write_text(MODELS.replace("    name", "    id = fields.UUIDField(primary_key=True)\n    name"))
    said = run("ormgen migrate", code=1)
    assert "User.id: nothing says how IntField (INT) becomes UUIDField" in said
    assert "add another field, fill it with RunPython, and remove this one" in said
    assert [path.name for path in (folder / "migrations" / "models").glob("0*.py")] == ["0001_initial.py"]
