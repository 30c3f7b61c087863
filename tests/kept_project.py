"""A project whose models lean on each other in every way, edits of it, and runs of `ormgen stubs` over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner

from ormgen_codegen.cli import cli
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.parse.parsed import SourceErrors
from ormgen_codegen.run import read_run

BASE = """
from enum import Enum
from ormgen import Model, fields
from ormgen.manager import Manager
from ormgen.queryset import QuerySet
LENGTH = 50
class Kind(Enum):
    GOOD = "good"
class Stamped(Model):
    made = fields.DatetimeField(auto_now_add=True)
    class Meta:
        abstract = True
class Rows(QuerySet["Team"]):
    def good(self) -> "Rows":
        return self
class Teams(Manager["Team"]):
    def get_queryset(self) -> Rows:
        return Rows(self._model)
"""
TEAMS = """
from app.base import Kind, LENGTH, Stamped, Teams
from ormgen import fields
class Team(Stamped):
    name = fields.CharField(max_length=LENGTH)
    kind = fields.CharEnumField(Kind)
    class Meta:
        manager = Teams()
class City(Stamped):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=LENGTH)
    def shout(self) -> str:
        return self.name
"""
HEROES = """
from app.base import Stamped
from app.teams import City
from ormgen import fields
from ormgen.models import Model
class Hero(Model):
    name = fields.TextField()
    team = fields.ForeignKeyField("a.Team", related_name="heroes", null=True)
    home = fields.ForeignKeyField("a.City", related_name="born")
class Power(Stamped):
    strength = fields.IntField()
    heroes = fields.ManyToManyField("a.Hero", related_name="powers")
class Super(City):
    extra = fields.IntField(default=0)
"""
LINKS = """
from ormgen import Model, fields
class Badge(Model):
    hero = fields.OneToOneField("a.Hero", pk=True, related_name="badge")
    color = fields.TextField()
class Seal(Model):
    badge = fields.OneToOneField("a.Badge", pk=True)
class Stamp(Model):
    seal = fields.ForeignKeyField("a.Seal", related_name="stamps")
    city = fields.ForeignKeyField("a.City", related_name="stamps", null=True)
class Grant(Model):
    hero = fields.ForeignKeyField("a.Hero", related_name="grants")
    club = fields.ForeignKeyField("a.Club", related_name="grants")
    since = fields.DateField()
class Club(Model):
    code = fields.IntField(unique=True)
    heroes = fields.ManyToManyField("a.Hero", related_name="clubs", through="Grant")
class Visit(Model):
    club = fields.ForeignKeyField("a.Club", to_field="code", related_name=False)
"""
QUERIES = """
from app.heroes import Hero
from app.teams import Team
async def ask():
    await Hero.filter(team__name="x").values("id", "name")
    await Team.all().prefetch_related("heroes__powers")
"""
FILES = {
    "base": BASE,
    "teams": TEAMS,
    "heroes": HEROES,
    "links": LINKS,
    "__init__": "",
    "queries": QUERIES,
    "more": "LENGTH = 3\n",
}
Edit = tuple[str, str, str]
EDITS: tuple[Edit, ...] = (
    ("heroes", "strength = fields.IntField()", "strength = fields.FloatField()"),
    ("heroes", "strength = fields.IntField()", "strength = fields.IntField()\n    token = fields.UUIDField(null=True)"),
    ("heroes", "    name = fields.TextField()", "    name = fields.TextField(unique=True)"),
    ("heroes", "    name = fields.TextField()", "    title = fields.TextField()"),
    ("heroes", 'related_name="heroes"', 'related_name="members"'),
    ("heroes", ', related_name="born"', ""),
    ("heroes", "extra = fields.IntField(default=0)", 'friend = fields.ForeignKeyField("a.Super", null=True)'),
    ("heroes", "class Super(City):", "class Villain(City):"),
    ("heroes", "class Power(Stamped):", "class Power(Model):"),
    ("heroes", "class Hero(Model):", "# a remark\nclass Hero(Model):"),
    ("heroes", '"a.City"', '"a.Team"'),
    ("heroes", "class Power", 'class Medal(Model):\n    hero = fields.OneToOneField("a.Hero", pk=True)\nclass Power'),
    ("teams", "return self.name", 'return self.name + "!"'),
    ("teams", "id = fields.IntField(pk=True)", "code = fields.CharField(pk=True, max_length=3)"),
    ("teams", "kind = fields.CharEnumField(Kind)", "kind = fields.CharEnumField(Kind, null=True)"),
    ("teams", "def shout(self)", "def strength(self)"),
    ("teams", "        manager = Teams()", '        ordering = ["nothing"]'),
    ("teams", "        manager = Teams()", "        table = 'teams'"),
    ("teams", "from app.base import Kind, LENGTH,", "from app.more import LENGTH\nfrom app.base import Kind,"),
    ("base", "LENGTH = 50", "LENGTH = 60"),
    ("base", 'GOOD = "good"', 'BAD = "bad"'),
    ("base", "class Kind(Enum):", "class Sort(Enum):\n    A = 'a'\nclass Kind(Enum):"),
    ("base", "    made = fields", "    done = fields.BooleanField()\n    made = fields"),
    ("base", "def good(self)", "def filter(self, **asked: object)"),
    ("base", 'QuerySet["Team"]', "QuerySet"),
    ("more", "LENGTH = 3", "LENGTH = 4"),
    ("__init__", "", "from app.teams import City as Town\n"),
    ("queries", 'team__name="x"', 'team__name__startswith="x"'),
    ("queries", 'team__name="x"', 'home__name__in=["x"]'),
    ("queries", 'team__name="x"', 'team__name__not_in=["x"]'),
    ("queries", '.values("id", "name")', '.values("name", "team__name")'),
    ("queries", ".all()", '.all().select_related("heroes")'),
    ("queries", '"heroes__powers"', '"heroes"'),
    ("queries", "await Hero", 'await Hero.all().annotate(n=Count("powers"))\n    await Hero'),
    ("heroes", "    name = fields.TextField()", "    name = fields.CharField(max_length=9, pk=True)"),
    ("links", "color = fields.TextField()", "color = fields.IntField(unique=True)"),
    ("links", '("a.Badge", pk=True)', '("a.Badge", related_name="seal")'),
    ("links", 'ForeignKeyField("a.Seal", related_name="stamps")', 'OneToOneField("a.Seal", related_name="stamp")'),
    ("links", 'hero = fields.ForeignKeyField("a.Hero"', 'hero = fields.OneToOneField("a.Hero"'),
    ("links", ', through="Grant"', ""),
    ("links", ', through="Grant"', ', through="grants"'),
    ("links", "code = fields.IntField(unique=True)", "code = fields.UUIDField(unique=True)"),
    ("links", 'to_field="code"', 'to_field="id"'),
    ("links", "related_name=False", 'related_name="visits"'),
    ("links", "class Visit(Model):", "class Visit(Model):\n    class Meta:\n        table = 'seen'"),
    ("links", "    since = fields.DateField()\n", "    class Meta:\n        unique_together = (('hero', 'club'),)\n"),
    ("links", "    since = fields.DateField()\n", "    class Meta:\n        primary_key = ('hero', 'club')\n"),
    ("queries", "", ""),
    ("queries", "await Hero", "await Hero.create(name='x', home_id=1)\n    await Hero"),
    ("queries", "await Hero", "Power(strength=1)\n    await team.heroes.create(name='x')\n    await Hero"),
    ("queries", "await Team", "await City.all().update(name='x')\n    await rows.update(color='x')\n    await Team"),
    (
        "queries",
        "await Team",
        "await make.get_or_create(name='x')\n    one.update_from_dict({})\n    await Team",
    ),
    ("teams", "return self.name", "self.update_from_dict({'name': 'x'}); return self.name"),
)


def settle(folder: Path, depth: str) -> None:
    (folder / "pyproject.toml").write_text(f'[tool.ormgen]\napps = {{ a = ["app"] }}\ndepth = "{depth}"\n')


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / "app" / f"{name}.py").write_text(text)


def run(*arguments: str) -> int:
    return CliRunner().invoke(cli, ["stubs", "--quiet", *arguments]).exit_code


def present(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.pyi")}


def cold(folder: Path) -> dict[str, bytes] | None:
    try:
        files = generated_files(read_run([], load_config(folder)))
    except SourceErrors:
        return None
    return {str(path): text.encode() for path, text in files.items()}
