"""Lean runs: what writes objects, and some questions, are exact where the project uses them, and loose elsewhere."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kept_project import present, run
from ormgen.schema.graph import LinkedModel
from ormgen_codegen import kept_sections
from ormgen_codegen.config import load_config
from ormgen_codegen.depth import Depth, reach
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run
from ormgen_codegen.scan_words import constructed, words
from ormgen_codegen.stub_scope import Scope

MODELS = """
from ormgen import Model, fields
class Team(Model):
    name = fields.TextField()
    def rename(self) -> None:
        self.name = "x"
class Hero(Model):
    name = fields.TextField()
    power = fields.IntField(default=0)
    team = fields.ForeignKeyField("a.Team", related_name="heroes")
    friends = fields.ManyToManyField("a.Hero", related_name="liked_by")
class Person(Model):
    title = fields.TextField()
class Villain(Person):
    evil = fields.IntField(default=1)
class Log(Model):
    text = fields.TextField()
    using_db = fields.TextField()
class Count(Model):
    value = fields.IntField()
    async def create(self) -> None: ...  # type: ignore[override]  # pyright: ignore
"""
SETTINGS = """
[tool.ormgen]
apps = { a = ["app.models"] }
depth = "lean"
[tool.mypy]
strict = true
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__init__.py").write_text("")
    (tmp_path / "app/models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"reportMissingModuleSource": False}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def stubs(project: Path, use: str) -> str:
    """All generated text, given what the application says."""
    (project / "app/use.py").write_text(use)
    return "\n".join(generated_files(read_run([], load_config(project))).values())


def spelled(project: Path, use: str) -> set[str]:
    """The words about Hero and Team that are spelled out."""
    text = stubs(project, use)
    words = {f"{model}{end}" for model in ("Hero", "Team") for end in ("New", "Values", "Creator")}
    found = {word for word in words if f"class {word}(" in text}
    for model in ("Hero", "Team"):
        base = text.partition(f"class {model}Base(")[2].partition("\nclass ")[0]
        found |= {f"{model}.{name}" for name in METHODS if f"def {name}(" in base}
        found |= {f"{model}.{name}" for name in QUESTIONS if f"    {name}: ClassVar" in base}
        queries = text.partition(f"class {model}Queries(")[2].partition("\nclass ")[0]
        found |= {f"{model}.update"} if "def update(" in queries else set()
        found |= {f"{model}().{name}" for name in QUESTIONS if f"    {name}: {model}Filter" in queries}
    return found


METHODS = ("__init__", "create", "get_or_create", "update_or_create", "update_from_dict")
QUESTIONS = ("get", "get_or_none", "exclude", "exists", "Q")
HERO_NEW = {"HeroNew", "Hero.__init__", "Hero.create"}
TEAM_NEW = {"TeamNew", "Team.__init__", "Team.create"}


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("", set()),
        ("Hero.create()", HERO_NEW),
        ("await models.Hero.create(**values)", HERO_NEW),
        ("Hero.bulk_create([Hero(name='x'), Hero(name='y')])", HERO_NEW),
        ("models.Hero(name='x')", HERO_NEW),
        ("class Hero(Base): ...", set()),
        ("make: type[Hero] = Hero", set()),
        ("class Hero(Base):\n    def copy(cls):\n        return cls(name='x')", HERO_NEW),
        ("class Hero(Base):\n    async def copy(cls):\n        return await cls.create()", HERO_NEW),
        ("class Heroes:\n    async def copy(cls):\n        return await cls.create()", set()),
        ("Hero.get_or_create(name='x')", {"HeroValues", "Hero.get_or_create"}),
        ("Hero.update_or_create({}, name='x')", {"HeroValues", "Hero.update_or_create"}),
        ("Hero.filter(power=1).limit(3).update(power=3)", {"Hero.update"}),
        ("Hero.all().update(**values)", {"Hero.update"}),
        ("Hero.update(values)", set()),
        ("rows.update(power=3)", {"Hero.update"}),
        ("rows.update(name='x')", {"Hero.update", "Team.update"}),
        ("rows.update(name='x', nobody=3)", set()),
        ("rows.update(name='x', power=4, temm=3)", {"Hero.update"}),
        ("rows.update(nobody=3)", set()),
        ("session.update(x)\nvalues.update({'name': 1})\nrows.update(**values)\nsha.update()", set()),
        ("hero.update_from_dict({'power': 1})", {"HeroValues", "Hero.update_from_dict"}),
        ("hero.update_from_dict(dict(power=1))", {"HeroValues", "Hero.update_from_dict"}),
        ("hero.update_from_dict(values)", set()),
        ("some.update_or_create(power=3, defaults={'name': 'x'})", {"HeroValues", "Hero.update_or_create"}),
        ("some.update_or_create(power=3, defaults={'title': 'x'})", set()),
        ("team.heroes.create(name='x')", {"HeroNew", "HeroCreator", *HERO_NEW}),
        ("hero.liked_by.create(name='x', team_id=1, using_db=db)", {"HeroCreator", *HERO_NEW}),
        ("team.heroes.create(title='x')", {"HeroCreator", *HERO_NEW}),
        ("kind.create(name='x', power=1)", {"HeroCreator", *HERO_NEW}),
        ("self.kind.create(name='x', power=1)", HERO_NEW),
        ("self.kind.create(name='x')", HERO_NEW | TEAM_NEW),
        ("Hero.exists()", set()),
        ("Hero.exists(name='x')", {"Hero.exists"}),
        ("Hero.exists(Hero.Q(**values))", {"Hero.exists", "Hero.Q"}),
        ("Hero.filter(power=1).exists()", set()),
        ("await Hero.get(Q(name='x'))", {"Hero.get"}),
        ("Hero.exclude(name='x')", set()),
        ("await Hero.get_or_none(id=1)", {"Hero.get_or_none"}),
        ("await Hero.filter(power=1).get(id=1)", {"Hero().get"}),
        ("await Hero.objects.get(id=1)", {"Hero.get", "Hero().get"}),
        ("await Hero.all().get_or_none(name='x')", {"Hero().get_or_none"}),
        ("Hero.all().exclude(power__gt=3)", {"Hero().exclude"}),
        ("rows.exclude(power__gt=3)", {"Hero().exclude"}),
        ("team.heroes.exclude(name='x')", {"Hero().exclude"}),
        ("await model.get(power__gt=3)", {"Hero.get", "Hero().get"}),
        ("await make().get(power__gt=3, team__name='x')", {"Hero().get"}),
        ("await team.heroes.get(name='x')", {"Hero().get"}),
        ("values.get('name')\nvalues.get(name)\nclient.get(url, timeout=3)\npath.exists()", set()),
        ("client.create(model='x', name='y')\nkind.create(**values)\nkind.create()\ncreate(name='x')", set()),
    ],
)
def test_what_is_used_is_spelled_out(project: Path, use: str, words: set[str]) -> None:
    assert spelled(project, use) == words


def test_what_models_call_themselves_counts(project: Path) -> None:
    text = MODELS.replace('self.name = "x"', "self.name = str(type(self).filter(pk=1).update(name='x'))")
    (project / "app/models.py").write_text(text)
    assert spelled(project, "") == {"Hero.update", "Team.update"}


def led(project: Path, use: str) -> set[str]:
    """What leads to many objects and is spelled out, with the classes that it has."""
    lines = [line.strip() for line in stubs(project, use).splitlines()]
    found = {line.partition(":")[0] for line in lines if line.startswith(("heroes: ", "liked_by: ", "friends: "))}
    loose = {line.partition(":")[0] for line in lines if line.endswith(": Unwritten")}
    return found - loose | {
        line.split("(")[0].split()[1] for line in lines if line.startswith(("class HeroOf", "class HeroMany"))
    }


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("", set()),
        ("team.heroes", {"heroes", "HeroOf_team"}),
        ("team\\\n  .heroes\\\n  .filter(name='x')", {"heroes", "HeroOf_team"}),
        ("await Team.all().prefetch_related('heroes')", {"heroes", "HeroOf_team", "HeroOf_teamFetched"}),
        ("await other.prefetch_related('team__heroes')", {"heroes", "HeroOf_team", "HeroOf_teamFetched"}),
        ("Team.annotate(n=Count('heroes')).filter(heroes__name='x')", {"heroes", "HeroOf_team", "HeroOf_teamFetched"}),
        ("Team.filter(heroes__name='x').order_by('heroes__power')", set()),
        ("hero.liked_by.all()", {"liked_by", "HeroManyToMany"}),
        ("hero.friends.add(other)", {"friends", "HeroManyToMany"}),
        ("Team.prefetch_related(*names)", {"heroes", "HeroOf_team", "HeroOf_teamFetched"}),
    ],
)
def test_what_leads_to_many_is_spelled_out_where_it_is_named(project: Path, use: str, words: set[str]) -> None:
    assert led(project, use) == words


def test_other_depths_spell_out_everything(project: Path) -> None:
    for depth in ("used", "exact", "full", "auto"):
        (project / "pyproject.toml").write_text(SETTINGS.replace("lean", depth))
        assert spelled(project, "") >= HERO_NEW | {"HeroValues", "Hero.update", "Hero.update_from_dict"}


def test_heirs_are_as_loose_as_nothing_is_asked_of_them(project: Path) -> None:
    text = stubs(project, "Person.create()").partition("class VillainBase(")[2].partition("\nclass ")[0]
    assert "async def create(cls, using_db: Connection | None = ..., **values: Any) -> Self: ..." in text
    assert "def __init__(self, **values: Any) -> None: ..." in text
    assert "class VillainNew(" not in text


def test_names_that_would_clash_are_spelled_out(project: Path) -> None:
    text = stubs(project, "")
    assert "class LogNew(" in text
    assert "class LogValues(" in text
    base = text.partition("class CountBase(")[2].partition("\nclass ")[0]
    assert "Stored[" not in base.partition(":")[0]
    assert "def create(" not in base


def test_how_many_models_are_lean() -> None:
    assert [reach(Depth.AUTO, models).lean for models in (40, 41, 200, 201)] == [False, False, False, True]


USE = """
from typing import Any
from app.models import Hero, Team
async def right(team: Team, values: dict[str, Any]) -> list[str]:
    one = await Hero.create(name="x", team=team)
    two = Hero(name="x", team_id=1, power=3)
    await two.save()
    three = await team.heroes.create(name="x", power=1)
    four, made = await Hero.get_or_create(name="x", defaults={"power": 1})
    five, _ = await Hero.update_or_create(values, name="x")
    six = five.update_from_dict({"power": 2})
    count = await Hero.filter(name="x").exclude(name="y").update(power=3) + 1
    count += (await Hero.get(id=1)).power + (await Hero.exclude(power=1).get(id=1)).power
    maybe = await Hero.get_or_none(id=1) or await Hero.all().get_or_none(name="x")
    if maybe is not None and await Hero.exists(Hero.Q(name="x"), power=1):
        print(maybe.name)
    seven = await six.friends.create(name="x", team=team)
    locked = await Hero.select_for_update().filter(name="x").first()
    teams = await Team.exclude(name="y").prefetch_related("heroes")
    print([each.name for team in teams for each in team.heroes], None if locked is None else locked.name)
    print([each.power for each in await one.liked_by.filter(power=3)])
    return [one.name, two.name, three.name, four.name, five.name, six.name, seven.name, str(made), str(count)]
"""
WRONG = """
from app.models import Hero, Team
async def wrong(team: Team, hero: Hero) -> None:
    await Hero.create(nam="x", team=team)
    Hero(name=3, team=team)
    await team.heroes.create(nam="x")
    await Hero.get_or_create(nam="x")
    await Hero.update_or_create(nam="x")
    hero.update_from_dict({"powe": 3})
    await Hero.filter(name="x").update(powe=3)
    await Hero.get(nam="x")
    await Hero.get_or_none(nam="x")
    await Hero.all().get(nam="x")
    await Hero.all().get_or_none(nam="x")
    Hero.all().exclude(nam="x")
    await Hero.exists(nam="x")
    Hero.Q(nam="x")
    Hero.select_for_update().filter(nam="x")
    Team.exclude(nam="x")
    await hero.liked_by.filter(nam="x")
    team.heroes.all().order_by("nam")
"""
CHECKERS = {
    "mypy": ("mypy", "app/use.py", "app/wrong.py", "--no-error-summary"),
    "pyright": ("pyright", "--pythonpath", sys.executable, "app/use.py", "app/wrong.py"),
}


def lines_told(checker: str) -> set[int]:
    """The lines of `wrong.py` that a checker complains about, 0 for another file's."""
    done = subprocess.run([sys.executable, "-m", *CHECKERS[checker]], capture_output=True, text=True, check=False)
    print(done.stdout)
    errors = [line for line in done.stdout.splitlines() if "error:" in line]
    return {int(line.split(":")[1]) if "wrong.py:" in line else 0 for line in errors}


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_first_use_is_no_error_and_the_next_run_makes_it_exact(project: Path, checker: str) -> None:
    assert run() == 0
    (project / "app/use.py").write_text(USE)
    (project / "app/wrong.py").write_text(WRONG)
    assert lines_told(checker) == set()
    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    assert lines_told(checker) == {*range(4, 22)}


def test_one_use_more_describes_one_model_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = kept_sections._made

    def counted(scope: Scope, model: LinkedModel, *others: Any) -> object:
        made.append(model.name)
        return make(scope, model, *others)

    monkeypatch.setattr(kept_sections, "_made", counted)
    use = project / "app/use.py"
    use.write_text("")
    assert run() == 0
    empty = present(project)
    made.clear()
    for text, models in (
        ("await Team.create(name='x')", ["Team"]),
        ("Team(name='x')\nawait Team.create(name='x', nobody=3)", []),
        ("Team(name='x')\nrows.update(name='x', nobody=3)\nvalues.update(x)", []),
        ("Team(name='x')\nrows.update(text='x')", []),  # spelled out, for a column called using_db
        ("rows.update(power=3)", ["Hero", "Team"]),
        ("", ["Hero"]),
    ):
        use.write_text(text)
        made.clear()
        assert run() == 0
        assert sorted(made) == models, text
        files = generated_files(read_run([], load_config(project)))
        assert present(project) == {str(path): each.encode() for path, each in files.items()}
    assert present(project) == empty


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hero(name='x')", {"Hero"}),
        ("class Hero(Model): ...", set()),
        ("class Hero(Model): ...\nx = Hero()", {"Hero"}),
        ("hero(); make_hero(); HERO = 3", set()),
        ("class Hero:\n    def new(cls):\n        return cls(x=1)", {"Hero"}),
        ("x = cls(1)", set()),
        ("class Hero:\n    def new(self):\n        return mycls(x=1)", set()),
    ],
)
def test_names_that_are_called(text: str, names: set[str]) -> None:
    assert constructed(text) == names


def test_calls_that_write() -> None:
    text = "def create(self, name=1): pass\nx.create(b=1, a=2)\n# y.z.create(\nbulk.update(a=1"
    assert list(words(text)) == [(("x",), ("create", "", ("a", "b")))]
    assert list(words("make().heroes\\\n  .create(using_db=1, c=1)")) == [((), ("create", "()", ("c",)))]
