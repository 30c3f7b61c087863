"""What programs for Tortoise ORM rely on: classes of errors, words of errors, and what is loaded."""

import enum
from typing import Any

import pytest

from models.heroes import Badge, Hero, Mission, Team
from ormgen import F, Prefetch, Value, fields
from ormgen.exceptions import ConfigurationError, FieldError, OperationalError, ParamsError, ValidationError
from runtime.models.world import World, build


class Far(enum.IntEnum):
    NEAR = 0
    FAR = 5


@pytest.mark.feature(84, 87)
@pytest.mark.parametrize(
    "field",
    [fields.CharField, fields.DecimalField, lambda: fields.DecimalField(max_digits=3)],
    ids=["text", "digits", "places"],
)
def test_options_that_lack(field: Any) -> None:
    with pytest.raises(TypeError):
        field()
    with pytest.raises(ConfigurationError):
        field()


@pytest.mark.feature(94)
def test_generated_enums_begin_at_one() -> None:
    with pytest.raises(ConfigurationError, match=r"valid range of IntEnumField's values is 1\.\.32767!"):
        fields.IntEnumField(Far, primary_key=True, generated=True)
    assert fields.IntEnumField(Far).enum_type is Far


@pytest.mark.feature(101)
@pytest.mark.parametrize("unique", [True, False])
def test_the_old_word_for_unique_pairs(unique: bool) -> None:
    with pytest.warns(DeprecationWarning, match="`create_unique_index` is deprecated! Use `unique` instead"):
        field: Any = fields.ManyToManyField("models.Team", create_unique_index=unique)
    assert field.unique is unique


@pytest.fixture
async def world(orm: None) -> World:
    return await build()


@pytest.mark.feature(112)
async def test_objects_of_other_models(world: World) -> None:
    told = "Expected model type 'Team', but got 'Hero'"
    for kind in (ValidationError, TypeError, ValueError):
        with pytest.raises(kind, match=told):
            await Hero.filter(team=world.ann)
        with pytest.raises(kind, match=told):
            world.ann.team = world.ann


@pytest.mark.feature(106, 154)
async def test_words_of_errors(world: World) -> None:
    with pytest.raises(OperationalError, match=r"hasn't been instanced, call \.save\(\) before"):
        await Team(name="new").heroes.all()
    with pytest.raises(FieldError, match=r'^Relation tem for models\.Hero not found; did you mean "team"\?'):
        await Hero.all().prefetch_related("tem")
    with pytest.raises(FieldError, match=r"^Field name on models\.Hero is not a relation"):
        await Hero.all().prefetch_related("name")


@pytest.mark.feature(146, 152)
async def test_distinct_by_the_columns_asked_for(world: World) -> None:
    found = await Hero.all().only("active").distinct().order_by("active")
    assert [hero.active for hero in found] == [False, True]
    with pytest.raises(AttributeError, match=r"Hero\.id was not loaded"):
        _ = found[0].pk
    assert "Hero" in repr(found[0])
    assert len(await Hero.all().only("id", "active").distinct().order_by("id")) == 4


@pytest.mark.feature(152)
async def test_only_needs_names(world: World) -> None:
    with pytest.raises(ValueError, match=r"only\(\) needs the names of columns"):
        await Hero.all().only()


@pytest.mark.feature(147)
async def test_unions_of_several_models(world: World) -> None:
    teams, heroes = Team.all().only("id", "name"), Hero.filter(power__gte=3).only("id", "name")
    found: list[Any] = await teams.union(heroes).order_by("-name")
    assert [(type(each), each.name) for each in found] == [
        (Team, "empty"), (Hero, "dan"), (Hero, "cid"), (Team, "beta"), (Team, "alpha")
    ]  # fmt: skip
    assert set(found) == {world.empty, world.dan, world.cid, world.beta, world.alpha}
    with pytest.raises(AttributeError, match=r"Hero\.power was not loaded"):
        _ = found[1].power
    assert await teams.union(heroes).count() == 5
    assert [each.name for each in await heroes.union(teams).order_by("name").limit(2).offset(1)] == ["beta", "cid"]
    chained = Team.filter(name="alpha").only("id").union(Team.filter(name="beta").only("id"))
    assert set(await chained.union(Hero.filter(name="ann").only("id"))) == {world.alpha, world.beta, world.ann}
    both = await Team.all().only("id").union(Team.all().only("id"), Hero.all().only("id"), all=True)
    assert len(both) == 10
    assert [each async for each in teams.union(heroes).order_by("name")] == found[::-1]


@pytest.mark.feature(147)
async def test_unions_of_several_models_that_are_refused(world: World) -> None:
    told = "Union queries must have the same select fields"
    with pytest.raises(ParamsError, match=f"{told}, not id, name and name; name them with only"):
        Team.all().only("id", "name").union(Hero.all().only("name"))
    with pytest.raises(ParamsError, match=told):
        Team.all().union(Hero.all())
    with pytest.raises(ParamsError, match=rf"{told}: Hero\.id holds int, Badge\.id holds UUID"):
        Hero.all().only("id").union(Badge.all().only("id"))
    with pytest.raises(ParamsError, match="Union queries do not support annotations"):
        Team.annotate(n=Value(1)).only("id", "n").union(Hero.annotate(n=Value(1)).only("id", "n"))
    for combined in (Team.all().intersection, Team.all().difference):
        with pytest.raises(ParamsError, match=r"never the same; take union\(\), or put values\(\)"):
            combined(Hero.all())


@pytest.mark.feature(101, 107)
def test_options_of_many_to_many_by_place() -> None:
    words: Any = ("models.Group", "user_group", "user_id", "group_id", "users", fields.SET_NULL, False, False)
    field: Any = fields.ManyToManyField(*words)
    assert (field.db_constraint, field.unique, field.on_delete) == (False, False, fields.CASCADE)
    for declare in (fields.ForeignKeyField, fields.OneToOneField):
        key: Any = declare("models.Group", "users", fields.SET_NULL, False, True)
        assert (key.related_name, key.db_constraint, key.null) == ("users", False, True)


@pytest.mark.feature(154)
async def test_limited_prefetches(world: World) -> None:
    strongest = Prefetch("heroes", queryset=Hero.all().order_by("-power").limit(1))
    teams = await Team.all().order_by("name").prefetch_related(strongest)
    assert [[hero.name for hero in team.heroes] for team in teams] == [["bob"], ["cid"], []]
    assert "prefetched_number" not in teams[0].heroes[0].__dict__
    others = Prefetch("minions", queryset=Hero.all()[1:3], to_attr="others")
    assert [[each.name for each in hero.others] for hero in await Hero.filter(name="ann").prefetch_related(others)] == [
        ["cid"]
    ]
    crew = Prefetch("crew", queryset=Hero.all().only("name").order_by("-name").limit(2))
    missions = await Mission.all().order_by("-title").prefetch_related(crew)
    assert [[hero.name for hero in mission.crew] for mission in missions] == [["cid", "bob"], ["ann"]]
    few = Prefetch("heroes", queryset=Hero.filter(power__lt=2).offset(1))
    assert [len(team.heroes) for team in await Team.all().prefetch_related(few)] == [0, 0, 0]


@pytest.mark.feature(83, 181)
async def test_computed_numbers_that_a_column_cannot_hold(world: World) -> None:
    for change in (F("power") + 2**31 - 1, F("power") * -(2**30) - 2**31):
        with pytest.raises(OperationalError) as caught:
            await Hero.filter(name="dan").update(power=change)
        assert caught.value.sqlstate == "22003"
    assert (await Hero.get(name="dan")).power == 4
    await Hero.filter(name="dan").update(power=F("power") + 2**31 - 5)
    assert (await Hero.get(name="dan")).power == 2**31 - 1
