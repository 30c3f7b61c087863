"""Above 200 models filters know the usual lookups, and the others once the project uses them; aliases are texts."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from graphs import graph, model
from ormgen.records import replace
from ormgen.schema.field_types import (
    BooleanField,
    CharField,
    DateField,
    DatetimeField,
    IntField,
    JSONField,
    TimeDeltaField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.cli import cli
from ormgen_codegen.declared import Declarations
from ormgen_codegen.depth import Depth, reach
from ormgen_codegen.fingerprints import frame_of
from ormgen_codegen.render import RenderError, render, render_section
from ormgen_codegen.signatures import filter_keywords
from ormgen_codegen.stub import describe_types, project
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.targets import TARGETS
from ormgen_codegen.usage import Usage
from ormgen_codegen.views import Alias, Section, quoted

RANGED: Final = "gt gte lt lte"
NOT_KEYS: Final = ["name", "nick", "power", "token", "born", "seen", "spent", "notes"]


def heroes() -> ModelGraph:
    return graph(
        model("Team", name=CharField(50)),
        model(
            "Hero",
            name=CharField(50),
            nick=CharField(50, null=True),
            power=IntField(),
            token=UUIDField(),
            ready=BooleanField(),
            born=DateField(null=True),
            seen=DatetimeField(),
            spent=TimeDeltaField(),
            notes=JSONField(),
            team=ForeignKeyFieldInstance("models.Team", "heroes"),
            former=ForeignKeyFieldInstance("models.Team", "earlier", null=True),
            friends=ManyToManyFieldInstance("models.Hero", related_name="friend_of"),
        ),
    )


def lookups(*keys: str, of: str = "Hero", depth: Depth = Depth.LEAN) -> Mapping[str, set[str]]:
    """What stands behind each name, "" for the name alone; `keys` are what the project writes."""
    models = heroes()
    scope = Scope(project(models, Declarations(), Usage(keys=frozenset(keys)), depth), "tests")
    found: dict[str, set[str]] = {}
    for group in filter_keywords(scope, models[f"models.{of}"]):
        for keyword in group:
            name, _, lookup = keyword.name.partition("__")
            found.setdefault(name, set()).add(lookup)
    return found


def words(text: str) -> set[str]:
    return {"", *text.split()}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("pk", "in"),
        ("id", "in"),
        ("name", "in contains icontains startswith iexact"),
        ("nick", "in isnull contains icontains startswith iexact"),
        ("power", f"in {RANGED}"),
        ("token", "in"),
        ("ready", ""),
        ("born", f"isnull {RANGED}"),
        ("seen", RANGED),
        ("spent", RANGED),
        ("notes", "contains"),
        ("team_id", "in"),
        ("former_id", "in isnull"),
        ("team", ""),
        ("former", "isnull"),
        ("friends", ""),
        ("friend_of", ""),
    ],
)
def test_what_is_there_before_anybody_uses_it(name: str, wanted: str) -> None:
    assert lookups()[name] == words(wanted)


def test_a_lookup_used_once_is_known_of_every_column_that_has_it() -> None:
    found = lookups("made__range")  # of another model, perhaps
    assert [name for name, each in found.items() if "range" in each] == ["power", "born", "seen", "spent"]
    found = lookups("-made__year", "label__endswith")
    assert [name for name, each in found.items() if "year" in each] == ["born", "seen"]
    assert "endswith" in lookups("label__endswith", of="Team")["name"]
    found = lookups("label__not")
    assert [name for name, each in found.items() if "not" in each] == NOT_KEYS


def test_rare_lookups_stay_with_the_columns_that_are_asked_so() -> None:
    before, found = (
        lookups(),
        lookups("name__regex", "label__gt", "size__month", "team_id__not_isnull", "team__in", "id__gt"),
    )
    assert found["name"] == before["name"] | {"regex"}
    assert found["team_id"] == before["team_id"] | {"not_isnull"}
    assert found["team"] == before["team"] | {"in"}
    assert found["id"] == before["id"] | {"gt"}
    assert found["nick"] == before["nick"]
    assert found["seen"] == before["seen"]
    assert found["born"] == before["born"]
    assert lookups("seen__in", "made__in")["seen"] == before["seen"] | {"in"}
    assert lookups(of="Team")["heroes"] == {""}
    assert lookups("heroes__in", "heroes__isnull", of="Team")["heroes"] == words("isnull in")


@pytest.mark.parametrize("key", ["nick__iregex", "pk__gt", "pk__not", "former_id__not_in", "former__in", "ready__in"])
def test_every_own_lookup_is_known_by_its_use(key: str) -> None:
    name, _, lookup = key.partition("__")
    assert lookup not in lookups()[name]
    assert lookup in lookups(key)[name]


def test_only_lean_runs_are_so() -> None:
    used, full = lookups(depth=Depth.USED), lookups(depth=Depth.FULL)
    assert {"not", "not_in", "range", "year", "date"} < used["seen"]
    assert used["team"] == words("in")
    assert used["id"] > words("gt not range")
    assert reach(Depth.AUTO, 200, ["made__range"]) == reach(Depth.AUTO, 200)
    assert reach(Depth.AUTO, 201, ["made__range"]) != reach(Depth.AUTO, 201)
    assert lookups("made__range", depth=Depth.FULL) == full


def test_keys_of_several_columns_by_their_use() -> None:
    models = graph(
        model("Area", {"primary_key": ("code", "number")}, code=CharField(3), number=IntField()),
        model("Post", area=ForeignKeyFieldInstance("models.Area", "posts")),
    )
    for depth in (Depth.LEAN, Depth.USED):
        scope = Scope(project(models, Declarations(), Usage(keys=frozenset({"area_pk__not"})), depth), "tests")
        names = {keyword.name for group in filter_keywords(scope, models["models.Post"]) for keyword in group}
        assert {"area_pk", "area_pk__in", "area_pk__not"} <= names
        assert "area_pk__not_in" not in names


def test_a_new_word_concerns_all_models() -> None:
    def frame(*keys: str, depth: Depth = Depth.LEAN) -> bytes:
        return frame_of(project(heroes(), Declarations(), Usage(keys=frozenset(keys)), depth))

    assert frame() == frame("name__regex") == frame("team__name")
    assert frame("made__range") != frame()
    assert frame("made__range", "made__year") == frame("born__year", "seen__range")
    assert frame("made__range", depth=Depth.USED) == frame(depth=Depth.USED)


def test_stubs_for_tortoise_keep_what_it_has_of_foreign_keys() -> None:
    models, tortoise = heroes(), TARGETS["tortoise"]
    known = replace(project(models, Declarations(), Usage(), Depth.LEAN), target=tortoise)
    names = {
        keyword.name for group in filter_keywords(Scope(known, "tests"), models["models.Hero"]) for keyword in group
    }
    assert {"team", "team_id", "team_id__in", "former_id__isnull"} <= names


def texts(depth: Depth) -> str:
    found = describe_types(heroes(), "tests", Declarations(), Usage(), depth)
    return "\n".join(render(view) for view in found)


def test_aliases_of_lean_runs_are_texts() -> None:
    lean = [line for line in texts(Depth.LEAN).splitlines() if ": TypeAlias = " in line]
    assert len(lean) >= 16
    assert [line for line in lean if not re.search("TypeAlias = '[^']+'$", line)] == []
    assert "TypeAlias = '" not in texts(Depth.USED)
    assert "TeamReference: TypeAlias = TeamRef | int | Computable\n" in texts(Depth.USED)
    assert "TeamReference: TypeAlias = 'TeamRef | int | Computable'" in lean


def test_what_the_user_wrote_in_quotes_is_not_quoted_again() -> None:
    assert quoted(Alias("Kind", "Literal['a']")) == Alias("Kind", "Literal['a']")
    assert quoted(Alias("Kind", 'Literal["a"]')) == Alias("Kind", "'Literal[\"a\"]'")


def test_texts_beside_quoted_aliases_are_looked_at() -> None:
    whole = quoted(Alias("Kind", "int"))
    assert render_section(Section("a", aliases=(whole, whole)))
    with pytest.raises(RenderError):
        render_section(Section("a", aliases=(whole, Alias("Other", "Literal['a' b]"))))


MODELS = """
from ormgen import Model, fields
class Team(Model):
    name = fields.CharField(max_length=50)
class Hero(Model):
    name = fields.CharField(max_length=50)
    power = fields.IntField()
    born = fields.DateField(null=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
"""
RIGHT = """
import datetime
from typing_extensions import assert_type
from app.models import Hero, Team
async def right(day: datetime.date) -> None:
    await Hero.filter(name__icontains="a", name__in=["b"], power__gte=1, born__isnull=True, born__lt=day)
    await Hero.filter(team=1, team_id__in=[1, 2], team__name="x").exclude(pk__in=[1])
    await Team.filter(heroes__isnull=True, heroes=1).order_by("-name").prefetch_related("heroes")
    hero = await Hero.all().order_by("-power", "team").only("name", "team").get(id=1)
    assert_type(await hero.team, Team)
    assert_type((await Hero.all().select_related("team").get(id=1)).team, Team)
"""
USING = """
async def using(day: datetime.date) -> None:
    await Hero.filter(born__range=(day, day), team__in=[1], name__regex="a")
"""
NEXT = """
async def later() -> None:
    await Hero.filter(power__range=(1, 2))
"""
WRONG = (
    'Hero.filter(nmae="x")',
    'Hero.filter(name__icontain="x")',
    'Hero.filter(power__gte="x")',
    'Hero.filter(power__in=["x"])',
    "Hero.filter(born__lt=1)",
    'Hero.filter(team_id__in=["x"])',
    'Hero.filter(team="x")',
    'Hero.all().order_by("-nmae")',
    'Team.all().prefetch_related("heros")',
    'Hero.all().select_related("heroes")',
    'Hero.all().only("nmae")',
    "Team().heroes.filter(nmae=1)",
    "Hero.filter(team__name=1)",
    'Team.filter(heroes="x")',
)


class Checked:
    """A project in a folder, with what type checkers say of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "app").mkdir()
        (folder / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["app.models"] }\ndepth = "lean"\n')
        for name, text in (("__init__", ""), ("models", MODELS)):
            (folder / "app" / f"{name}.py").write_text(text)

    def write(self, *texts: str, stubs: bool = True) -> None:
        (self.folder / "use.py").write_text("".join(texts))
        if stubs:
            done = CliRunner().invoke(cli, ["stubs", "--quiet"])
            assert done.exit_code == 0, done.output

    def stale(self) -> bool:
        return CliRunner().invoke(cli, ["stubs", "--quiet", "--check"]).exit_code != 0

    def lines(self, checker: str) -> list[int]:
        """The lines in which a checker finds something."""
        options = ("--strict",) if checker == "mypy" else ("--pythonpath", sys.executable)
        done = subprocess.run(
            [sys.executable, "-m", checker, *options, "use.py"], cwd=self.folder, capture_output=True, text=True
        )
        errors = [line for line in done.stdout.splitlines() if ": error:" in line or " - error:" in line]
        assert bool(errors) is bool(done.returncode), done.stdout + done.stderr
        return sorted({int(line.rpartition("use.py:")[2].partition(":")[0]) for line in errors})


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.chdir(tmp_path)
    return Checked(tmp_path)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_take_right_calls_and_refuse_wrong_ones(checked: Checked, checker: str) -> None:
    calls = "".join(f"{call}\n" for call in WRONG)
    checked.write(RIGHT, calls)
    first = RIGHT.count("\n") + 1
    assert checked.lines(checker) == list(range(first, first + len(WRONG)))


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_what_is_used_first_comes_with_the_next_run(checked: Checked, checker: str) -> None:
    checked.write(RIGHT)
    assert not checked.stale()
    checked.write(RIGHT, USING, stubs=False)
    assert checked.stale()
    assert checked.lines(checker) == [RIGHT.count("\n") + 3]
    checked.write(RIGHT, USING)
    assert not checked.stale()
    assert checked.lines(checker) == []
    checked.write(RIGHT, USING, NEXT, stubs=False)  # `range` has spread
    assert not checked.stale()
    assert checked.lines(checker) == []


def test_a_kept_run_spreads_a_new_word(checked: Checked) -> None:
    checked.write(RIGHT)
    checked.write(RIGHT, USING)
    modules = sorted((checked.folder / "app").glob("_ormgen_*.pyi"))
    texts = {path: path.read_text() for path in modules}
    assert any("power__range: IntPair" in text for text in texts.values())
    shutil.rmtree(checked.folder / ".ormgen_cache")
    for path in modules:
        path.unlink()
    checked.write(RIGHT, USING)
    assert {path: path.read_text() for path in modules} == texts
