"""Models and fields as plain data."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from models.described import Club, League, Tone, made
from ormgen import ORM, fields
from ormgen.fields import Now
from ormgen.fields.base import DB_DEFAULT_NOT_SET
from ormgen.fields.relational import ForeignKeyFieldInstance

ID = {
    "name": "id",
    "field_type": "SmallIntField",
    "db_column": "id",
    "python_type": "int",
    "generated": True,
    "nullable": False,
    "unique": True,
    "indexed": True,
    "default": None,
    "db_default": "__NOT_SET__",
    "description": None,
    "docstring": None,
    "constraints": {"ge": -32768, "le": 32767},
    "db_field_types": {"": "SMALLINT"},
}


@pytest.fixture(autouse=True)
async def described() -> AsyncIterator[None]:
    """The models are linked; nothing needs a database."""
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["models.described"]})
    yield
    await ORM.close_connections()


@pytest.mark.feature(138, 248)
def test_a_model() -> None:
    told = League.describe()
    assert json.loads(json.dumps(told)) == told
    assert {name: told[name] for name in ("name", "app", "table", "abstract", "description", "docstring")} == {
        "name": "models.League",
        "app": "models",
        "table": "leagues",
        "abstract": False,
        "description": "Where teams play.",
        "docstring": "Where teams play.\n\nMore about that.",
    }
    assert told["unique_together"] == [["name", "tone"]]
    assert told["indexes"] == [
        ["name", "price"],
        {"fields": [], "expressions": ["Lower('name')"], "name": "by_name", "type": "", "extra": ""},
    ]
    assert told["pk_field"] == ID
    columns = {column["name"]: column for column in told["data_fields"]}
    assert list(columns) == ["name", "tone", "price", "created", "stored", "data"]
    assert columns["name"] == ID | {
        "name": "name",
        "field_type": "CharField",
        "db_column": "league_name",
        "python_type": "str",
        "generated": False,
        "unique": False,
        "indexed": False,
        "default": "<function models.described.made>",
        "description": "Its name",
        "constraints": {"max_length": 10},
        "db_field_types": {"": "VARCHAR(10)"},
    }
    assert columns["tone"]["python_type"] == "models.described.Tone"
    assert columns["price"]["constraints"] == {"max_digits": 5, "decimal_places": 2}
    assert columns["created"]["constraints"] == {"readOnly": True}
    assert columns["stored"]["db_default"] == "Now()"
    assert columns["data"]["python_type"] == "dict | list"
    assert [relation["name"] for relation in told["backward_fk_fields"]] == ["clubs"]
    assert [relation["name"] for relation in told["m2m_fields"]] == ["befriended"]


@pytest.mark.feature(138, 248)
def test_relations() -> None:
    told = Club.describe()
    assert [column["name"] for column in told["data_fields"]] == ["league_id", "rival_id"]
    (league,), (rival,), (friends,) = told["fk_fields"], told["o2o_fields"], told["m2m_fields"]
    assert league == {
        "name": "league",
        "field_type": "ForeignKeyFieldInstance",
        "python_type": "models.League",
        "generated": False,
        "nullable": False,
        "unique": False,
        "indexed": False,
        "default": None,
        "db_default": "__NOT_SET__",
        "description": "Plays there",
        "docstring": None,
        "constraints": {},
        "db_constraint": True,
        "raw_field": "league_id",
        "on_delete": "CASCADE",
    }
    assert (rival["unique"], rival["nullable"], rival["on_delete"]) == (True, True, "SET NULL")
    assert told["backward_o2o_fields"][0]["python_type"] == "models.Club"
    expected = {"model_name": "models.League", "related_name": "befriended", "through": "friendship"}
    expected |= {"forward_key": "league_id", "backward_key": "club_id"}
    assert {name: friends[name] for name in expected} == expected


@pytest.mark.feature(138, 248)
def test_with_live_objects() -> None:
    told = League.describe(serializable=False)
    columns = {column["name"]: column for column in told["data_fields"]}
    assert columns["name"]["default"] is made
    assert columns["name"]["field_type"] is fields.CharField
    assert columns["tone"]["default"] is Tone.LOUD
    assert columns["stored"]["db_default"] == Now()
    assert columns["price"]["python_type"] is Decimal
    assert columns["price"]["db_default"] is DB_DEFAULT_NOT_SET
    (league,) = Club.describe(serializable=False)["fk_fields"]
    assert (league["field_type"], league["python_type"]) == (ForeignKeyFieldInstance, League)


@pytest.mark.feature(248)
def test_several_models() -> None:
    assert ORM.describe_models() == {"models.League": League.describe(), "models.Club": Club.describe()}
    assert ORM.describe_models([Club], serializable=False).keys() == {"models.Club"}
    assert ORM.describe_model(Club) == Club.describe()


@pytest.mark.feature(81)
def test_a_field() -> None:
    field: Any = fields.DecimalField(5, 2, null=True, default=Decimal(1), description="d")
    assert field.describe(serializable=True)["default"] == "1"
    assert field.describe(serializable=False)["default"] == Decimal(1)
    assert field.get_db_field_types() == {"": "DECIMAL(5,2)", "sqlite": "VARCHAR(40)"}
    assert League._meta.fields_map["name"].describe(True)["db_column"] == "league_name"
    path, args, kwargs = field.deconstruct()
    assert (path, args) == ("ormgen.fields.DecimalField", [])
    assert kwargs == {
        "null": True,
        "default": Decimal(1),
        "description": "d",
        "max_digits": 5,
        "decimal_places": 2,
    }
    again: Any = fields.DecimalField(**kwargs)
    assert again.describe() == field.describe()
    assert fields.IntField(primary_key=True).deconstruct()[2] == {"primary_key": True, "generated": True}
    assert fields.CharField(5, unique=True, db_index=True, db_default="").deconstruct()[2] == {
        "unique": True,
        "db_index": True,
        "db_default": "",
        "max_length": 5,
    }
    assert fields.CharEnumField(Tone).deconstruct()[2]["enum_type"] is Tone
    assert fields.DatetimeField(auto_now=True).deconstruct()[2] == {"auto_now": True}
