"""Objects and questions copied and pickled, compared and shown; questions that were not awaited."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import F, Prefetch, Q, connections, in_transaction
from ormgen.expressions import Subquery
from ormgen.functions import Count, Lower

from .world import World, build


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, pickled]


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.parametrize("copied", COPIES)
async def test_objects(world: World, copied: Callable[[Any], Any]) -> None:
    team = await Team.all().prefetch_related("heroes__missions").annotate(n=Count("heroes")).get(name="alpha")
    made = copied(team)
    assert made is not team
    assert made == team
    assert hash(made) == hash(team)
    assert (made.name, made.n, made._saved_in_db) == ("alpha", 2, True)
    assert sorted(hero.name for hero in made.heroes) == ["ann", "bob"]
    assert {mission.title for hero in made.heroes for mission in hero.missions} == {"rescue", "parade"}
    hero = copied(await Hero.all().select_related("team").get(name="ann"))
    assert hero.team.name == "alpha"
    hero.power = 99
    await hero.save()
    assert (await Hero.get(name="ann")).power == 99
    new = copied(Hero(name="new", power=5))
    await new.save()
    assert await Hero.filter(name="new").count() == 1


@pytest.mark.feature(140)
@pytest.mark.parametrize("copied", COPIES)
async def test_questions(world: World, copied: Callable[[Any], Any]) -> None:
    asked: list[Any] = [
        Hero.filter(Q(name="ann") | ~Q(power__gt=1)).order_by("name").limit(3),
        Hero.annotate(n=Count("missions"), low=Lower("name")).filter(n__gt=0).order_by("-n", "id"),
        Hero.filter(power__gt=F("team__size"), team__in=Team.filter(size__gt=0)).select_related("team"),
        Hero.filter(id__in=Subquery(Hero.filter(power=1).values("id"))),
        Hero.filter(Hero.q.power > 1).order_by(Hero.q.name.desc()),
        Hero.all().order_by("id").values("name", team="team__name"),
        Hero.all().order_by("id").values_list("name", flat=True),
        Hero.filter(name="ann").first(),
        Hero.get(name="ann"),
        Hero.all().order_by("id").using_db(connections.get("default")),
        Team.all().order_by("id").prefetch_related("heroes", Prefetch("heroes", Hero.filter(power=1), "weak")),
    ]
    for question in asked:
        assert await copied(question) == await question
        assert copied(question).sql() == question.sql()
    teams = await copied(asked[-1])
    assert [hero.name for hero in teams[0].weak] == ["ann"]


async def test_what_ends_cannot_be_pickled(orm: str) -> None:
    async with in_transaction() as connection:
        with pytest.raises(TypeError, match="bound to a transaction"):
            pickle.dumps(Hero.all().using_db(connection))
        question = Hero.all().limit(1)
        assert pickled(question).sql() == question.sql()
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(connections.get("default"))


async def test_equality_and_hashes(world: World) -> None:
    again = await Hero.get(name="ann")
    assert again == world.ann
    assert len({again, world.ann, world.bob}) == 2
    assert Hero(name="x") != Hero(name="x")
    assert again != world.alpha
    with pytest.raises(TypeError, match="unhashable"):
        hash(Hero(name="x"))


UNAWAITED: list[Callable[[Any], Any]] = [bool, len, list, lambda asked: [*asked], lambda asked: 3 in asked]


@pytest.mark.parametrize("use", UNAWAITED)
async def test_await_it_first(orm: str, use: Callable[[Any], Any]) -> None:
    heroes = Hero.filter(name="x")
    asked: list[Any] = [heroes, heroes.values("id"), heroes.first(), Hero.get(id=1), heroes.count(), Hero.all()[:3]]
    for question in asked:
        with pytest.raises(TypeError, match="await it first"):
            use(question)
