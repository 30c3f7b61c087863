"""`ormgen describe`: modules as before, and single models with everything that queries may say of them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from check_project import PYPROJECT, make_project
from ormgen.schema.describe import describe_graph
from ormgen.schema.lookups import Family, lookups_of
from ormgen_codegen import cli
from ormgen_codegen.config import load_config
from ormgen_codegen.run import read_run

NAMES = ["Hero", "game.Hero", "app.models.Hero", "app.models:Hero"]


def outcome(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.cli, ["describe", *arguments], prog_name="ormgen")
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(text: str) -> dict[str, list[list[str]]]:
    """The cells of the tables in a text, by title."""
    found: dict[str, list[list[str]]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith("│"):
            found[title].append([cell.strip() for cell in line.strip("│").split("│")])
        elif not line.startswith(("┌", "├", "└")):
            title = line
            found[title] = []
    return found


@pytest.mark.parametrize("name", NAMES)
def test_tables(project: Path, name: str) -> None:
    code, out, error = outcome(name)
    tables = rows(out)
    numbers, text = " ".join(lookups_of(Family.INTEGER)), " ".join(lookups_of(Family.TEXT))
    assert (code, error) == (0, "")
    assert list(tables) == ["game.Hero, table hero, from app.models", "Relations"]
    assert tables["game.Hero, table hero, from app.models"] == [
        ["column", "field", "type", "details", "lookups"],
        ["id", "IntField", "int", "primary key, generated", numbers],
        ["name", "CharField", "str", "max_length 50", text],
        ["power", "IntField", "int | None", "", numbers],
        ["facts", "JSONField", "typing.Any | None", "", " ".join(lookups_of(Family.JSON))],
        ["team_id", "IntField", "int", "key of team", numbers],
    ]
    assert tables["Relations"] == [
        ["name", "kind", "leads to", "back as", "details"],
        ["team", "foreign key", "game.Team", "heroes", "on_delete CASCADE"],
        ["badge", "reverse one to one", "game.Badge", "hero", "may be empty"],
        ["missions", "reverse many to many", "game.Mission", "crew", "through mission_hero"],
    ]


def test_indexes_and_defaults(project: Path) -> None:
    (project / "app" / "more.py").write_text(
        "from ormgen import Model, fields\nfrom ormgen.indexes import Index\n"
        "class Stock(Model):\n"
        "    sku = fields.CharField(max_length=9, unique=True, source_field='SKU', default='[bold]x[/bold]')\n"
        "    made = fields.DatetimeField(auto_now_add=True)\n"
        "    kinds = fields.JSONField(default=list)\n"
        "    class Meta:\n"
        "        table = 'stock'\n"
        "        unique_together = (('sku', 'made'),)\n"
        "        indexes = [Index(fields=('made',), name='by_age')]\n"
    )
    tables = rows(outcome("app.more.Stock")[1])
    columns = {row[0]: row[1:4] for row in tables["game.Stock, table stock, from app.more"][1:]}
    assert columns["sku"] == ["CharField", "str", "column SKU, unique, default '[bold]x[/bold]', max_length 9"]
    assert columns["made"][2] == "auto_now_add"
    assert columns["kinds"][2] == "default computed"
    assert tables["Indexes"][1:] == [["sku, made", "unique", ""], ["made", "index", "by_age"]]


def test_json(project: Path) -> None:
    code, out, error = outcome("Hero", "game.Team", "--json")
    graph = read_run([], load_config(project)).graph
    models = json.loads(out)["models"]
    assert (code, error) == (0, "")
    assert list(models) == ["game.Hero", "game.Team"]
    lookups = models["game.Hero"].pop("lookups")
    assert models["game.Hero"] == json.loads(json.dumps(describe_graph(graph)["models"]["game.Hero"]))
    assert lookups["power"] == list(lookups_of(Family.INTEGER))
    assert lookups["team"] == ["exact", "not", "in", "not_in", "isnull", "not_isnull"]


def test_without_settings(project: Path) -> None:
    (project / "pyproject.toml").write_text("")
    code, out, _ = outcome("app.models.Hero")
    assert (code, out.splitlines()[0]) == (0, "game.Hero, table hero, from app.models")
    assert outcome("Hero") == (2, "", "error: there is no module `Hero`\n")
    assert outcome() == (2, "", "error: no module is named, and pyproject.toml has no [tool.ormgen] apps\n")


def test_modules_stay_as_they_were(project: Path) -> None:
    code, out, error = outcome("app.models")
    assert (code, error) == (0, "")
    assert out.startswith("game.Badge  table badge  from app.models\n  id       IntField int primary_key unique\n")
    assert outcome("app.models", "--json")[1] == outcome("app", "--json")[1]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Herro", "there is no module or model `Herro`; did you mean `Hero`?"),
        ("game.Herro", "there is no module or model `game.Herro`; did you mean `game.Hero`?"),
        ("app.models.Herro", "there is no module or model `app.models.Herro`; did you mean `app.models.Hero`?"),
        ("zzz.yyy", "there is no module or model `zzz.yyy`"),
        ("a b", "there is no module `a b`"),
    ],
)
def test_wrong_names(project: Path, name: str, told: str) -> None:
    assert outcome(name) == (2, "", f"error: {told}\n")


def test_a_name_that_two_models_have(project: Path) -> None:
    (project / "other.py").write_text(
        "from ormgen import Model, fields\nclass Hero(Model):\n    x = fields.IntField()\n"
    )
    (project / "pyproject.toml").write_text(f'{PYPROJECT}tale = ["other"]\n')
    told = "error: `Hero` is the name of more than one model; choose from `app.models:Hero`, `other:Hero`\n"
    assert outcome("Hero") == (2, "", told)
    assert outcome("tale.Hero")[1].startswith("tale.Hero, table hero, from other\n")


def test_keys_of_several_columns(project: Path) -> None:
    (project / "app" / "more.py").write_text(
        "from ormgen import Model, fields\n"
        "class Room(Model):\n"
        "    house = fields.IntField()\n"
        "    door = fields.CharField(5)\n"
        "    class Meta:\n        primary_key = ('house', 'door')\n"
        "class Chair(Model):\n"
        "    room = fields.ForeignKeyField('Room', related_name='chairs', null=True)\n"
    )
    code, out, error = outcome("app.more.Chair")
    columns = next(iter(rows(out).values()))
    lookups = " ".join(lookups_of(Family.KEY))
    assert (code, error) == (0, "")
    assert [row[:4] for row in columns[2:]] == [
        ["room_house", "IntField", "int | None", "key of room"],
        ["room_door", "CharField", "str | None", "key of room, max_length 5"],
        ["room_pk", "CompositeKey", "tuple[int, str] | None", "key of room_house, room_door"],
    ]
    assert columns[-1][4] == lookups
    _, out, _ = outcome("app.more.Room")
    assert rows(out)["Indexes"][1] == ["house, door", "primary key", ""]
    described = json.loads(outcome("--json", "app.more.Room")[1])["models"].popitem()[1]
    assert (described["pk"], described["pk_names"], described["composites"]) == (
        *("pk", ["house", "door"]),
        {"pk": ["house", "door"]},
    )
    assert described["lookups"]["pk"] == list(lookups_of(Family.KEY))
