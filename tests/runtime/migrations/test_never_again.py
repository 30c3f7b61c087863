"""What other tools have got wrong: mistakes that lose rows, or hide what went wrong."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, write
from ormgen import fields, migrations
from ormgen.exceptions import OperationalError
from ormgen.schema.model_schema import ModelSchema

TRIGGERS = {
    "sqlite": "CREATE TRIGGER shout AFTER INSERT ON team BEGIN "
    "UPDATE team SET name = 'a;' WHERE id = NEW.id; UPDATE team SET name = name || 'b'; END",
    "postgres": "CREATE FUNCTION shouted() RETURNS trigger AS $$ BEGIN NEW.name := 'a;'; NEW.name := NEW.name || 'b'; "
    "RETURN NEW; END; $$ LANGUAGE plpgsql; CREATE TRIGGER shout BEFORE INSERT ON team FOR EACH ROW "
    "EXECUTE FUNCTION shouted()",
    "mysql": "CREATE TRIGGER shout BEFORE INSERT ON team FOR EACH ROW "
    "BEGIN SET NEW.name = 'a;'; SET NEW.name = CONCAT(NEW.name, 'b'); END",
}


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


async def test_a_trigger_is_one_statement(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    text = TRIGGERS[project.dialect]
    write(project, "0002_shout", f"migrations.RunSQL({text!r}, migrations.RunSQL.noop)", "0001_initial")
    await project.upgrade()
    await project.run("INSERT INTO team (id, name) VALUES (1, 'x')")
    assert await project.rows("SELECT name FROM team") == [("a;b",)]


async def test_a_history_that_cannot_be_read_is_not_an_empty_one(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    project.generate([team()])
    await project.run("CREATE TABLE ormgen_migrations (something INT)")
    for work in (migrations.upgrade, migrations.status, migrations.plan, migrations.downgrade):
        with pytest.raises(OperationalError):
            await work(db_url, location=tmp_path)
    assert await project.tables() == {}


async def test_a_history_that_may_not_be_read_is_not_an_empty_one(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, postgres_url)
    await project.evolve([team()])
    await project.run("INSERT INTO team (id, name) VALUES (1, 'a')")
    name = str(project.config.credentials["database"])
    await project.run(f'CREATE ROLE "{name}_user" LOGIN', f'GRANT ALL ON SCHEMA public TO "{name}_user"')
    try:
        url = project.url.replace("postgres@", f"{name}_user@", 1)
        assert url != project.url
        with pytest.raises(OperationalError, match="permission denied"):
            await migrations.upgrade(url, location=tmp_path)
    finally:
        await project.run(f'DROP OWNED BY "{name}_user"', f'DROP ROLE "{name}_user"')
    assert await project.rows("SELECT id, name FROM team") == [(1, "a")]


def test_models_that_cannot_be_imported_are_read(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing of the program is imported, neither to write migrations nor to apply them."""
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (folder / "app" / "models.py").write_text(
        "import no_such_module\nfrom ormgen import Model, fields\n\n\nclass Team(Model):\n"
        "    name = fields.CharField(max_length=5, default=lambda: 'x' * 3)\n"
        "    made = fields.IntField(default=no_such_module.make)\n"
    )
    (folder / "pyproject.toml").write_text(
        f'[tool.ormgen]\napps = {{ models = ["app.models"] }}\norm = "{sqlite_url}"\n'
    )

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "ormgen_codegen", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "create model Team" in run("migrate")
    assert "up to date" in run("migrate", "--check")
    assert "applied models.0001_initial" in run("upgrade")
    assert "and back" in run("verify")
    models = folder / "app" / "models.py"
    models.write_text(models.read_text() + "    more = fields.CharField(max_length=5, default=lambda: 'y' * 2)\n")
    run("migrate", "--name", "more")
    assert "applied models.0002_more" in run("upgrade")


async def test_a_downgrade_takes_one_step(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    for size in range(1, 4):
        await project.evolve([team(**{f"x{at}": fields.IntField(default=at) for at in range(1, size)})])
    done = await migrations.downgrade(db_url, location=tmp_path, app="models")
    assert [each.key.name for each in done] == ["0003_add_team_x2"]
    assert set((await project.tables())["team"].columns) == {"id", "name", "x1"}
