"""Pydantic models in stubs: the fields that the running models have, as far as source can tell."""

import ast
import importlib
from pathlib import Path
from typing import Any, get_args

import pytest

from goldens import GOLDEN, inside
from ormgen import ORM
from ormgen.contrib.pydantic import PydanticModel, pydantic_model_creator
from ormgen.schema.documents import DocumentOptions
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.pydantic_meta import read_options
from ormgen_codegen.run import read_run

FOLDER = GOLDEN / "pydantic"
MODELS = """
from ormgen import fields
from ormgen.models import Model


class Base(Model):
    class Meta:
        abstract = True

    class PydanticMeta:
        exclude = ("note",)

    def word(self) -> "str":
        return ""

    def size(self) -> int:
        return 1


class Team(Base):
    name = fields.CharField(max_length=5)
    note = fields.CharField(max_length=5)


class Hero(Model):
    name = fields.CharField(max_length=5)
    _secret = fields.IntField(default=1)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
"""


def classes(text: str) -> dict[str, dict[str, str]]:
    """The attributes of every class in a stub: the annotation, and " = ..." where there is a default."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            found[node.name] = {
                ast.unparse(each.target): ast.unparse(each.annotation) + (" = ..." if each.value else "")
                for each in fields
            }
    return found


def stub_of(folder: Path, models: str, use: str) -> dict[str, dict[str, str]]:
    (folder / "models.py").write_text(models)
    (folder / "_use.py").write_text(use)
    with inside(folder):
        files = generated_files(read_run(["models"], load_config(folder), [folder]))
    return {name: fields for text in files.values() for name, fields in classes(text).items() if "Pydantic" in name}


def nested(annotation: Any) -> type[PydanticModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, PydanticModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := nested(part)) is not None), None)


def compare(name: str, model: type[PydanticModel], known: dict[str, dict[str, str]]) -> None:
    stub = known[name]
    assert list(stub) == list(model.model_fields)
    for field_name, field in model.model_fields.items():
        text = stub[field_name]
        assert text.endswith("= ...") is not field.is_required(), (name, field_name)
        inner = nested(field.annotation)
        if inner is not None:
            assert f"{name}_{field_name}" in text
            compare(f"{name}_{field_name}", inner, known)


def test_stub_and_running_model_have_the_same_fields() -> None:
    known = {name: fields for path in FOLDER.glob("*.pyi") for name, fields in classes(path.read_text("utf-8")).items()}
    with inside(FOLDER):
        ORM.init_models({"models": ["models"]})
        models: Any = importlib.import_module("models")
        make: Any = pydantic_model_creator
        for model in (models.Book, models.Author):
            compare(f"{model.__name__}Pydantic", make(model), known)
            compare(f"{model.__name__}PydanticIn", make(model, exclude_readonly=True), known)
    assert list(known["BookPydanticPart"]) == ["isbn", "title", "publisher", "price"]


def test_nothing_without_calls(tmp_path: Path) -> None:
    assert stub_of(tmp_path, MODELS, "") == {}


def test_one_choice_is_exact(tmp_path: Path) -> None:
    known = stub_of(
        tmp_path,
        MODELS,
        "pydantic_model_creator(Hero, include=('name', 'team.name', 'team.size'), computed=('team.size', 'team.word'))",
    )
    assert known["HeroPydanticPart"] == {"name": "str", "team": "HeroPydanticPart_team"}
    assert known["HeroPydanticPart_team"] == {"name": "str", "size": "int"}
    assert known["HeroPydantic"] == {"id": "int", "name": "str", "team": "HeroPydantic_team"}
    assert known["HeroPydantic_team"] == {"id": "int", "name": "str"}
    assert known["HeroPydanticIn"] == {"name": "str", "team_id": "int"}


def test_backward_relations_that_the_class_annotates_stay(tmp_path: Path) -> None:
    models = """
from ormgen import Model, fields
class Town(Model):
    id = fields.IntField(primary_key=True)
    roads: fields.ReverseRelation["Road"]
    class PydanticMeta:
        backward_relations = False
class Road(Model):
    id = fields.IntField(primary_key=True)
    town = fields.ForeignKeyField("models.Town", related_name="roads")
    twin = fields.ForeignKeyField("models.Town", related_name="twins", null=True)
"""
    known = stub_of(tmp_path, models, "pydantic_model_creator(Town)")
    assert known["TownPydantic"] == {"id": "int", "roads": "list[TownPydantic_roads]"}
    assert known["TownPydantic_roads"] == {"id": "int", "twin_id": "int | None = ..."}


def test_several_choices_are_taken_together(tmp_path: Path) -> None:
    calls = [
        "pydantic_model_creator(Hero, include=('name', 'team.id'))",
        "pydantic_model_creator(Hero, include=('id', 'team.name'), optional=('team.name',))",
        "pydantic_model_creator(Hero, exclude=('team',))",
    ]
    known = stub_of(tmp_path, MODELS, "\n".join(calls))
    assert set(known["HeroPydanticPart"]) == {"id", "name", "team", "team_id"}
    assert known["HeroPydanticPart_team"] == {"id": "int", "name": "str | None = ..."}


def test_what_cannot_be_read_is_left_open(tmp_path: Path) -> None:
    known = stub_of(tmp_path, MODELS, "pydantic_model_creator(Hero, exclude=names)")
    assert "HeroPydantic" in known
    assert "HeroPydanticPart" not in known
    unread = MODELS.replace('exclude = ("note",)', "exclude = tuple(NAMES)")
    assert set(stub_of(tmp_path, unread, "pydantic_model_creator(Hero)")) == {"HeroPydanticIn"}
    assert stub_of(tmp_path, unread, "pydantic_model_creator(Team)") == {}


@pytest.mark.parametrize(
    ("body", "options"),
    [
        ("pass", DocumentOptions()),
        ("'''Doc.'''\nexclude = ['a']\ncomputed: tuple = ('b',)", DocumentOptions(exclude=("a",), computed=("b",))),
        ("max_recursion = 1\nallow_cycles = True", DocumentOptions(max_recursion=1, allow_cycles=True)),
        ("model_config = make()", DocumentOptions()),
        ("exclude = names", None),
        ("exclude = 'name'", None),
        ("exclude = (1,)", None),
        ("max_recursion = True", None),
        ("backward_relations = 0", None),
        ("nope = 1", None),
        ("for x in y: exclude = ('a',)", None),
    ],
)
def test_options(body: str, options: DocumentOptions | None) -> None:
    indented = body.replace("\n", "\n    ")
    for base in ("", "(PydanticMeta)", "(pydantic.PydanticMeta)"):
        (node,) = ast.parse(f"class PydanticMeta{base}:\n    {indented}").body
        assert isinstance(node, ast.ClassDef)
        assert read_options(node) == options


@pytest.mark.parametrize("base", ["Base.PydanticMeta", "Other", "a.b.PydanticMeta"])
def test_options_with_bases_of_the_user(base: str) -> None:
    (node,) = ast.parse(f"class PydanticMeta({base}):\n    exclude = ('a',)").body
    assert isinstance(node, ast.ClassDef)
    assert read_options(node) is None
