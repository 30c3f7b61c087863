"""What filters and writing methods accept, decided from the graph."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import pytest

from graphs import graph, model
from ormgen.query.paths import RELATION_LOOKUPS as RUNTIME_RELATION_LOOKUPS
from ormgen.schema.field import Field, describe_field
from ormgen.schema.field_types import (
    BigIntField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntEnumField,
    IntField,
    JSONField,
    SmallIntField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.schema.link import link
from ormgen.schema.lookups import LOOKUPS, lookups_of
from ormgen.schema.model_schema import build_model_schema, read_meta
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance
from ormgen_codegen.declared import Declarations
from ormgen_codegen.depth import Depth, reach
from ormgen_codegen.signatures import (
    Keyword,
    choices,
    far_paths,
    filter_keywords,
    key_keywords,
    new_keywords,
    own_paths,
    update_keywords,
)
from ormgen_codegen.spans import RELATION_LOOKUPS
from ormgen_codegen.stub import project
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.usage import Usage


class Rank(IntEnum):
    LOW = 1


def scope_of(models: ModelGraph, usage: Usage = Usage(), depth: Depth = Depth.AUTO) -> Scope:
    return Scope(project(models, Declarations(), usage, depth), "tests")


def heroes() -> ModelGraph:
    return graph(
        model("Team", name=CharField(50), boss=ForeignKeyFieldInstance("models.Hero", "leads", null=True)),
        model(
            "Hero",
            name=CharField(50, unique=True),
            power=IntField(null=True),
            team=ForeignKeyFieldInstance("models.Team", "heroes"),
            friends=ManyToManyFieldInstance("models.Hero", related_name="friend_of"),
        ),
    )


def keywords(models: ModelGraph, name: str, usage: Usage = Usage(), depth: Depth = Depth.AUTO) -> Mapping[str, str]:
    groups = filter_keywords(scope_of(models, usage, depth), models[f"models.{name}"])
    return {keyword.name: keyword.annotation for group in groups for keyword in group}


FIELDS: list[Field[Any]] = [
    *(IntField(), BigIntField(), SmallIntField(), CharField(5), TextField(), BooleanField(), FloatField()),
    *(DecimalField(5, 2), DatetimeField(), DateField(), TimeField(), TimeDeltaField(), UUIDField(), BinaryField()),
    *(JSONField(), IntEnumField(Rank)),
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_every_lookup_of_the_family_and_only_those(field: Field[Any]) -> None:
    found = keywords(graph(model("Hero", value=field)), "Hero")
    wanted = {"value" if name == "exact" else f"value__{name}" for name in lookups_of(field.family)}
    assert {name for name in found if name.partition("__")[0] == "value"} == wanted


def test_relations_take_the_lookups_of_the_runtime() -> None:
    assert set(RELATION_LOOKUPS) == set(RUNTIME_RELATION_LOOKUPS)


def test_operands() -> None:
    found = keywords(heroes(), "Hero")
    assert found["name"] == "StrOp"
    assert found["name__icontains"] == "StrOp"
    assert found["name__in"] == "Strs"
    assert found["power"] == found["power__not"] == "IntOpt"
    assert found["power__gte"] == "IntOp"
    assert found["power__range"] == "IntPair"
    assert found["power__isnull"] == "bool"
    assert found["pk__in"] == "Ints"
    assert found["team"] == "TeamReference"
    assert found["team__in"] == "Many[TeamReference]"
    assert found["team_id"] == "IntOp"
    assert found["leads"] == "TeamReference | None"
    assert found["team__name"] == "StrOp"
    assert found["team__boss_id"] == "IntOpt"
    assert found["leads__name"] == "StrOpt"
    assert found["friends__name__startswith"] == "StrOp"
    assert "power__icontains" not in found


def test_a_column_that_could_not_be_read_takes_any_lookup() -> None:
    unread = describe_field("data", CharField(5), {"python_type": "typing:Any", "family": Field.family})
    schema, _ = build_model_schema("Hero", "tests.models", [unread], read_meta({}), "models")
    found = keywords(link([schema]), "Hero")
    assert {name.partition("__")[2] or "exact" for name in found if name.startswith("data")} == {
        row.name for row in LOOKUPS
    }
    assert {found["data"], found["data__in"], found["data__gt"]} == {"Any"}


def test_depth_across_relations() -> None:
    full, exact, used = (keywords(heroes(), "Hero", depth=each) for each in (Depth.FULL, Depth.EXACT, Depth.USED))
    assert "team__name__icontains" in full
    assert "team__name__icontains" not in exact
    assert "team__name" in exact
    assert "team__name" not in used
    assert "team__in" in used
    assert keywords(heroes(), "Hero") == full


@pytest.mark.parametrize(
    ("models", "one", "many"),
    [
        (40, Depth.FULL, Depth.FULL),
        (41, Depth.EXACT, Depth.USED),
        (200, Depth.EXACT, Depth.USED),
        (201, Depth.USED, Depth.USED),
        (1000, Depth.USED, Depth.USED),
    ],
)
def test_automatic_depth(models: int, one: Depth, many: Depth) -> None:
    found = reach(Depth.AUTO, models)
    assert (found.one, found.many) == (one, many)
    assert found.complete is (models <= 40)
    assert found.every_lookup is (models <= 40)


def test_used_keywords_at_any_depth() -> None:
    keys = frozenset({"team__boss__name__iexact", "-team__boss__power", "team__nope", "name__nope", "team__name__in"})
    found = keywords(heroes(), "Hero", Usage(keys=keys), Depth.USED)
    assert found["team__boss__name__iexact"] == "StrOp"
    assert found["team__boss__power"] == "IntOpt"
    assert found["team__name__in"] == "Strs"
    assert "team__nope" not in found
    assert "name__nope" not in found


def test_keywords_stand_once() -> None:
    groups = filter_keywords(scope_of(heroes(), Usage(keys=frozenset({"team__name"}))), heroes()["models.Hero"])
    names = [keyword.name for group in groups for keyword in group]
    assert len(names) == len(set(names))


def test_names_of_columns() -> None:
    models = heroes()
    scope = scope_of(models)
    own = {path.name: path.type for path in own_paths(scope, models["models.Hero"])}
    assert own == {"pk": "int", "id": "int", "name": "str", "power": "int | None", "team_id": "int"}
    far = {path.name: path.type for path in far_paths(scope, models["models.Hero"])}
    assert far["team"] == "int"
    assert far["team__boss_id"] == "int | None"
    assert far["leads__name"] == "str | None"
    assert far["friends__id"] == "int | None"


def test_new_objects() -> None:
    models = heroes()
    scope = scope_of(models)
    assert new_keywords(scope, models["models.Hero"]) == (
        Keyword("pk", "IntOp"),
        Keyword("id", "IntOp"),
        Keyword("name", "StrOp", required=True),
        Keyword("power", "IntOpt"),
    )
    assert choices(scope, models["models.Hero"]) == (
        (Keyword("team", "TeamRef", required=True),),
        (Keyword("team_id", "IntOp", required=True),),
    )
    team = models["models.Hero"].relations["team"]
    assert choices(scope, models["models.Hero"], team) == ((),)
    assert choices(scope, models["models.Team"]) == ((),)
    assert Keyword("boss", "HeroRef | None") in new_keywords(scope, models["models.Team"])
    assert Keyword("boss_id", "IntOpt") in new_keywords(scope, models["models.Team"])


def test_many_required_keys_are_not_multiplied() -> None:
    keys = {f"key{n}": ForeignKeyFieldInstance("models.Team", f"things{n}") for n in range(4)}
    models = graph(model("Team"), model("Thing", None, **keys))
    scope = scope_of(models)
    assert choices(scope, models["models.Thing"]) == ((),)
    assert Keyword("key3_id", "IntOp") in new_keywords(scope, models["models.Thing"])


@pytest.mark.parametrize(("depth", "most"), [(Depth.FULL, 3), (Depth.EXACT, 2), (Depth.USED, 1)])
def test_how_many_required_keys_are_multiplied(depth: Depth, most: int) -> None:
    for count in (most, most + 1):
        keys = {f"key{n}": ForeignKeyFieldInstance("models.Team", f"things{n}") for n in range(count)}
        models = graph(model("Team"), model("Thing", None, **keys))
        ways = choices(scope_of(models, depth=depth), models["models.Thing"])
        assert len(ways) == (2**count if count == most else 1)
        assert all(len(way) == (count if count == most else 0) for way in ways)


def test_a_foreign_key_as_primary_key() -> None:
    models = graph(
        model("Order", number=CharField(9, primary_key=True)),
        model("Invoice", order=OneToOneFieldInstance("models.Order", "invoice", primary_key=True)),
    )
    scope = scope_of(models)
    assert [[keyword.name for keyword in way] for way in choices(scope, models["models.Invoice"])] == [
        ["order"],
        ["order_id"],
    ]
    assert key_keywords(scope, models["models.Invoice"]) == (Keyword("pk", "StrOp"),)
    assert [keyword.name for keyword in new_keywords(scope, models["models.Order"])] == ["number"]


def test_updates_take_expressions_and_no_primary_key() -> None:
    models = heroes()
    found = {keyword.name: keyword.annotation for keyword in update_keywords(scope_of(models), models["models.Hero"])}
    assert found["power"] == "IntOpt"
    assert found["team"] == "TeamRef"
    assert "id" not in found
