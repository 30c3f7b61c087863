"""Models as plain data."""

import json
from typing import Any

import pytest

from models.heroes import Badge, Hero, Mission, Team
from ormgen import ORM
from ormgen.fields import CharField


def named(described: dict[str, Any], group: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in described[group]}


@pytest.mark.feature(138)
async def test_describe(orm: str) -> None:
    found = Hero.describe()
    assert json.loads(json.dumps(found)) == found
    assert (found["name"], found["app"], found["table"], found["abstract"]) == ("models.Hero", "models", "hero", False)
    assert found["docstring"] is None
    pk = found["pk_field"]
    assert (pk["name"], pk["field_type"], pk["generated"], pk["unique"]) == ("id", "IntField", True, True)
    columns = named(found, "data_fields")
    assert list(columns)[:4] == ["created", "changed", "name", "nick"]
    assert columns["name"]["constraints"] == {"max_length": 50}
    assert columns["name"]["python_type"] == "str"
    assert columns["nick"]["nullable"] is True
    assert columns["power"]["default"] == 0
    assert columns["team_id"]["field_type"] == "IntField"
    keys = named(found, "fk_fields")
    assert list(keys) == ["team", "boss"]
    assert (keys["team"]["python_type"], keys["team"]["raw_field"]) == ("models.Team", "team_id")
    assert keys["boss"]["on_delete"] == "SET NULL"
    assert list(named(found, "backward_fk_fields")) == ["minions", "reports"]
    assert list(named(found, "backward_o2o_fields")) == ["badge", "diary"]
    many = named(found, "m2m_fields")
    assert set(many) == {"friends", "befriended_by", "missions"}
    assert many["friends"]["through"] == "friendship"
    assert list(named(Badge.describe(), "o2o_fields")) == ["hero"]


@pytest.mark.feature(138)
async def test_describe_with_objects(orm: str) -> None:
    found = Hero.describe(serializable=False)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(found)
    columns = named(found, "data_fields")
    assert (columns["name"]["field_type"], columns["name"]["python_type"]) == (CharField, str)
    assert columns["data"]["default"] is dict
    assert named(found, "fk_fields")["team"]["python_type"] is Team


@pytest.mark.feature(138)
async def test_describe_models(orm: str) -> None:
    everything = ORM.describe_models()
    json.dumps(everything)
    assert everything["models.Hero"] == Hero.describe() == ORM.describe_model(Hero)
    assert set(ORM.describe_models([Hero, Mission])) == {"models.Hero", "models.Mission"}
    assert ORM.describe_models([Team], serializable=False)["models.Team"]["pk_field"]["python_type"] is int
