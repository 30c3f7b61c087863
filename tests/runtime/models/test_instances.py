"""Instances behave as Python objects: compared, hashed, copied, pickled, printed."""

import copy
import pickle
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import Model
from ormgen.schema.model_schema import RESERVED


async def test_equality_and_hash(orm: str) -> None:
    hero = await Hero.create(name="a")
    again = await Hero.get(id=hero.id)
    team = await Team.create(id=hero.id, name="a")
    assert hero == again
    assert hash(hero) == hash(again)
    assert {hero, again} == {hero}
    assert hero != team
    assert hero != await Hero.create(name="b")
    assert hero != hero.id
    assert Hero(name="x") != Hero(name="x")
    new = Hero(name="x")
    assert new == new
    with pytest.raises(TypeError, match="Model instances without id are unhashable"):
        hash(new)


async def test_instances_whose_key_was_not_loaded(orm: str) -> None:
    await Hero.bulk_create([Hero(name="a"), Hero(name="b")])
    first, second = await Hero.all().only("name").distinct().order_by("name")
    assert first == first
    assert first != second
    assert first not in [second]
    assert first != await Hero.get(name="a")
    assert repr(first) == "<Hero>"
    with pytest.raises(TypeError, match="unhashable"):
        hash(first)


async def test_repr_and_str(orm: str) -> None:
    hero = await Hero.create(name="a")
    assert repr(hero) == f"<Hero: {hero.id}>"
    assert repr(Hero(name="x")) == "<Hero>"
    assert str(hero) == "<Hero>"
    assert repr(hero.team) == "<Hero.team, not loaded>"
    assert repr(hero.minions) == "<ReverseRelation Hero.minions, not loaded>"
    assert repr(Team.filter(name="x").only("id")).startswith("<QuerySet of Team: SELECT ")


async def test_as_dictionaries(orm: str) -> None:
    hero = await Hero.create(name="a")
    data = dict(hero)
    assert data == hero.to_dict()
    assert list(data) == list(Hero._meta.columns)
    assert (data["name"], data["team_id"]) == ("a", None)
    assert await hero.to_dict() == data


async def test_copies(orm: str) -> None:
    team = await Team.create(name="t")
    hero = await Hero.create(name="a", team=team, data={"x": [1]})
    shallow, deep = copy.copy(hero), copy.deepcopy(hero)
    assert shallow == deep == hero
    deep.data["x"].append(2)
    assert hero.data == {"x": [1]}
    shallow.name, shallow.team = "b", await Team.create(name="u")
    assert hero.name == "a"
    assert hero.team == team
    await shallow.save()
    assert (await Hero.get(id=hero.id)).name == "b"


async def test_pickles(orm: str) -> None:
    team = await Team.create(name="t")
    hero = await Hero.create(name="a", team=team)
    found = await Hero.get(id=hero.id).select_related("team").prefetch_related("minions")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(found, protocol))
        assert loaded == found
        assert dict(loaded) == dict(found)
        assert loaded.team.name == "t"
        assert list(loaded.minions) == []
        loaded.name = "b"
        await loaded.save()
    partial = await Hero.all().only("name").first()
    assert partial is not None
    loaded = pickle.loads(pickle.dumps(partial))
    assert loaded.name == "b"
    with pytest.raises(AttributeError, match="was not loaded"):
        _ = loaded.power


async def test_attributes_of_ones_own(orm: str) -> None:
    hero: Any = await Hero.create(name="a")
    hero.remark = "x"
    await hero.save()
    assert hero.remark == "x"


async def test_awaiting_an_instance_gives_it(orm: str) -> None:
    hero = await Hero.create(name="a")
    assert await hero is hero


def test_no_field_can_hide_what_models_offer() -> None:
    offered = {name for name in dir(Model) if not name.startswith("_")}
    assert offered - RESERVED == {"q", "Q"}  # these give way to fields
