"""Prefetching loads each relation of all objects with one statement, nested and with questions of one's own."""

import pytest

from models.heroes import Hero, Mission, Team
from ormgen import F, Prefetch
from ormgen.exceptions import FieldError, ParamsError
from ormgen.functions import Count

from .world import World, build


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_nested(world: World) -> None:
    teams = await Team.all().prefetch_related("heroes__missions", "heroes__badge", "country").order_by("name")
    found = [
        (team.name, [(hero.name, sorted(m.title for m in hero.missions)) for hero in team.heroes]) for team in teams
    ]
    assert found == [
        ("alpha", [("ann", ["parade", "rescue"]), ("bob", ["rescue"])]),
        ("beta", [("cid", ["rescue"])]),
        ("empty", []),
    ]
    assert teams[0].heroes[0].badge == world.badge
    assert teams[0].heroes[1].badge is None
    assert [team.country and team.country.name for team in teams] == ["Norway", None, None]


async def test_forward_relations_are_shared(world: World) -> None:
    ann, bob, cid, dan = await Hero.all().prefetch_related("team", "boss__team")
    assert ann.team is bob.team
    assert bob.boss is cid.boss
    assert (ann.boss, dan.team) == (None, None)
    assert bob.boss.team.name == "alpha"


async def test_many_to_many_objects_are_shared_and_complete(world: World) -> None:
    parade, rescue = await Mission.all().prefetch_related("crew__team").order_by("title")
    assert [hero.name for hero in rescue.crew] == ["ann", "bob", "cid"]
    assert parade.crew[0] is rescue.crew[0]
    assert rescue.crew[0].team.name == "alpha"


async def test_with_a_question_of_ones_own(world: World) -> None:
    strong = Hero.filter(power__gte=2).order_by("-power").select_related("boss")
    (alpha,) = await Team.filter(name="alpha").prefetch_related(Prefetch("heroes", queryset=strong))
    assert [(hero.name, hero.boss.name) for hero in alpha.heroes] == [("bob", "ann")]
    (rescue,) = await Mission.filter(title="rescue").prefetch_related(Prefetch("crew", queryset=strong))
    assert [hero.name for hero in rescue.crew] == ["cid", "bob"]
    (alpha,) = await Team.filter(name="alpha").prefetch_related(
        Prefetch("heroes", queryset=Hero.all().prefetch_related("missions").only("name"))
    )
    assert [len(hero.missions) for hero in alpha.heroes] == [2, 1]


async def test_under_an_attribute_of_ones_own(world: World) -> None:
    (alpha,) = await Team.filter(name="alpha").prefetch_related(
        Prefetch("heroes", queryset=Hero.filter(power=2), to_attr="strong"),
        Prefetch("heroes", queryset=Hero.filter(power=1), to_attr="weak"),
        "heroes",
    )
    assert (alpha.strong, alpha.weak, list(alpha.heroes)) == ([world.bob], [world.ann], [world.ann, world.bob])
    assert isinstance(alpha.strong, list)
    for taken in ("name", "heroes", "save", "pk"):
        with pytest.raises((FieldError, ParamsError), match=taken):
            await Team.all().prefetch_related(Prefetch("heroes", Hero.all(), to_attr=taken))


async def test_annotated_objects(world: World) -> None:
    question = Hero.annotate(via=Count("reports"), twice=F("power") * 2)
    (rescue,) = await Mission.filter(title="rescue").prefetch_related(Prefetch("crew", queryset=question))
    assert [(hero.name, hero.via, hero.twice) for hero in rescue.crew] == [("ann", 2, 2), ("bob", 1, 4), ("cid", 0, 6)]


async def test_fetch_related_and_fetch_for_list(world: World) -> None:
    assert await world.alpha.fetch_related("heroes__missions", "country") is world.alpha
    assert [len(hero.missions) for hero in world.alpha.heroes] == [2, 1]
    teams = await Team.all().order_by("name")
    await Team.fetch_for_list(teams, "heroes")
    assert [len(team.heroes) for team in teams] == [2, 1, 0]
    await Team.fetch_for_list([], "heroes")


async def test_changing_a_relation_forgets_what_was_loaded(world: World) -> None:
    rescue = await Mission.get(title="rescue").prefetch_related("crew")
    assert len(rescue.crew) == 3
    await rescue.crew.remove(world.cid)
    assert await rescue.crew.all().count() == 2
    await rescue.fetch_related("crew")
    assert len(rescue.crew) == 2
    await rescue.refresh_from_db()
    assert rescue.title == "rescue"


async def test_nothing_to_load(orm: str) -> None:
    assert await Team.all().prefetch_related("heroes__missions") == []
    await Hero.create(name="solo")
    (hero,) = await Hero.all().prefetch_related("team__heroes", "missions__crew", "badge", "minions__team")
    assert (hero.team, list(hero.missions), hero.badge, list(hero.minions)) == (None, [], None, [])


async def test_more_objects_than_one_statement_may_name(orm: str) -> None:
    teams = [Team(name=f"t{number:05}") for number in range(2_500)]
    await Team.bulk_create(teams)
    await Hero.bulk_create([Hero(name=f"h{team.id}", team=team) for team in teams])
    found = await Team.all().prefetch_related("heroes").order_by("id")
    assert [team.heroes[0].name for team in found] == [f"h{team.id}" for team in teams]


async def test_questions_that_cannot_be_prefetched(world: World) -> None:
    with pytest.raises(ParamsError, match=r"not a valid|is the name of an attribute"):
        Prefetch("heroes", Hero.all(), to_attr="not a name")
    with pytest.raises(FieldError, match="heroes"):
        await Team.all().prefetch_related(Prefetch("heros", queryset=Hero.all()))
    with pytest.raises((ParamsError, FieldError), match="Hero"):
        await Team.all().prefetch_related(Prefetch("heroes", queryset=Mission.all()))
