"""A run that uses what earlier ones kept writes, byte for byte, what a run without it writes."""

import os
import pickle
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from ormgen.schema.graph import LinkedModel
from ormgen_codegen import kept_sections, read_ahead
from ormgen_codegen.cache import HEAD, Cache, dumped, loaded
from ormgen_codegen.cli import cli
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.kept_sections import KeptSection
from ormgen_codegen.last_run import version
from ormgen_codegen.parse.models import ModelReader
from ormgen_codegen.parse.parsed import SourceErrors
from ormgen_codegen.run import read_run
from ormgen_codegen.stub_scope import Scope

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
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    _write(tmp_path, FILES)
    _settle(tmp_path, "used")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _settle(folder: Path, depth: str) -> None:
    (folder / "pyproject.toml").write_text(f'[tool.ormgen]\napps = {{ a = ["app"] }}\ndepth = "{depth}"\n')


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / "app" / f"{name}.py").write_text(text)


def _run(*arguments: str) -> int:
    return CliRunner().invoke(cli, ["stubs", "--quiet", *arguments]).exit_code


def _present(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.pyi")}


def _cold(folder: Path) -> dict[str, bytes] | None:
    try:
        files = generated_files(read_run([], load_config(folder)))
    except SourceErrors:
        return None
    return {str(path): text.encode() for path, text in files.items()}


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("depth", ["used", "exact", "full"])
@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_all_is_as_without(
    project: Path, monkeypatch: pytest.MonkeyPatch, seed: int, depth: str, jobs: int
) -> None:
    random, files = Random(f"{seed} {jobs}"), dict(FILES)
    _settle(project, depth)
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    monkeypatch.setattr(sys.modules[__name__], "_run", partial(_run, f"--jobs={jobs}"))
    assert _run() == 0
    for _ in range(12):
        before = dict(files)
        for name, old, new in random.sample(EDITS, random.randint(1, 3)):
            if random.random() < 0.3:
                old, new = new, old
            files[name] = files[name].replace(old, new, 1) if old else files[name] + new
        _write(project, files)
        expected = _cold(project)
        assert _run() == (1 if expected is None else 0)
        if expected is None:  # these edits contradict each other
            files = before
            _write(project, files)
        else:
            assert _present(project) == expected


@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_after_one_edit_and_back(project: Path, edit: int) -> None:
    name, old, new = EDITS[edit]
    assert _run() == 0
    first = _present(project)
    _write(project, {name: FILES[name].replace(old, new, 1)})
    expected = _cold(project)
    assert _run() == (1 if expected is None else 0)
    assert expected is None or _present(project) == expected
    _write(project, {name: FILES[name]})
    assert _run() == 0
    assert _present(project) == first


def _counted(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    read: list[str] = []
    made: list[str] = []
    parse, make = ModelReader._read, kept_sections._made

    def counted_read(self: ModelReader, name: str) -> object:
        read.append(name)
        return parse(self, name)

    def counted_make(scope: Scope, model: LinkedModel, *others: Any) -> KeptSection:
        made.append(model.name)
        return make(scope, model, *others)

    monkeypatch.setattr(ModelReader, "_read", counted_read)
    monkeypatch.setattr(kept_sections, "_made", counted_make)
    return read, made


def test_only_what_changed_is_read_and_made_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run() == 0
    read, made = _counted(monkeypatch)
    _write(project, {"heroes": HEROES.replace("strength = fields.IntField()", "strength = fields.FloatField()")})
    assert _run() == 0
    assert read == ["app.heroes"]
    assert sorted(made) == ["Club", "Hero", "Power", "Team"]  # Club and Team are asked for `heroes__powers`
    read.clear()
    made.clear()
    _write(project, {"teams": TEAMS.replace("return self.name", "return self.name.upper()")})
    assert _run() == 0
    assert (sorted(read), made) == (["app.heroes", "app.teams"], [])  # Super inherits from City
    read.clear()
    _write(project, {"more": "LENGTH = 5\n"})
    assert _run() == 0
    assert (read, made) == ([], [])
    _write(project, {"base": BASE.replace("LENGTH = 50", "LENGTH = 51")})
    assert _run() == 0
    assert sorted(read) == ["app.base", "app.heroes", "app.teams"]


def _nothing(data: bytes) -> bytes:
    return b""


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


def _old(data: bytes) -> bytes:
    return data.replace(version().encode(), b"0" * 64, 1)


def _foreign(data: bytes) -> bytes:
    return pickle.dumps({"app.heroes": 1})


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("harm",)


def _harmful(data: bytes) -> bytes:
    return _signed(pickle.dumps({"app.heroes": _Harm()}))


def _wrong(data: bytes) -> bytes:
    return _signed(dumped({"app.heroes": (b"", (), b"", b"")}))


def _shapeless(data: bytes) -> bytes:
    return _signed(dumped([1, 2, 3]))


def _signed(body: bytes) -> bytes:
    cache = Cache(Path("elsewhere"))
    cache.save("a", 0)
    head = Path("elsewhere/a").read_bytes()[: len(HEAD) + len(version()) + 1]
    return head + zlib.crc32(body).to_bytes(4, "big") + body


DAMAGE = (_nothing, _half, _flipped, _old, _foreign, _harmful, _wrong, _shapeless)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda each: each.__name__.strip("_"))
def test_damaged_files_are_passed_over(project: Path, damage: Callable[[bytes], bytes]) -> None:
    assert _run() == 0
    for path in (project / ".ormgen_cache").iterdir():
        if path.suffix != ".json" and path.name != ".gitignore":
            path.write_bytes(damage(path.read_bytes()))
    _write(project, {"heroes": HEROES.replace("IntField()", "FloatField()")})
    assert _run() == 0
    assert _present(project) == _cold(project)
    assert not (project / "harm").exists()


def test_nothing_but_descriptions_is_made_of_a_file() -> None:
    assert loaded(pickle.dumps(os.getcwd)) is None
    assert loaded(pickle.dumps(subprocess.Popen)) is None
    assert loaded(dumped({"a": (1, "x", b"", None)})) == {"a": (1, "x", b"", None)}


def test_runs_at_the_same_time(project: Path) -> None:
    command = [sys.executable, "-m", "ormgen_codegen", "stubs", "--quiet"]
    for text in ("FloatField()", "TextField()"):
        _write(project, {"heroes": HEROES.replace("IntField()", text)})
        running = [subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        told = [each.communicate()[1] for each in running]
        assert [each.returncode for each in running] == [0, 0, 0, 0], told
        assert _present(project) == _cold(project)
        assert not [path for path in (project / ".ormgen_cache").iterdir() if path.suffix == ".tmp"]


def test_a_cache_that_cannot_be_written(project: Path) -> None:
    (project / ".ormgen_cache").write_text("a file")
    assert _run() == 0
    assert _present(project) == _cold(project)


def test_without_the_cache_nothing_is_kept(project: Path) -> None:
    assert _run("--no-cache") == 0
    assert not (project / ".ormgen_cache").exists()


def test_a_cold_run_in_several_processes_is_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    expected = _cold(project)
    for jobs in ("2", "4", "64"):
        shutil.rmtree(project / ".ormgen_cache", ignore_errors=True)
        assert _run("--jobs", jobs) == 0
        assert _present(project) == expected
    read, made = _counted(monkeypatch)
    _write(project, {"queries": QUERIES + "# nothing new"})
    assert _run("--jobs", "4") == 0
    assert (read, made) == ([], [])


def test_errors_are_told_whichever_process_reads_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    _write(project, {"teams": TEAMS.replace("TextField", "TextFeld"), "links": LINKS.replace('"a.Badge"', '"a.Bage"')})
    told = [CliRunner().invoke(cli, ["stubs", "--jobs", jobs]).stderr for jobs in ("1", "2", "4")]
    assert told[0].count("error: ") > 0
    assert told[1:] == [told[0], told[0]]


@pytest.mark.parametrize("after", [0.1, 0.3, 0.5, 0.8, 1.2])
def test_a_run_that_is_killed_does_no_harm(project: Path, after: float) -> None:
    command = [sys.executable, "-m", "ormgen_codegen", "stubs", "--quiet"]
    assert _run() == 0
    _write(project, {"heroes": HEROES.replace("IntField()", "FloatField()")})
    running = subprocess.Popen(command, cwd=project)
    time.sleep(after)
    running.kill()
    running.wait()
    assert subprocess.run(command, cwd=project, check=False).returncode == 0
    assert _present(project) == _cold(project)
