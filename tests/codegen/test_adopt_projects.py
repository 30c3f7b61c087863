"""`ormgen adopt` on whole projects: one as tutorials write it, and public ones from the package index."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from archives import unpacked
from ormgen_codegen.cli import cli

ARTICLE = {
    "settings.py": """\
TORTOISE_ORM = {
    "connections": {
        "default": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": "db.sqlite3"}},
    },
    "apps": {
        "models": {
            "models": ["myapp.models", "aerich.models"],  # aerich keeps its state there
            "default_connection": "default",
        },
    },
    "use_tz": False,
    "timezone": "UTC",
}
""",
    "myapp/__init__.py": "",
    "myapp/models.py": """\
from tortoise.models import Model
from tortoise import fields
from tortoise.signals import post_save


class Team(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "teams"  # Custom table name (default: lowercase class name)


class Hero(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", on_delete=fields.CASCADE)
    power = fields.IntField(default=0)

    class Meta:
        table = "heroes"
        indexes = [("team_id", "name")]  # Composite index


@post_save(Hero)
async def hero_saved(sender, instance, created, using_db, update_fields):
    print("saved", instance.name, created)
""",
    "main.py": """\
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.testclient import TestClient
from settings import TORTOISE_ORM
from tortoise import Tortoise, run_async
from tortoise.contrib.fastapi import RegisterTortoise
from tortoise.contrib.pydantic import pydantic_model_creator
from tortoise.expressions import F
from tortoise.functions import Count, Sum
from tortoise.transactions import atomic, in_transaction

from myapp.models import Hero, Team

HeroPydantic = pydantic_model_creator(Hero, name="Hero")


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with RegisterTortoise(app, config=TORTOISE_ORM, generate_schemas=False, add_exception_handlers=True):
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/heroes", response_model=list[HeroPydantic])
async def heroes():
    return await HeroPydantic.from_queryset(Hero.all().order_by("name"))


@app.get("/heroes/{hero_id}")
async def hero(hero_id: int):
    return await Hero.get(id=hero_id).values("id", "name")


@atomic()
async def fill():
    team = await Team.create(name="A")
    await Hero.bulk_create([Hero(name="Thor", team=team, power=3), Hero(name="Loki", team=team, power=4)])
    async with in_transaction() as conn:
        await Hero.create(name="Hulk", team=team, using_db=conn)


async def main():
    await Tortoise.init(config=TORTOISE_ORM)
    await Tortoise.generate_schemas(safe=True)
    await fill()
    await Hero.filter(name__icontains="o").update(power=F("power") + 1)
    print(await Team.annotate(n=Count("heroes"), p=Sum("heroes__power")).values("name", "n", "p"))
    teams = await Team.all().prefetch_related("heroes")
    print(sorted(hero.name for hero in teams[0].heroes), sorted(Tortoise.apps))
    await Tortoise.close_connections()


run_async(main())
with TestClient(app) as client:
    print(client.get("/heroes").json()[0]["name"], client.get("/heroes/1").json(), client.get("/heroes/9").status_code)
""",
    "pyproject.toml": """\
[project]
name = "myapp"
version = "1"
dependencies = ["tortoise-orm[asyncpg]", "aerich", "fastapi"]

[tool.aerich]
tortoise_orm = "settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as tutorials write it."""
    for name, text in ARTICLE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["adopt", *arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_a_project_runs_afterwards(project: Path) -> None:
    told = run()
    assert "changed main.py" in told
    assert "tortoise" not in (project / "main.py").read_text().lower()
    assert '"models": ["myapp.models"],  # aerich keeps its state there' in (project / "settings.py").read_text()
    done = subprocess.run([sys.executable, "-W", "ignore", "main.py"], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "saved Hulk True",
        "[{'name': 'A', 'n': 3, 'p': 9}]",
        "['Hulk', 'Loki', 'Thor'] ['models']",
        "Hulk {'id': 1, 'name': 'Thor'} 404",
    ], done.stderr
    assert run() == "nothing to change\n"
    migrated = CliRunner().invoke(cli, ["migrate"])
    assert migrated.exit_code == 0, migrated.output


def test_looking_first(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert "would change settings.py" in run("--dry-run")
    diff = run("--diff")
    assert '-            "models": ["myapp.models", "aerich.models"],  # aerich keeps its state there\n' in diff
    found = json.loads(run("--dry-run", "--json"))
    assert (sorted(found["changed"]), found["written"], found["left"]) == (
        ["main.py", "myapp/models.py", "pyproject.toml", "settings.py"],
        False,
        [],
    )
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    run("nowhere", code=2)


def test_what_is_left_is_listed_and_the_rest_done(project: Path) -> None:
    (project / "more.py").write_text("from tortoise.converters import escape_item\nfrom tortoise import Model\n")
    (project / "odd.py").write_text("from tortoise import (\n")
    (project / "old.py").write_bytes(
        "# -*- coding: latin-1 -*-\nfrom tortoise import Model  # \xe9\n".encode("latin-1")
    )
    told = run(code=1)
    assert "more.py:1:33: warning: ormgen has no escape_item of tortoise.converters" in told
    assert "odd.py:1:22: warning: this module cannot be read" in told or "odd.py:1:1: warning" in told
    assert (project / "more.py").read_text().endswith("from ormgen import Model\n")
    assert (project / "old.py").read_bytes().endswith("from ormgen import Model  # \xe9\n".encode("latin-1"))


BESIDE = {
    "Makefile": "migrate:\n\tpython -m x; aerich upgrade\n",
    "setup.cfg": "[options]\ninstall_requires =\n    tortoise-orm[asyncpg]\n",
    ".github/workflows/ci.yml": "run: aerich init -t settings.TORTOISE_ORM\n",
    "config.json": '{"engine": "tortoise.backends.asyncpg", "x": "tortoise"}\n',
    "compose.yaml": "environment: {ORM: app.settings.TORTOISE_ORM}\n",
    "docker/web.Dockerfile": "FROM tortoises\nRUN pip install aerich\n",
    "README.md": "tortoise-orm\n",
}


def test_what_stands_beside_the_program_is_told(project: Path) -> None:
    for name, text in BESIDE.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    told = run(code=1)
    assert [line for line in told.splitlines() if "stands here" in line] == [
        ".github/workflows/ci.yml:1:6: warning: `aerich init` stands here",
        "Makefile:2:15: warning: `aerich upgrade` stands here",
        "compose.yaml:1:20: warning: `app.settings.TORTOISE_ORM` stands here",
        "config.json:1:13: warning: `tortoise.backends.asyncpg` stands here",
        "docker/web.Dockerfile:2:17: warning: `aerich` stands here",
        "setup.cfg:3:5: warning: `tortoise-orm` stands here",
    ]
    assert {name: (project / name).read_text() for name in BESIDE} == BESIDE


def test_all_files_or_none(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    (project / ".settings.py.adopting").mkdir()
    assert "every file is as it was" in run(code=2)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_migrations_of_others_are_left_to_another_command(project: Path) -> None:
    folder = project / "migrations" / "models"
    folder.mkdir(parents=True)
    text = (
        "from tortoise import BaseDBAsyncClient\n\n\nasync def upgrade(db: BaseDBAsyncClient) -> str:\n    return ''\n"
    )
    (folder / "0_20240101000000_init.py").write_text(text)
    assert "ormgen adopt-migrations" in run(code=1)
    assert (folder / "0_20240101000000_init.py").read_text() == text


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources of public projects that use Tortoise ORM."""
    folder = unpacked(tmp_path_factory.mktemp("projects"), PROJECTS)
    own = folder / "tortoise_orm-1.1.9"
    shutil.rmtree(own / "tortoise")  # the library itself is no project for it
    for path in [*(own / "tests").glob("test_*.py"), *(own / "tests" / "migrations").glob("*.py")]:
        path.unlink()  # many more of the same kind
    return folder


PROJECTS = {"fastapi-admin==1.0.4": 1, "tortoise-api-model==0.10.2": 6, "tortoise-orm==1.1.9": 800}
IMPORTED = (
    "tests.testmodels",
    "tests.fields.subclass_models",
    "tests.schema.models_fk_1",
    "tests.schema.models_m2m_1",
    "tests.contrib.postgres.models_tsvector",
)
USE = """
import asyncio
from types import ModuleType
from ormgen import ORM
from tests.testmodels import Address, Event, Reporter, Team, Tournament

some = ModuleType("some")  # others of that module are wrong on purpose
some.__models__ = [Address, Event, Reporter, Team, Tournament]

async def main():
    await ORM.init(db_url="sqlite://:memory:", modules={"models": [some]})
    await ORM.generate_schemas()
    tournament = await Tournament.create(name="Cup")
    event = await Event.create(name="Final", tournament=tournament)
    await event.participants.add(await Team.create(name="A"))
    print(await Event.filter(participants__name="A").values("name", "tournament__name"))
    await ORM.close_connections()

asyncio.run(main())
"""


def test_real_projects(archives: Path) -> None:
    """Every module parses afterwards, has what it had, and those that need nothing else can be imported."""
    for wanted, most in PROJECTS.items():
        folder = archives / f"{wanted.replace('-', '_' if 'admin' not in wanted else '-').replace('==', '-')}"
        before = {path: path.read_bytes() for path in folder.rglob("*.py")}
        left = json.loads(CliRunner().invoke(cli, ["adopt", str(folder), "--json"]).stdout)["left"]
        assert len(left) <= most, left
        changed = 0
        for path, data in before.items():
            tree = ast.parse(path.read_bytes())
            changed += path.read_bytes() != data
            assert len(tree.body) >= len(ast.parse(data).body)
        assert changed > 3
        assert not CliRunner().invoke(cli, ["adopt", str(folder), "--diff"]).stdout
    own = archives / "tortoise_orm-1.1.9"
    told = ""
    environment = {**os.environ, "PYTHONPATH": str(own)}
    for code in (*(f"import {name}" for name in IMPORTED), USE):
        command = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(command, cwd=own, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (code, done.stderr)
        told += done.stdout
    assert "[{'name': 'Final', 'tournament__name': 'Cup'}]" in told
