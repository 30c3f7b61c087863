"""`ormgen queries`: SQL files become typed functions that run on each database, and mistakes in them are named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

HOME = Path(__file__).parents[1] / "sql_files"
MODELS = """
from enum import Enum

from ormgen import Model, fields


class Rank(str, Enum):
    LOW = "low"
    HIGH = "high"


class Team(Model):
    name = fields.CharField(max_length=50)
    budget = fields.DecimalField(max_digits=10, decimal_places=2, default=0)


class Hero(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=50)
    nick = fields.CharField(max_length=50, null=True)
    power = fields.IntField(default=0)
    rank = fields.CharEnumField(Rank, default=Rank.LOW, source_field="hero_rank")
    born = fields.DatetimeField(null=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True)
    friends = fields.ManyToManyField("models.Team", related_name="friends", through="hero_friends")
"""
SETTINGS = """
[tool.ormgen]
apps = { models = ["app.models"] }
queries = { paths = ["app/queries"] }
"""
PROGRAM = """
import asyncio
import datetime
import sys
import uuid
from decimal import Decimal

from app.models import Hero, Rank, Team
from app.queries import heroes as q
from ormgen import ORM, in_transaction
from ormgen.exceptions import MultipleObjectsReturned

BORN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


async def main() -> None:
    team = await Team.create(name="a", budget=Decimal("1.50"))
    await Team.create(name="100%")
    ids = [uuid.uuid4() for _ in range(3)]
    for at, key in enumerate(ids):
        assert await q.add_hero(key, f"h{at}", None, at * 4, Rank.HIGH, BORN, team.id) == 1
    assert await q.strongest("a", least=4) == [
        q.StrongestRow(ids[at], f"h{at}", None, Rank.HIGH, BORN, Decimal("1.50")) for at in (2, 1)
    ]
    rows = await q.like_these(pattern="h%", most=2)
    assert [(row.name, row.power, row.hero_rank, row.team_id, row.team_name) for row in rows] == [
        ("h0", 0, Rank.HIGH, team.id, "a"), ("h1", 4, Rank.HIGH, team.id, "a")
    ]
    assert await q.find(ids[1]) == q.FindRow(ids[1], "h1", 5, "h1", "weak", "100%", ":none")
    assert await q.find(uuid.uuid4()) is None
    assert [await q.how_many(each) for each in ([0, 4], [8], [])] == [2, 1, 0]
    assert [await q.others(each) for each in ([0, 4], [])] == [1, 3]
    assert [await q.highest(), await q.highest(team.id), await q.highest(99)] == [8, 8, None]
    assert await q.by_team(1) == [
        q.ByTeamRow("100%", None, None, None, 0, False), q.ByTeamRow("a", 3, 12, 4.0, 0, True)
    ]
    assert [(row.name, row.place, row.digits) for row in await q.ranked()][2:] == [
        ("h2", 1, "h"), ("h1", 2, "h"), ("h0", 3, "h")
    ]
    try:
        async with in_transaction():
            assert await q.train(team.id, 5, nick="x") == 3
            raise KeyError
    except KeyError:
        assert await q.highest() == 8
    assert await q.train(team.id, 1, using_db="default") == 3
    assert await q.highest() == 9


async def opened() -> None:
    await ORM.init(db_url=sys.argv[1], modules={"models": ["app.models"]})
    await ORM.generate_schemas()
    try:
        await main()
    finally:
        await ORM.close_connections()


asyncio.run(opened())
print("ran")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app" / "queries").mkdir(parents=True)
    for package in ("app", "app/queries"):
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["queries", *arguments])
    assert made.exit_code == code, (made.output, made.exception)
    return made.output


def write(folder: Path, text: str) -> Path:
    path = folder / "app" / "queries" / "heroes.sql"
    path.write_text(text)
    return path.with_suffix(".py")


def test_the_functions_are_as_they_were(folder: Path) -> None:
    made = write(folder, (HOME / "heroes.sql").read_text())
    assert "heroes.py: stale" in run("--check", code=1)
    assert not made.exists()
    assert "+async def strongest" in run("--diff", code=1)
    assert "heroes.py: written" in run()
    expected = HOME / "heroes.py.txt"
    assert made.read_text() == expected.read_text()
    assert "up to date" in run("--check")
    made.write_text(made.read_text() + "\n# by hand\n")
    assert json.loads(run("--check", "--json", code=1))["files"][0]["state"] == "stale"


def test_the_functions_run(folder: Path, db_url: str) -> None:
    write(folder, (HOME / "heroes.sql").read_text())
    run()
    (folder / "program.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "program.py", db_url], cwd=folder, capture_output=True, text=True)
    assert done.stdout == "ran\n", done.stderr


def test_type_checkers_know_the_functions(folder: Path) -> None:
    write(folder, (HOME / "heroes.sql").read_text())
    run()
    CliRunner().invoke(cli, ["stubs", "app.models"])
    program = PROGRAM + "\nasync def wrong() -> None:\n"
    mistakes = [
        "await q.strongest(5)",
        "(await q.find(uuid.uuid4())).name",
        "await q.how_many(['a'])",
        "await q.fnid()",
    ]
    program += "".join(f"    {line}\n" for line in mistakes)
    (folder / "program.py").write_text(program)
    for checker in (["mypy", "--strict"], ["pyright", "--pythonpath", sys.executable]):
        done = subprocess.run(
            [sys.executable, "-m", *checker, "program.py", "app/queries/heroes.py"],
            cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        first = program.splitlines().index(f"    {mistakes[0]}") + 1
        found = sorted(
            {int(line.split(":")[1]) for line in done.stdout.splitlines() if " error" in line and ":" in line}
        )
        assert found == list(range(first, first + len(mistakes))), done.stdout + done.stderr


HERO = "SELECT {} FROM hero"
TYPES = {
    "power": "int",
    "power * 2": "int",
    "power * 1.5": "float",
    "AVG(power)": "float | None",
    "SUM(power)": "int | None",
    "COUNT(nick)": "int",
    "MIN(born)": "_datetime.datetime | None",
    "nick": "str | None",
    "COALESCE(nick, 'x')": "str",
    "LOWER(nick)": "str | None",
    "name || 'x'": "str",
    "power > 3": "bool",
    "nick = 'a'": "bool | None",
    "nick IS NULL": "bool",
    "CASE WHEN power > 1 THEN power END": "int | None",
    "CAST(name AS INTEGER)": "int",
    "(SELECT COUNT(*) FROM team)": "int",
    "(SELECT budget FROM team WHERE id = team_id)": "_decimal.Decimal | None",
    "(SELECT MAX(t.name) FROM team t)": "str | None",
    "hero_rank": "_app_models.Rank",
    "LAG(power) OVER (ORDER BY id)": "int | None",
    "CURRENT_TIMESTAMP": "_datetime.datetime",
}


@pytest.mark.parametrize("expression", TYPES)
def test_types_of_expressions(expression: str, folder: Path) -> None:
    made = write(folder, f"-- name: f\n{HERO.format(expression)[:7]}{expression} AS x FROM hero")
    run()
    assert f"    x: {TYPES[expression]}\n" in made.read_text()


MISTAKES = {
    "SELECT naem FROM hero": '2:8: error: f: no table has a column `naem`\nhint: did you mean "name"?',
    "SELECT h.id FROM heroo h": 'no model has the table `heroo`\nhint: did you mean "hero"?',
    "SELECT id FROM hero WHERE naem = 'x'": "2:27: error: f: no table has a column `naem`",
    "SELECT MD5(name) AS x FROM hero": "what `MD5(name)` is cannot be known\nhint: say it above the SQL",
    "SELECT COUNT(*) FROM hero": "`COUNT(*)` has no name\nhint: write `COUNT(*) AS name`",
    "SELECT h.id, t.id FROM hero h, team t": "two columns are called `id`\nhint: write `AS` behind one of them",
    "SELECT id FROM hero h, team t": "`id` is a column of several tables\nhint: write the table before it",
    "SELECT id FROM hero WHERE :x": "what :x is cannot be known\nhint: say it in the header: `(x: int)`",
    "SELECT id FROM hero WHERE name = :x OR power = :x": ":x is compared with str and with int",
    "SELECT id FROM hero WHERE name = ?": "parameters need names\nhint: write `:name`, not `?`",
    "SELECT id FROM hero WHERE": "this is no SQL of postgres",
    "DROP TABLE hero": "DROP is not understood\nhint: migrations change tables",
    "SELECT 1 AS x": "no table in it belongs to a model",
    "SELECT id FROM hero; SELECT id FROM team": "there are 2 statements",
    "UPDATE hero SET power = 1": "it gives no rows\nhint: call it `:exec`, or write RETURNING",
    'SELECT id AS "my id" FROM hero': "a column called `my id` has no place in Python",
}


@pytest.mark.parametrize("sql", MISTAKES)
def test_mistakes_in_sql(sql: str, folder: Path) -> None:
    made = write(folder, f"-- name: f\n{sql}")
    said = run(code=1)
    assert "app/queries/heroes.sql:" in said
    assert MISTAKES[sql] in said
    assert not made.exists()


HEADERS = {
    "-- name: f :lots\nSELECT id FROM hero": "there is no kind `:lots`",
    "-- name: class\nSELECT id FROM hero": "`class` cannot be the name of a function",
    "-- name: f(a: int, b)\nSELECT id FROM hero WHERE power = :a": "the parameter b is used nowhere",
    "-- name: f(a)\nSELECT id FROM hero WHERE power = :a AND name = :b": "`:b` is no parameter in its header",
    "-- name: f(a: Money)\nSELECT id FROM hero WHERE power = :a": "`Money` of a is no type\nhint: choose from bool",
    "-- name: f(*a)\nSELECT id FROM hero": "only plain parameters have a place in SQL",
    "-- name: f(using_db)\nSELECT id FROM hero": "no parameter may be called using_db",
    "-- name: f\n-- name: g\nSELECT id FROM hero": "f has no SQL",
    "-- name: f\nSELECT id FROM hero\n-- name: f\nSELECT id FROM hero": "3:1: error: f: there is a statement",
    "SELECT id FROM hero": "1:1: error: a statement without a name\nhint: write `-- name:",
    "-- name: f :value\nSELECT id, name FROM hero": "`:value` is one column, and there are 2",
    "-- name: f\n-- column nmae: str\nSELECT name FROM hero": "there is no column nmae",
}


@pytest.mark.parametrize("text", HEADERS)
def test_mistakes_in_headers(text: str, folder: Path) -> None:
    write(folder, text)
    assert HEADERS[text] in run(code=1)


def test_every_mistake_is_named_at_once(folder: Path) -> None:
    write(folder, "-- name: f\nSELECT naem FROM hero\n-- name: g\nSELECT nope FROM team")
    said = json.loads(run("--json", code=1))
    assert [(each["line"], each["column"]) for each in said["findings"]] == [(2, 8), (4, 8)]


def test_a_file_that_is_not_ours_stays(folder: Path) -> None:
    made = write(folder, "-- name: f\nSELECT id FROM hero")
    made.write_text("mine = 1\n")
    assert "heroes.py" in run(code=2)
    assert made.read_text() == "mine = 1\n"


def test_without_files(folder: Path) -> None:
    assert "there are no SQL files in app/queries" in run(code=2)
    assert "there is no file or folder `nope`" in run("nope", code=2)
    (folder / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["app.models"] }\n')
    assert 'queries = { paths = ["app/queries"] }' in run(code=2)


def test_postgres_is_asked_for_what_models_do_not_tell(folder: Path, postgres_url: str, sqlite_url: str) -> None:
    sql = "SELECT MD5(name) AS digest, power FROM hero WHERE REGEXP_REPLACE(name, 'a', 'b') = :x"
    made = write(folder, f"-- name: f\n{sql}")
    run(code=1)
    start = "import asyncio\nfrom ormgen import ORM\nasync def main():\n    await ORM.init(db_url={!r}, modules="
    start += '{{"models": ["app.models"]}})\n    await ORM.generate_schemas()\n    await ORM.close_connections()\n'
    subprocess.run([sys.executable, "-c", start.format(postgres_url) + "asyncio.run(main())"], check=True, cwd=folder)
    run("--database", postgres_url)
    text = made.read_text()
    assert "digest: str | None\n    power: int\n" in text
    assert "async def f(x: str, *" in text
    write(folder, "-- name: f\nSELECT MD5(name, power) AS x FROM hero")
    assert "f: PostgreSQL does not take it: function md5" in run("--database", postgres_url, code=1)
    assert "only PostgreSQL tells" in run("--database", sqlite_url, code=2)
