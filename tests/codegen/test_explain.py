"""`ormgen explain`: the SQL of a question, its plan on each database, and what is worth noticing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = """
from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=50, unique=True)


class Hero(Model):
    name = fields.CharField(max_length=50)
    code = fields.CharField(max_length=50, db_index=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
"""
VIEWS = """
from app.models import Hero


async def strong(name: str) -> list[Hero]:
    return await Hero.filter(name="ann").order_by(
        "-id"
    ).limit(3)


async def named(name: str) -> list[Hero]:
    return await Hero.filter(name=name)
"""
MAKE = """
import asyncio, sys
from ormgen import ORM
from app.models import Hero, Team


async def main() -> None:
    await ORM.init(db_url=sys.argv[1], modules={"models": ["app.models"]})
    await ORM.generate_schemas()
    team = await Team.create(name="a")
    await Hero.bulk_create([Hero(name=f"h{at}", code=f"c{at}", team=team) for at in range(500)])
    await ORM.close_connections()


asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    for name, text in {"__init__.py": "", "models.py": MODELS, "views.py": VIEWS}.items():
        (tmp_path / "app" / name).write_text(text)
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["app.models"] }\n')
    (tmp_path / "make.py").write_text(MAKE)
    return tmp_path


def explain(folder: Path, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "ormgen_codegen", "explain", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_plan_and_what_is_worth_noticing(folder: Path, db_url: str) -> None:
    subprocess.run([sys.executable, "make.py", db_url], cwd=folder, check=True)
    found = json.loads(explain(folder, "-c", db_url, "--json", 'Hero.filter(name="h7")'))
    assert found["dialect"] == db_url.partition(":")[0].replace("postgresql", "postgres")
    assert "'h7'" in found["sql"]
    assert found["plan"]
    (note,) = found["notes"]
    assert note["fact"] == "every row of hero is read"
    assert "class Meta of Hero: indexes = [('name',)]" in note["hint"]
    said = explain(folder, "-c", db_url, 'Hero.filter(code="c7")')
    assert "note:" not in said
    assert "SELECT" in said
    place = explain(folder, "-c", db_url, "app/views.py:7")
    assert "'ann'" in place
    assert "LIMIT 3" in place


def test_without_a_database_there_is_the_sql(folder: Path) -> None:
    said = explain(folder, 'Hero.filter(team__name="x").order_by("-name")')
    assert "JOIN" in said
    assert "no plan: name a database with --config" in said
    assert "COUNT(*)" in explain(folder, "Hero.all().count()")


MISTAKES = {
    'Hero.filter(naem="x")': 'Hero has no field "naem"; did you mean "name"?',
    "Hero.filter(name=x)": "x is not known here; write its value into the question",
    "Hero.filter(": "this is no Python",
    "1 + 1": "1 + 1 is no query set; ask for one",
    "app/views.py:2": "app/views.py:2: there is no question about a model; known are Hero, Team",
    "app/views.py:12": "Hero.filter(name=name): name is not known here",
    "app/nope.py:1": "app/nope.py: ",
}


@pytest.mark.parametrize("question", MISTAKES)
def test_mistakes(question: str, folder: Path) -> None:
    said = explain(folder, question, code=1)
    assert MISTAKES[question] in said
    assert "Traceback" not in said


def test_a_database_is_not_made(folder: Path) -> None:
    assert "there is no file nope.sqlite3 yet" in explain(folder, "-c", "sqlite://nope.sqlite3", "Hero.all()", code=1)
    assert not (folder / "nope.sqlite3").exists()
