"""Relations lead to the right objects, can be assigned, and never answer with what they no longer are."""

import sys
from typing import Any

import pytest

from models.heroes import Badge, Hero, Mission, Report, Team
from ormgen import Q
from ormgen.exceptions import (
    FieldError,
    IntegrityError,
    NoValuesFetched,
    OperationalError,
    RelationNotLoaded,
    ValidationError,
)

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_awaiting_a_foreign_key_loads_and_keeps_it(world: World) -> None:
    bob = await Hero.get(name="bob")
    with pytest.raises(NoValuesFetched, match=r"No values were fetched for this relation, .*Hero\.team: load it"):
        _ = bob.team.name
    assert bool(bob.team)
    team = await bob.team
    assert team == world.alpha
    assert bob.team is team
    assert (await bob.team) is team
    assert bob.team.name == "alpha"
    assert RelationNotLoaded is NoValuesFetched


async def test_awaiting_an_empty_foreign_key_gives_none_each_time(world: World) -> None:
    dan = await Hero.get(name="dan")
    assert not dan.team
    assert await dan.team is None
    assert await dan.team is None
    assert await world.bob.diary is None
    assert await world.bob.diary is None


async def test_assigning_saved_objects(world: World) -> None:
    dan = await Hero.get(name="dan")
    dan.team = world.beta
    assert dan.team_id == world.beta.id
    assert dan.team is world.beta
    await dan.save()
    assert (await Hero.get(name="dan")).team_id == world.beta.id
    dan.team = None
    assert dan.team_id is None
    await dan.save()
    assert (await Hero.get(name="dan")).team_id is None
    made = await Hero.create(name="eve", team=world.alpha, boss=dan)
    assert made.team is world.alpha
    assert await (await Hero.get(id=made.id)).boss == dan


async def test_assigning_an_object_that_is_saved_later(world: World) -> None:
    team = Team(name="late")
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Team>"):
        Hero(name="eve", team=team)
    hero = Hero(name="eve")
    hero.team = team
    assert hero.team is team
    await team.save()
    assert hero.team is team
    await hero.save()
    assert hero.team_id == team.id
    assert hero.team is team
    assert (await Hero.get(name="eve")).team_id == team.id
    badge = Badge()
    badge.hero = Hero(name="new")
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        await badge.save()


async def test_an_unsaved_object_is_not_silently_stored_as_nothing(world: World) -> None:
    hero = Hero(name="eve")
    hero.team = Team(name="late")
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        await hero.save()
    assert not await Hero.exists(name="eve")
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        await Hero.bulk_create([hero])


async def test_a_changed_key_makes_a_loaded_object_stale(world: World) -> None:
    bob = await Hero.get(name="bob").select_related("team")
    assert bob.team.name == "alpha"
    bob.team_id = world.beta.id
    with pytest.raises(NoValuesFetched):
        _ = bob.team.name
    assert (await bob.team).name == "beta"
    bob.team_id = None
    assert not bob.team
    assert await bob.team is None
    cid = await Hero.get(name="cid").select_related("team")
    cid.team_id = None
    await cid.save()
    assert (await Hero.get(name="cid")).team_id is None
    cid.team = world.alpha
    cid.team_id = None
    await cid.save()
    assert (await Hero.get(name="cid")).team_id is None


async def test_assigning_something_else_is_refused(world: World) -> None:
    with pytest.raises(ValidationError, match=r"field 'team'\. Expected model type 'Team', but got 'Hero'"):
        world.bob.team = world.ann
    with pytest.raises(ValidationError, match=r"field 'team'\. Expected model type 'Team', but got 'int'"):
        Hero(name="x", team=5)
    bob: Any = world.bob
    alpha: Any = world.alpha
    with pytest.raises(ValidationError, match=r"Hero\.badge is set from its other side, hero"):
        bob.badge = world.badge
    with pytest.raises(ValidationError, match=r"Team\.heroes cannot be assigned"):
        alpha.heroes = []


async def test_one_to_one_both_ways(world: World) -> None:
    assert await world.badge.hero == world.ann
    ann = await Hero.get(name="ann")
    assert await ann.badge == world.badge
    assert ann.badge == world.badge
    assert await Hero.get(badge__id=world.badge.id) == ann
    bob = await Hero.get(name="bob").select_related("badge")
    assert bob.badge is None


async def test_reverse_managers(world: World) -> None:
    alpha = await Team.get(name="alpha")
    assert await names(alpha.heroes) == ["ann", "bob"]
    assert await names(alpha.heroes.all()) == ["ann", "bob"]
    assert await names(alpha.heroes.filter(power=2)) == ["bob"]
    assert await names(alpha.heroes.exclude(power=2)) == ["ann"]
    assert await names(alpha.heroes.order_by("-power").limit(1)) == ["bob"]
    assert await names(alpha.heroes.order_by("power").offset(1)) == ["bob"]
    assert await alpha.heroes.all().count() == 2
    assert await alpha.heroes.filter(Q(power=1)).exists()
    assert [hero.name async for hero in alpha.heroes] == ["ann", "bob"]
    assert await alpha.heroes.get(name="ann") == world.ann
    assert await alpha.heroes.all().values_list("name", flat=True) == ["ann", "bob"]
    assert await names(world.ann.minions) == ["bob", "cid"]
    eve = await alpha.heroes.create(name="eve")
    assert (eve.team_id, eve.team) == (alpha.id, alpha)
    assert await alpha.heroes.all().update(power=9) == 3
    assert await alpha.heroes.filter(name="eve").delete() == 1
    assert await Hero.filter(power=9).count() == 2


async def test_reverse_managers_before_they_are_loaded(world: World) -> None:
    alpha = await Team.get(name="alpha")
    for use in (list, len, bool, lambda heroes: heroes[0], lambda heroes: world.ann in heroes):
        with pytest.raises(NoValuesFetched, match=r'Team\.heroes: load it first, with prefetch_related\("heroes"\)'):
            use(alpha.heroes)
    await alpha.fetch_related("heroes")
    assert list(alpha.heroes) == [world.ann, world.bob]
    assert (len(alpha.heroes), bool(alpha.heroes), alpha.heroes[1]) == (2, True, world.bob)
    assert world.ann in alpha.heroes
    assert alpha.heroes[:1] == [world.ann]


async def test_managers_of_unsaved_objects_say_so(orm: str) -> None:
    with pytest.raises(OperationalError, match=r"hasn't been instanced, call \.save\(\) before .*: Team\.heroes"):
        await Team(name="x").heroes.all()
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on <Mission>"):
        await Mission(title="x").crew.add(await Hero.create(name="a"))


async def test_many_to_many(world: World) -> None:
    assert await names(world.rescue.crew) == ["ann", "bob", "cid"]
    assert {mission.title for mission in await world.ann.missions} == {"rescue", "parade"}
    await world.parade.crew.add(world.bob, world.bob, world.ann)
    await world.parade.crew.add(world.bob)
    assert await names(world.parade.crew) == ["ann", "bob"]
    await world.parade.crew.remove(world.bob, world.dan)
    await world.parade.crew.remove(world.bob)
    assert await names(world.parade.crew) == ["ann"]
    await world.dan.missions.add(world.parade)
    assert await names(world.parade.crew.filter(power__gt=1)) == ["dan"]
    assert await names(world.parade.crew.order_by("-name").limit(1)) == ["dan"]
    assert await world.parade.crew.all().count() == 2
    eve = await world.parade.crew.create(name="eve")
    assert await names(world.parade.crew.filter(id=eve.id)) == ["eve"]
    await world.parade.crew.clear()
    await world.parade.crew.clear()
    assert await world.parade.crew.all() == []
    assert await names(world.rescue.crew) == ["ann", "bob", "cid"]
    await world.parade.crew.add()
    with pytest.raises(OperationalError, match="no instances"):
        await world.parade.crew.remove()
    with pytest.raises(ValidationError, match="Expected model type 'Hero'"):
        await world.parade.crew.add(world.alpha)
    with pytest.raises(OperationalError, match=r"first call \.save\(\)"):
        await world.parade.crew.add(Hero(name="x"))
    with pytest.raises(IntegrityError):
        await world.parade.crew.add(Hero.construct(id=99999, _saved_in_db=True))


async def test_more_pairs_than_one_statement_takes(orm: str) -> None:
    mission = await Mission.create(title="crowd")
    heroes = await Hero.bulk_create([Hero(name=f"h{number}") for number in range(17_000)], batch_size=2_000)
    await mission.crew.add(*heroes)
    assert await mission.crew.all().count() == 17_000
    await mission.crew.remove(*heroes[1:])
    assert await mission.crew.all() == heroes[:1]


async def test_changing_the_rows_of_a_many_to_many_relation_leaves_others_alone(world: World) -> None:
    assert await world.rescue.crew.all().update(power=7) == 3
    assert (await Hero.get(name="dan")).power == 4
    assert await world.parade.crew.all().delete() == 1
    assert await names(Hero.all()) == ["bob", "cid", "dan"]
    assert await world.rescue.crew.filter(name="bob").update(power=8) == 1
    assert await Hero.filter(power=8).count() == 1
    assert await names(world.rescue.crew.all().order_by("name")) == ["bob", "cid"]


async def test_relations_of_a_model_with_itself(world: World) -> None:
    await world.ann.friends.add(world.bob, world.cid)
    assert await names(world.ann.friends) == ["bob", "cid"]
    assert await names(world.bob.befriended_by) == ["ann"]
    assert await names(world.bob.friends) == []
    assert await names(Hero.filter(friends__name="cid")) == ["ann"]
    assert await names(Hero.filter(befriended_by=world.ann)) == ["bob", "cid"]
    ann = await Hero.get(name="ann").prefetch_related("friends", "minions")
    assert [hero.name for hero in ann.friends] == [hero.name for hero in ann.minions] == ["bob", "cid"]
    cid = await Hero.get(name="cid").select_related("boss__team", "team").prefetch_related("befriended_by")
    assert (cid.boss.team.name, cid.team.name, list(cid.befriended_by)) == ("alpha", "beta", [world.ann])


async def test_foreign_keys_to_other_columns(world: World) -> None:
    report = await Report.get(text="bob in rescue")
    assert report.mission_id == "rescue"
    assert await report.mission == world.rescue
    assert [item.text for item in await world.parade.reports.all()] == ["ann in parade"]
    assert await Report.filter(mission__reward__gt=1).count() == 2
    missions = await Mission.all().prefetch_related("reports").order_by("title")
    assert [len(mission.reports) for mission in missions] == [1, 2]
    report.mission = world.parade
    await report.save()
    assert (await Report.get(id=report.id)).mission_id == "parade"
    loaded = await Report.get(id=report.id).select_related("mission", "author__team__country")
    assert (loaded.mission.title, loaded.author.team.country.name) == ("parade", "Norway")


async def test_select_related(world: World) -> None:
    heroes = await Hero.all().select_related("team__country", "boss__team").order_by("power")
    assert [hero.team and hero.team.name for hero in heroes] == ["alpha", "alpha", "beta", None]
    assert heroes[0].team.country.name == "Norway"
    assert heroes[2].team.country is None
    assert [hero.boss and hero.boss.team.name for hero in heroes] == [None, "alpha", "alpha", None]
    assert heroes[0].team == heroes[1].team
    (badge,) = await Badge.all().select_related("hero__team", "hero")
    assert badge.hero.team.name == "alpha"
    assert await names(Hero.filter(team__name="alpha").select_related("team").only("name", "team__name")) == [
        "ann",
        "bob",
    ]
    ann = await Hero.filter(name="ann").select_related("team").only("name", "team__name").get()
    assert ann.team.name == "alpha"
    with pytest.raises(AttributeError, match=r"Team\.city was not loaded"):
        _ = ann.team.city
    counted = await Hero.filter(team__name="alpha").select_related("team").count()
    assert counted == 2


async def test_only_and_defer(world: World) -> None:
    hero = await Hero.all().only("name", "team").get(name="ann")
    assert hero.team_id == world.alpha.id
    assert await hero.team == world.alpha
    with pytest.raises(AttributeError, match="was not loaded"):
        _ = hero.power
    hero = await Hero.all().defer("data", "team").get(name="ann")
    assert hero.power == 1
    for name in ("data", "team_id"):
        with pytest.raises(AttributeError, match="was not loaded"):
            getattr(hero, name)
    assert "power" in hero.to_dict()
    assert "data" not in hero.to_dict()


@pytest.mark.feature(152)
async def test_only_columns_of_related_objects(world: World) -> None:
    """Naming a column behind a foreign key loads the object that it belongs to."""
    hero: Any = await Hero.all().only("team__name", "name").get(name="ann")
    assert (hero.name, hero.team.name) == ("ann", "alpha")
    for owner, name in ((hero, "power"), (hero.team, "city")):
        with pytest.raises(AttributeError, match="was not loaded"):
            getattr(owner, name)
    with pytest.raises(FieldError, match="leads to many objects"):
        await Team.all().only("heroes__name")
    with pytest.raises(FieldError, match="taem"):
        Hero.all().only("taem__name")


async def test_deleting_what_others_point_at(world: World) -> None:
    await world.norway.delete()
    assert (await Team.get(name="alpha")).country_id is None
    await world.ann.delete()
    assert (await Hero.get(name="bob")).boss_id is None
    assert not await Badge.exists()
    assert await names(world.rescue.crew) == ["bob", "cid"]
    await world.alpha.delete()
    assert await names(Hero.all()) == ["cid", "dan"]


@pytest.mark.parametrize("name", ["nothing", "name", "team__nothing"])
async def test_fetching_what_is_no_relation(world: World, name: str) -> None:
    with pytest.raises(FieldError):
        await world.ann.fetch_related(name)


async def test_attributes_that_do_not_exist(world: World) -> None:
    hero: Any = world.ann
    hint = '; did you mean "name"' if sys.version_info >= (3, 12) else ""  # tracebacks have one of Python's own
    with pytest.raises(AttributeError, match=rf"'Hero' object has no attribute 'nam'{hint}"):
        _ = hero.nam
