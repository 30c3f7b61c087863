"""Path expressions in stubs: each column has the class with the lookups of its family."""

import inspect
from enum import Enum, IntEnum

import pytest

import ormgen.typing
from graphs import graph, model
from ormgen.schema.field import Field, describe_field
from ormgen.schema.field_types import (
    BinaryField,
    BooleanField,
    CharEnumField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntEnumField,
    IntField,
    JSONField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.schema.lookups import Family, lookups_of
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance
from ormgen_codegen.declared import Declarations
from ormgen_codegen.stub import project
from ormgen_codegen.stub_paths import FAMILIES, USUAL, column_path, path_classes
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.usage import Usage


class Rank(IntEnum):
    LOW = 1


class Mood(Enum):
    GOOD = "good"


class Shout(str):
    """Text of a type of its own."""


class ShoutField(CharField):
    field_type = Shout


def scope_of(models: ModelGraph) -> Scope:
    return Scope(project(models, Declarations(), Usage()), "tests")


def heroes() -> ModelGraph:
    return graph(
        model("Team", name=CharField(50, unique=True)),
        model(
            "Hero",
            name=CharField(50),
            power=IntField(null=True),
            _secret=IntField(),
            team=ForeignKeyFieldInstance("models.Team", "heroes"),
            rival=ForeignKeyFieldInstance("models.Team", "rivals", to_field="name"),
            boss=ForeignKeyFieldInstance("models.Hero", "minions", null=True),
            friends=ManyToManyFieldInstance("models.Hero", related_name="friend_of"),
        ),
        model("Badge", hero=OneToOneFieldInstance("models.Hero", "badge")),
    )


def shown(models: ModelGraph, name: str) -> dict[str, dict[str, str]]:
    """The attributes of each class for the paths of a model."""
    scope = scope_of(models)
    found = path_classes(scope, next(each for each in models if each.name == name))
    return {each.name: {attribute.name: attribute.annotation for attribute in each.attributes} for each in found}


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (IntField(), "IntPath[M_contra, O]"),
        (IntField(null=True), "IntPath[M_contra, None]"),
        (FloatField(), "FloatPath[M_contra, O]"),
        (DecimalField(9, 2), "DecimalPath[M_contra, O]"),
        (CharField(9), "TextPath[M_contra, O]"),
        (TextField(null=True), "TextPath[M_contra, None]"),
        (BooleanField(), "MemberPath[M_contra, bool, O]"),
        (CharEnumField(Mood), "MemberPath[M_contra, MoodValue, O]"),
        (IntEnumField(Rank), "OrderedPath[M_contra, RankValue, O]"),
        (UUIDField(), "OrderedPath[M_contra, Uuid, O]"),
        (TimeDeltaField(), "OrderedPath[M_contra, TimeDelta, O]"),
        (DateField(), "DatedPath[M_contra, Date, O]"),
        (TimeField(), "TimedPath[M_contra, Time, O]"),
        (DatetimeField(), "MomentPath[M_contra, DateTime, O]"),
        (JSONField(), "JsonPath[M_contra, Any, O]"),
        (BinaryField(), "PlainPath[M_contra, bytes, O]"),
        (ShoutField(9), "TextualPath[M_contra, ShoutValue, Many[ShoutValue], O]"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Field) else "",
)
def test_columns(field: Field[object], wanted: str) -> None:
    assert column_path(scope_of(heroes()), describe_field("column", field)) == wanted


def test_relations() -> None:
    classes = shown(heroes(), "Hero")
    hero = classes["HeroPaths"]
    assert hero["pk"] == hero["id"] == "IntPath[M_contra, O]"
    assert hero["rival_id"] == "TextPath[M_contra, O]"
    assert hero["boss_id"] == "IntPath[M_contra, None]"
    ends = {name: text.rpartition(".")[2] for name, text in hero.items()}
    assert ends["team"] == "TeamFarPaths[M_contra, O]"
    assert ends["rival"] == "TeamFarPaths_name[M_contra, O]"
    assert ends["boss"] == ends["minions"] == ends["friends"] == ends["friend_of"] == "HeroFarPaths[M_contra, None]"
    assert ends["badge"] == "BadgeFarPaths[M_contra, None]"
    assert "_secret" not in hero
    assert classes.keys() == {"HeroPaths", "HeroFarPaths"}
    assert shown(heroes(), "Team").keys() == {"TeamPaths", "TeamFarPaths", "TeamFarPaths_name"}


def test_every_family_has_the_class_with_its_lookups() -> None:
    assert FAMILIES.keys() == set(Family)
    for family, name in [*FAMILIES.items(), *((family, name) for (family, _), name in USUAL.items())]:
        lines = getattr(ormgen.typing, name).__mro__
        offered = {each.removesuffix("_") for line in lines for each in inspect.get_annotations(line)}
        assert offered - {"asc", "desc"} == set(lookups_of(family)), name
