"""`ormgen migrate`, `upgrade` and their kin, as a user types them in a project of source files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

MODELS = """
import uuid
from decimal import Decimal
from enum import Enum

from ormgen import Model, fields

raise_if_imported = 1 / 0


def code():
    return "c"


class Rank(str, Enum):
    LOW = "low"
    HIGH = "high"


class Team(Model):
    name = fields.CharField(max_length=50, unique=True)
    code = fields.CharField(max_length=9, default=code)
    rank = fields.CharEnumField(Rank, default=Rank.LOW)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    key = fields.UUIDField(default=uuid.uuid4)
    extra = fields.JSONField(default=dict)

    class Meta:
        indexes = [("name", "code")]


class Hero(Model):
    id = fields.UUIDField(primary_key=True)
    created = fields.DatetimeField(auto_now_add=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True, on_delete=fields.SET_NULL)
    friends = fields.ManyToManyField("models.Hero", related_name="liked_by")
"""
SETTINGS = """
[tool.other]
x = 1  # stays

[tool.ormgen]
apps = { models = ["heroes.models"] }
orm = "sqlite://db.sqlite3"
"""


class Shell:
    """A folder with a project, and commands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "heroes" / "models.py"
        self.migrations = folder / "migrations" / "models"
        self.models.parent.mkdir()
        (folder / "heroes" / "__init__.py").touch()
        self.models.write_text(MODELS)
        (folder / "pyproject.toml").write_text(SETTINGS)

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command says; it has to end with `code`."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments)
        finally:
            os.chdir(before)
            sys.modules.pop("settings", None)
        assert made.exit_code == code, (made.output, made.exception)
        return made.output

    def change(self, old: str, new: str) -> None:
        text = self.models.read_text()
        assert old in text
        self.models.write_text(text.replace(old, new))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_first_migration_and_no_second(shell: Shell) -> None:
    assert "lacks a migration" in shell.run("migrate", "--check", code=1)
    assert "create model Team" in shell.run("migrate")
    written = (shell.migrations / "0001_initial.py").read_text()
    assert 'default=migrations.Imported("heroes.models:code")' in written
    assert "default=Decimal('1.50')" in written
    assert '("rank", fields.CharEnumField(' in written
    assert shell.run("migrate") == shell.run("makemigrations") == "no changes\n"
    assert "up to date" in shell.run("migrate", "--check")
    assert shell.run("upgrade", "--plan") == "models.0001_initial\n"
    assert "applied models.0001_initial" in shell.run("upgrade")
    assert "nothing to apply" in shell.run("upgrade")
    assert "every migration" in shell.run("status")
    assert shell.run("heads") == "models.0001_initial\n"
    assert shell.run("history").startswith("models.0001_initial  2")


def test_nothing_is_guessed(shell: Shell) -> None:
    shell.run("init-db")
    shell.change("    code = fields", "    motto = fields")
    shell.change('("name", "code")', '("name", "motto")')
    told = shell.run("migrate", code=3)
    assert "--rename Team.code:motto or --drop Team.code" in told
    assert not list(shell.migrations.glob("0002*"))
    shell.run("migrate", "--rename", "Team.code:nothing", code=2)
    shell.run("migrate", "--rename", "Team.code:motto", "--drop", "Team.price", code=2)
    assert "rename Team.code to motto" in shell.run("migrate", "--rename", "Team.code:motto", "--name", "motto")
    assert (shell.migrations / "0002_motto.py").is_file()
    assert "no changes" in shell.run("migrate")


def test_models_say_what_was_renamed(shell: Shell) -> None:
    shell.run("init-db")
    shell.change(
        "    code = fields.CharField(max_length=9,", '    motto = fields.CharField(max_length=19, renamed_from="code",'
    )
    shell.change('("name", "code")', '("name", "motto")')
    shell.change("class Team(Model):", "class Squad(Model):")
    shell.change("    class Meta:\n", '    class Meta:\n        renamed_from = "Team"\n')
    shell.change('"models.Team"', '"models.Squad"')
    said = shell.run("migrate")
    assert said.split("\n  ")[1:4] == [
        "rename model Team to Squad",
        "rename Squad.code to motto",
        "alter Squad.motto\n",
    ]
    assert shell.run("migrate") == "no changes\n"
    assert "applied" in shell.run("upgrade")


def test_a_field_without_default_needs_a_value(shell: Shell) -> None:
    shell.run("init-db")
    shell.change("    key = fields", "    size = fields.IntField()\n    key = fields")
    assert "or --fill Team.size=VALUE" in shell.run("migrate", code=3)
    shell.run("migrate", "--fill", "Team.size=__import__('os')", code=2)
    sql = shell.run("migrate", "--fill", "Team.size=4", "--sql", "postgres")
    assert 'ADD COLUMN "size" INT NOT NULL DEFAULT 4' in sql
    assert "applied" in shell.run("upgrade")


def test_dry_run_empty_and_sql(shell: Shell) -> None:
    assert "class Migration(migrations.Migration):" in shell.run("migrate", "--dry-run")
    assert not shell.migrations.exists()
    shell.run("migrate")
    assert "0002_seed.py" in shell.run("migrate", "--empty", "--name", "seed")
    assert 'CREATE TABLE "team"' in shell.run("sqlmigrate", "0001", "--dialect", "postgres")
    assert 'DROP TABLE "team"' in shell.run("sqlmigrate", "0001", "--dialect", "sqlite", "--backward")
    assert "no migration" in shell.run("sqlmigrate", "9", "--dialect", "sqlite", code=2)


def test_downgrade_asks(shell: Shell) -> None:
    shell.run("init-db")
    assert "undo models.0001_initial?" in shell.run("downgrade", code=1)
    assert "every migration" in shell.run("status")
    assert "reverted models.0001_initial" in shell.run("downgrade", "--yes")
    assert "not applied" in shell.run("status", code=1)
    assert "nothing to undo" in shell.run("downgrade", "--yes", code=1)


def test_init_keeps_the_rest_of_the_file(shell: Shell) -> None:
    settings = (
        'ORMGEN = {"connections": {"default": "sqlite://a.sqlite3"}, "apps": {"models": {"models": ["heroes.models"]}}}'
    )
    (shell.folder / "settings.py").write_text(settings)
    (shell.folder / "pyproject.toml").write_text('[tool.other]\nx = 1  # stays\n\n[tool.ormgen]\ndepth = "full"\n')
    shell.run("init", "-t", "settings.ORMGEN", "--location", "./changes")
    text = (shell.folder / "pyproject.toml").read_text()
    assert "x = 1  # stays" in text
    assert 'depth = "full"' in text
    assert 'orm = "settings.ORMGEN"' in text
    shell.run("init-db")
    assert (shell.folder / "changes" / "models" / "0001_initial.py").is_file()
    assert (shell.folder / "a.sqlite3").is_file()
    assert "no module" in shell.run("init", "-t", "nowhere.ORMGEN", code=2)


def test_branches_are_found_and_merged(shell: Shell) -> None:
    shell.run("migrate")
    snapshot = (shell.migrations / "state.json").read_text()
    shell.change("    key = fields", "    size = fields.IntField(default=1)\n    key = fields")
    shell.run("migrate", "--name", "mine")
    text = shell.models.read_text()
    shell.change("    size = fields.IntField(default=1)\n", "    height = fields.IntField(default=1)\n")
    (shell.migrations / "state.json").write_text(snapshot)
    mine = shell.migrations / "0002_mine.py"
    hidden = mine.rename(mine.with_suffix(".txt"))
    shell.run("migrate", "--name", "theirs")
    hidden.rename(mine)
    shell.models.write_text(text.replace("    size =", "    height = fields.IntField(default=1)\n    size ="))
    (shell.migrations / "state.json").write_text("<<<<<<< mine\n")
    assert "ormgen merge" in shell.run("migrate", code=2)
    assert shell.run("heads", code=1) == "models.0002_mine\nmodels.0002_theirs\n"
    shell.run("merge")
    assert "no changes" in shell.run("migrate")
    assert "applied models.0003_merge" in shell.run("upgrade")


def test_squashed_history(shell: Shell) -> None:
    shell.run("init-db")
    shell.change("    key = fields", "    size = fields.IntField(default=1)\n    key = fields")
    shell.run("migrate")
    shell.run("squash")
    assert "no changes" in shell.run("migrate")
    assert "applied models.0002_add_team_size" in shell.run("upgrade")  # it had some of it
    assert "every migration" in shell.run("status")
    assert "applied models.0002_squashed" in shell.run("upgrade", "-c", "sqlite://new.sqlite3")
    assert "every migration" in shell.run("status", "-c", "sqlite://new.sqlite3")
    for old in ("0001_initial", "0002_add_team_size"):
        (shell.migrations / f"{old}.py").unlink()
    assert "every migration" in shell.run("status")
    shell.change(
        "    size = fields.IntField(default=1)",
        "    size = fields.IntField(default=1)\n    w = fields.IntField(null=True)",
    )
    shell.run("migrate")
    assert "applied models.0003_add_team_w" in shell.run("upgrade")


def test_lint_names_what_is_dangerous(shell: Shell) -> None:
    shell.run("migrate")
    shell.run("lint")
    shell.change("    code = fields.CharField(max_length=9, default=code)\n", "")
    shell.change('("name", "code")', '("name", "key")')
    shell.change('max_digits=8, decimal_places=2, default=Decimal("1.50")', "max_digits=9, decimal_places=2, null=True")
    shell.run("migrate")
    told = shell.run("lint", code=1)
    assert "destructive: remove Team.code: its values are gone" in told
    assert "locking: add index over name, key to Team" in told
    assert shell.run("lint", "--json", code=1).startswith("[")
    assert shell.run("lint", "0002") == ""


def test_verify_and_drift(shell: Shell) -> None:
    shell.run("init-db")
    shell.change("    key = fields", "    size = fields.IntField(default=1)\n    key = fields")
    shell.run("migrate")
    shell.run("upgrade")
    assert "and back" in shell.run("verify")
    assert "as its migrations say" in shell.run("drift")
    script = "import sqlite3; sqlite3.connect('db.sqlite3').execute('ALTER TABLE team ADD COLUMN by_hand INT')"
    subprocess.run([sys.executable, "-c", script], cwd=shell.folder, check=True)
    assert "team.by_hand is a column that no model has" in shell.run("drift", code=1)
    text = (shell.migrations / "state.json").read_text()
    (shell.migrations / "state.json").write_text(text.replace('"max_length": 50', '"max_length": 51'))
    assert "its snapshot is not what its migrations lead to" in shell.run("verify", code=1)


def test_what_custom_fields_and_conditions_say_reaches_the_tables(shell: Shell) -> None:
    shell.change(
        "class Team(Model):",
        """class Money(fields.CharField):
    SQL_TYPE = "VARCHAR(99)"


class Exact(fields.IntField):
    class _db_postgres:
        SQL_TYPE = "NUMERIC(5)"


class Team(Model):
    money = Money(max_length=5)
    exact = Exact(default=1)""",
    )
    shell.change(
        "from ormgen import Model, fields",
        """from ormgen import Model, fields
from ormgen.expressions import Q
from ormgen.indexes import PartialIndex""",
    )
    index = "PartialIndex(fields=('name',), name='part', condition=~Q(name='a') | Q(exact=1) & Q(exact__lt=3))"
    shell.change('indexes = [("name", "code")]', f"indexes = [{index}]")
    sql = shell.run("migrate", "--sql", "postgres")
    assert '"money" VARCHAR(99) NOT NULL' in sql
    assert '"exact" NUMERIC(5) NOT NULL' in sql
    assert 'WHERE (NOT ("name"=\'a\')) OR (("exact"=1) AND ("exact"<3))' in sql
    assert "no changes" in shell.run("migrate")
    shell.change("Q(exact=1) & Q(exact__lt=3)", "somewhere.condition()")
    assert "Meta.indexes: cannot read" in shell.run("migrate", code=2)


def test_inspectdb_prints_models(shell: Shell) -> None:
    shell.run("init-db")
    text = shell.run("inspectdb", "team")
    assert "class Team(Model):" in text
    assert "name = fields.CharField(max_length=50, unique=True)" in text
    assert "class Hero" not in text
    assert 'did you mean "team"?' in shell.run("inspectdb", "teams", code=2)
