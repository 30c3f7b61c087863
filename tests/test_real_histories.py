"""Real aerich and Tortoise ORM, taken from the package index, make databases and histories, and ormgen goes on.

They are installed into a temporary folder and run by processes of their own.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

MODELS = """
import uuid
from decimal import Decimal
from enum import Enum, IntEnum

from tortoise import fields
from tortoise.models import Model


class Color(str, Enum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    S = 1
    L = 2


class Team(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=50, unique=True, description="its name")
    code = fields.CharField(max_length=20, index=True)
    motto = fields.TextField(null=True)
    color = fields.CharEnumField(Color, default=Color.RED)
    size = fields.IntEnumField(Size, default=Size.S)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.5"))
    data = fields.JSONField(default=dict)
    token = fields.UUIDField(default=uuid.uuid4)
    flag = fields.BooleanField(default=True)
    ratio = fields.FloatField(default=0.5)
    day = fields.DateField(null=True)
    born = fields.DatetimeField(auto_now_add=True)
    seen = fields.DatetimeField(auto_now=True)
    span = fields.TimeDeltaField(null=True)
    blob = fields.BinaryField(null=True)
    big = fields.BigIntField(default=3)
    small = fields.SmallIntField(default=3)

    class Meta:
        table = "teams"
        table_description = "the teams"
        unique_together = (("name", "code"),)
        indexes = [("code", "flag")]


class Hero(Model):
    id = fields.UUIDField(pk=True)
    name = fields.CharField(max_length=50)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True, on_delete=fields.SET_NULL)
    boss = fields.OneToOneField("models.Team", related_name="boss", on_delete=fields.RESTRICT)
    friends = fields.ManyToManyField("models.Hero", related_name="friend_of", through="hero_friends")
    teams = fields.ManyToManyField("models.Team", related_name="members")
"""
SETTINGS = """
import os

CONFIG = {
    "connections": {"default": os.environ["URL"]},
    "apps": {"models": {"models": ["shop.models"MORE], "default_connection": "default"}},
}
"""
WORK = """
import asyncio, datetime, decimal, sys
from settings import CONFIG
from shop.models import Hero, Team

NAMES = {
    "Team": "id name code motto color size price data token flag ratio day born seen span blob big small".split(),
    "Hero": "id name team_id boss_id".split(),
}


def told(value):
    if isinstance(value, decimal.Decimal):
        return str(value.normalize())
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


async def main():
    from LIBRARY import CLASS as ORM
    await ORM.init(config=CONFIG)
    if "write" in sys.argv:
        moment = datetime.timedelta(days=2, microseconds=3)
        team = await Team.create(name="A", code="b", data={"x": [1, None]}, span=moment, blob=b"\\0", price="12.34")
        await Team.create(name="1", code="2", data=[], day=datetime.date(2024, 2, 29))
        hero = await Hero.create(name="Thor", team=team, boss=team)
        await hero.friends.add(hero)
        await hero.teams.add(team)
    for model in (Team, Hero):
        for row in await model.all().order_by("name"):
            print({name: told(getattr(row, name)) for name in NAMES[model.__name__]})
    print([(team.name, len(await team.members.all())) for team in await Team.all().order_by("name")])
    await ORM.close_connections()


asyncio.run(main())
"""
AERICH = "import sys; from aerich.cli import main; sys.argv[0] = 'aerich'; main()"


@dataclass(frozen=True)
class Tool:
    """Releases that belong together, and the commands that make a database with them."""

    requirements: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    more: str = ""


TOOLS = {
    "aerich of 2024": Tool(
        ("tortoise-orm==0.21.7", "aerich==0.7.2"),
        (("-c", AERICH, "init", "-t", "settings.CONFIG"), ("-c", AERICH, "init-db")),
        ', "aerich.models"',
    ),
    "aerich of 2026": Tool(
        ("tortoise-orm==1.1.9", "aerich==0.10.1"),
        (("-m", "aerich", "init", "-t", "settings.CONFIG"), ("-m", "aerich", "init-db")),
        ', "aerich.models"',
    ),
    "tortoise of 2026": Tool(
        ("tortoise-orm==1.1.9",),
        tuple(("-m", "tortoise", "-c", "settings.CONFIG", word) for word in ("init", "makemigrations", "migrate")),
    ),
}


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path | str]:
    """Folders of what is installed so far, or why it cannot be."""
    return {}


@pytest.fixture(params=TOOLS)
def tool(
    request: pytest.FixtureRequest,
    installed: dict[tuple[str, ...], Path | str],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Tool, Path]:
    wanted = TOOLS[request.param]
    if wanted.requirements not in installed:
        folder = tmp_path_factory.mktemp("tools")
        command = [sys.executable, "-m", "pip", "install", "--quiet", f"--target={folder}", *wanted.requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        installed[wanted.requirements] = f"cannot install {wanted.requirements[-1]}" if done.returncode else folder
    found = installed[wanted.requirements]
    if isinstance(found, str):
        pytest.skip(found)
    return wanted, found


def run(folder: Path, *arguments: str, url: str, path: Path | None = None) -> str:
    """What a process says; with `path`, one in which the other tool is found."""
    environment = {**os.environ, "URL": url, "NO_COLOR": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(str(each) for each in (path, folder) if each is not None)
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_what_they_left_goes_on(tool: tuple[Tool, Path], db_url: str, tmp_path: Path) -> None:
    wanted, path = tool
    url = db_url if not db_url.startswith("sqlite") else f"sqlite://{tmp_path}/db.sqlite3"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    models = MODELS if "1.1.9" not in wanted.requirements[0] else MODELS.replace("index=True", "db_index=True")
    (tmp_path / "shop" / "models.py").write_text(models)
    packages = ', "migrations": "shop.migrations"' if not wanted.more else ""
    text = SETTINGS.replace("MORE", wanted.more).replace('"default"}}', f'"default"{packages}}}}}')
    (tmp_path / "settings.py").write_text(text)
    if packages:
        (tmp_path / "pyproject.toml").write_text('[tool.ormgen]\norm = "settings.CONFIG"\n')
    for command in wanted.commands:
        run(tmp_path, *command, url=url, path=path)
    work = WORK.replace("LIBRARY", "tortoise").replace("CLASS", "Tortoise")
    before = run(tmp_path, "-c", work, "write", url=url, path=path)
    told = run(tmp_path, "-m", "ormgen_codegen", "adopt-migrations", "--yes", url=url)
    assert "1 migrations of " in told
    assert "no changes" in run(tmp_path, "-m", "ormgen_codegen", "migrate", url=url)
    assert "as its migrations say" in run(tmp_path, "-m", "ormgen_codegen", "drift", url=url)
    (tmp_path / "shop" / "models.py").write_text(models.replace("tortoise", "ormgen"))
    (tmp_path / "settings.py").write_text(text.replace(wanted.more, ""))
    after = run(tmp_path, "-c", work.replace("tortoise", "ormgen").replace("Tortoise", "ORM"), url=url)
    assert after == before
