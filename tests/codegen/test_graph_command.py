"""`ormgen graph`: diagrams that Mermaid and Graphviz read, whatever the user's names are."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import goldens
from check_project import make_project
from diagrams import read_dot, read_mermaid
from graphs import graph, model
from ormgen.schema.field_types import CharField, IntField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import ForeignKeyField, ManyToManyField
from ormgen_codegen import cli
from ormgen_codegen.diagram import dot, mermaid

RELATIONS = [
    ("game.Badge", "|o--||", "game.Hero", "hero / badge"),
    ("game.Cabin", "}o--||", "game.Ship", "ship / cabins"),
    ("game.Hero", "}o--||", "game.Team", "team / heroes"),
    ("game.Mission", "}o--o{", "game.Hero", "crew / missions"),
    ("game.Team", "}o--o|", "game.Person", "owner / teams"),
]


def outcome(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.cli, ["graph", *arguments], prog_name="ormgen")
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_holds_what_is_drawn(project: Path) -> None:
    code, out, error = outcome("--json")
    told = json.loads(out)
    assert (code, error) == (0, "")
    arrows = {(each["model"], each["target"], f"{each['name']} / {each['back_as']}") for each in told["relations"]}
    assert arrows == {(model, target, names) for model, _, target, names in RELATIONS}
    assert {each["name"]: each["kind"] for each in told["relations"]}["crew"] == "many to many"
    models = {each["key"]: each for each in told["models"]}
    assert models.keys() == read_mermaid(outcome()[1]).entities.keys()
    badge = {each["name"]: (each["python_type"], each["keys"]) for each in models["game.Badge"]["columns"]}
    assert badge == {"id": ("int", ["PK"]), "hero_id": ("int", ["FK", "UK"]), "code": ("UUID", [])}


def test_mermaid(project: Path) -> None:
    code, out, error = outcome()
    drawn = read_mermaid(out)
    assert (code, error) == (0, "")
    assert drawn.entities["game.Hero"] == [
        "int id PK",
        "str name",
        'int power "null"',
        'Any facts "null"',
        "int team_id FK",
    ]
    assert drawn.entities["game.Badge"] == ["int id PK", "int hero_id FK , UK", "UUID code"]
    assert drawn.relations == RELATIONS
    assert outcome("app.models", "--format", "mermaid") == (0, out, "")


def test_dot(project: Path) -> None:
    code, out, error = outcome("--format", "dot")
    drawn = read_dot(out)
    assert (code, error) == (0, "")
    assert drawn.entities["game.Hero"] == [
        "id int PK",
        "name str",
        "power int | None",
        "facts Any | None",
        "team_id int FK",
    ]
    assert drawn.relations == [
        ("game.Badge", "teeodot teetee", "game.Hero", "hero / badge"),
        ("game.Cabin", "crowodot teetee", "game.Ship", "ship / cabins"),
        ("game.Hero", "crowodot teetee", "game.Team", "team / heroes"),
        ("game.Mission", "crowodot crowodot", "game.Hero", "crew / missions"),
        ("game.Team", "crowodot teeodot dashed", "game.Person", "owner / teams"),
    ]


def test_only_what_is_asked_for_is_drawn_in_full() -> None:
    with goldens.inside(goldens.EXAMPLES):
        drawn = read_mermaid(outcome("shop.orders.models")[1])
    assert "orders.Order" in drawn.entities
    assert not any(key.startswith("catalog.") for key in drawn.entities)
    assert any(relation[2] == "catalog.Product" for relation in drawn.relations)


def test_wrong_use(project: Path) -> None:
    assert outcome("--format", "svg")[0] == 2
    assert outcome("app.modles") == (2, "", "error: there is no module `app.modles`; did you mean `app.models`?\n")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_accepts_it(project: Path) -> None:
    subprocess.run(["dot", "-Tcanon"], input=outcome("--format", "dot")[1], text=True, check=True, capture_output=True)


SMALL = graph(
    model("A", name=CharField(max_length=3), rank=IntField(null=True)),
    model("B", a=ForeignKeyField("models.A", null=True), many=ManyToManyField("models.A", related_name="others")),
)
NASTY = st.text(max_size=12) | st.sampled_from(
    [
        '"',
        "\\",
        "a\\",
        "%",
        "--",
        "||--o{",
        "]>;}",
        "<b>",
        "&amp;",
        "&",
        "pk",
        "FK",
        "é",
        "名",
        "\n",
        "\t",
        "{}",
        "direction TB",
    ]
)


def hostile(names: list[str]) -> ModelGraph:
    """The small graph with these texts for names; no name stands for two models."""
    app, other, column, kind, label, back = names
    a, b = SMALL.models["models.A"], SMALL.models["models.B"]
    a = replace(
        a,
        app=app,
        name=f"{a.name}{other}",
        columns=MappingProxyType(
            {name: replace(each, name=f"{column}{name}", python_type=kind) for name, each in a.columns.items()}
        ),
    )
    b = replace(b, app=app, name=f"{b.name}{other}")
    relations = {
        name: replace(each, name=f"{label}{name}", reverse=f"{back}b", model=b.key, target=a.key)
        for name, each in b.relations.items()
    }
    b = replace(b, relations=MappingProxyType(relations))
    return ModelGraph(MappingProxyType({a.key: replace(a, relations=MappingProxyType({})), b.key: b}))


@given(names=st.lists(NASTY, min_size=6, max_size=6))
def test_hostile_names(names: list[str]) -> None:
    """Whatever a name holds, there are the same entities, columns and relations."""
    strange = hostile(names)
    keys = sorted(strange.models)
    for drawn in (read_mermaid(mermaid(strange, keys)), read_dot(dot(strange, keys))):
        assert [len(columns) for columns in drawn.entities.values()] == [3, 2]
        assert len(drawn.relations) == 2
        for near, _, far, _ in drawn.relations:
            assert {near, far} <= set(drawn.entities)
