"""Functions of migrations are checked against the models of their moment, and the stubs for that stay fresh."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

PYRIGHT = {
    "enableTypeIgnoreComments": False,
    "reportUnnecessaryTypeIgnoreComment": "error",
    "reportMissingModuleSource": False,
}
MODELS = """
from decimal import Decimal
from enum import Enum, IntEnum

from ormgen import Model, fields


class Rank(str, Enum):
    LOW = "low"
    HIGH = "high"


class Size(IntEnum):
    S = 1


def code() -> str:
    return "c"


class Team(Model):
    name = fields.CharField(max_length=50, unique=True)
    code = fields.CharField(max_length=9, default=code)
    rank = fields.CharEnumField(Rank, default=Rank.LOW)
    best = fields.CharEnumField(Rank, null=True)
    size = fields.IntEnumField(Size)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    extra = fields.JSONField(default=dict)


class Hero(Model):
    id = fields.UUIDField(primary_key=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True)
    friends = fields.ManyToManyField("models.Hero", related_name="liked_by")
"""
CITIES = """
from ormgen import Model, fields


class City(Model):
    country = fields.CharField(max_length=2)
    zip = fields.CharField(max_length=9)
    patron = fields.ForeignKeyField("models.Hero", related_name="cities", null=True)

    class Meta:
        primary_key = ("country", "zip")
"""
SETTINGS = """
[tool.ormgen]
apps = { models = ["game.models"], places = ["game.places"] }
orm = "sqlite://db.sqlite3"

[tool.mypy]
strict = true
"""
PROBE = '''"""Fills teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type
from uuid import UUID

from ormgen import migrations
from ormgen.connection import Connection

if TYPE_CHECKING:
    from migrations.models._states.m0002_seed import Apps
    from migrations.models._states.m0002_seed.models import Hero, Team


async def forwards(apps: Apps, connection: Connection) -> None:
    teams = apps.models.Team
    assert_type(apps.get_model("Team"), type[Team])
    assert_type(apps.get_model("models", "Hero"), type[Hero])
    team = await teams.create(name="A", rank=teams.Rank.HIGH, size=teams.Size.S)
    assert_type(team.rank, Team.Rank)
    assert_type(team.best, Team.Rank | None)
    hero = await apps.models.Hero.create(team=team, id=UUID(int=1))
    assert_type(hero.team_id, int | None)
    await apps.get_model("places.City").create(country="no", zip="1")
    assert_type([each.name for each in await teams.filter(name__icontains="a")], list[str])
    async for some in migrations.in_batches(teams.filter(name="A")):
        assert_type(some, list[Team])
    await teams.filter(motto="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await teams.create(name=1, size=teams.Size.S)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    team.motto  # type: ignore[attr-defined]  # pyright: ignore
    apps.models.Nobody  # type: ignore[attr-defined]  # pyright: ignore
    apps.get_model("City")  # type: ignore[call-overload]  # pyright: ignore


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial"), ("places", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "game").mkdir()
    for name, text in {"__init__": "", "models": MODELS, "places": CITIES}.items():
        (tmp_path / "game" / f"{name}.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "game"]:
        del sys.modules[name]


def ormgen(*arguments: str, code: int = 0) -> str:
    made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments)
    assert made.exit_code == code, (made.output, made.exception)
    return made.output


def checked(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.feature(231, 232)
def test_types_of_the_moment(project: Path) -> None:
    ormgen("init-db")
    said = ormgen("migrate", "models", "--empty", "--name", "seed")
    assert "wrote migrations/models/_states/m0002_seed/models.pyi" in said
    file = project / "migrations" / "models" / "0002_seed.py"
    assert "    from migrations.models._states.m0002_seed import Apps\n" in file.read_text()
    file.write_text(PROBE)
    models = project / "game" / "models.py"
    models.write_text(models.read_text().replace("    extra =", "    motto = fields.TextField(null=True)\n    extra ="))
    ormgen("migrate")
    assert checked(project, "mypy", ".", "--no-error-summary") == ""
    (project / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    assert checked(project, "pyright", "--pythonpath", sys.executable) == ""
    kept = [line for line in PROBE.splitlines() if "ignore" not in line and "assert_type(" not in line]
    file.write_text("\n".join(kept).replace('(teams.filter(name="A")):', "(teams.all()):\n        print(some)"))
    assert "applied models.0002_seed" in ormgen("upgrade")


def test_stubs_of_a_moment_stay_fresh(project: Path) -> None:
    ormgen("migrate")
    ormgen("migrate", "models", "--empty", "--name", "seed")
    assert "up to date" in ormgen("migrate", "--check")
    states = project / "migrations" / "models" / "_states" / "m0002_seed"
    stub = states / "models.pyi"
    text = stub.read_text()
    stub.write_text(text.replace("class Team", "class Squad"))
    assert "stubs of the models at migrations are stale" in ormgen("migrate", "--check", code=1)
    ormgen("migrate")
    assert stub.read_text() == text
    file = project / "migrations" / "models" / "0002_seed.py"
    added = 'operations = [migrations.AddField("Team", "x", fields.IntField(null=True)), migrations.RunPython(print)]'
    file.write_text(re.sub(r"operations = \[\]", added, file.read_text()).replace("import migr", "import fields, migr"))
    assert "_states/m0002_seed/models.pyi" in ormgen("migrate", "--check", "--no-input", code=1)
    ormgen("migrate", "--drop", "Team.x", code=2)  # the snapshot does not know of it
    file.write_text(
        file.read_text().replace("    from migrations", "    pass  # from migrations", 1).replace("_states", "_no")
    )
    ormgen("migrate")
    assert not list(states.glob("*.pyi"))


def test_stubs_beside_models_know_nothing_of_them(project: Path) -> None:
    ormgen("migrate", "--location", "game/migrations")
    ormgen("migrate", "models", "--empty", "--name", "seed", "--location", "game/migrations")
    before = {path: path.read_text() for path in project.rglob("*_seed/*.pyi")}
    assert len(before) == 4
    ormgen("stubs")
    assert {path: path.read_text() for path in project.rglob("*_seed/*.pyi")} == before
