"""pylint finds nothing wrong with programs that are right, stubs beside their models or not."""

import subprocess
import sys
from pathlib import Path

import pytest

MODELS = """
from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=20)


class Hero(Model):
    name = fields.CharField(max_length=20)
    power = fields.IntField(default=1)
    tags = fields.JSONField(default=dict)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
    friends = fields.ManyToManyField("models.Hero", related_name="friend_of")

    class Meta:
        table = "hero"
"""
PROGRAM = """
from app.models import Hero, Team


async def main() -> None:
    hero = await Hero.get(id=1)
    print(hero.name.upper(), hero.power + 1, hero.tags["a"], hero.team_id, hero.pk, hero.id)
    print((await hero.team).name.upper(), await hero.team.only("name"))
    team = await Team.create(name="x")
    print(team.heroes.filter(power__gt=2), await team.heroes)
    async for each in team.heroes:
        print(each.name)
    await hero.friends.add(hero)
    for one in await Hero.filter(power__gt=3).order_by("-power"):
        print(one.name.lower())
    await Hero.bulk_create([hero], ignore_conflicts=True)
"""


def pylint(folder: Path, *options: str) -> str:
    """What pylint says of the package `app`, apart from its style."""
    command = [sys.executable, "-m", "pylint", "--disable=C,R", "--score=n", *options, "app"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.feature(244)
def test_programs_that_are_right(tmp_path: Path) -> None:
    pytest.importorskip("pylint", reason="pylint is not installed")
    package = tmp_path / "app"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "models.py").write_text(MODELS, "utf-8")
    (package / "main.py").write_text(PROGRAM, "utf-8")
    plugin = "--load-plugins=ormgen.contrib.pylint"
    assert pylint(tmp_path) == pylint(tmp_path, plugin) == ""
    made = subprocess.run(
        [sys.executable, "-m", "ormgen_codegen", "stubs", "app.models"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert (package / "models.pyi").exists()
    assert pylint(tmp_path, plugin) == ""
    (package / "main.py").write_text(PROGRAM.replace("print(one", "print(ones"), "utf-8")
    assert "Undefined variable 'ones'" in pylint(tmp_path, plugin)
