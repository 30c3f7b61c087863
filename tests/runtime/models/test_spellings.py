"""Methods of instances, classes and query sets, one by one, as Tortoise users spell them."""

from typing import Any

import pytest

from models.heroes import Badge, Country, Hero, Mission, Team
from ormgen import F, Prefetch, Q, connections, in_transaction
from ormgen.exceptions import (
    ConfigurationError,
    DoesNotExist,
    FieldError,
    IncompleteInstanceError,
    IntegrityError,
    MultipleObjectsReturned,
    OperationalError,
    ParamsError,
    UnknownFieldError,
    ValidationError,
)
from ormgen.expressions import Subquery
from ormgen.functions import Count

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.feature(116)
async def test_save(orm: str) -> None:
    team = Team(name="a")
    await team.save()
    assert team.id is not None
    team.name, team.city = "b", "Oslo"
    await team.save(update_fields=["name"])
    assert await Team.get(id=team.id).values_list("name", "city") == ("b", None)
    async with in_transaction() as connection:
        await team.save(using_db=connection)
    assert (await Team.get(id=team.id)).city == "Oslo"
    await Team(id=team.id, name="forced").save(force_update=True)
    assert await Team.get(id=team.id).values_list("name", "city") == ("forced", None)
    hero = await Hero.create(name="h")
    again = Hero(id=hero.id, name="again")
    await again.save(force_update=True)  # created is filled in, as for a new one
    assert (await Hero.get(id=hero.id)).name == "again"


@pytest.mark.feature(117)
async def test_save_errors(orm: str) -> None:
    team = await Team.create(name="a", city="Oslo")
    partial = await Team.all().only("id", "name").get(id=team.id)
    with pytest.raises(IncompleteInstanceError, match="is a partial model"):
        await partial.save()
    with pytest.raises(IncompleteInstanceError):
        await partial.save(update_fields=["name", "city"])
    partial.name = "b"
    await partial.save(update_fields=["name"])
    with pytest.raises(IntegrityError):
        await team.save(force_create=True)
    missing = Team(id=team.id + 1, name="x")
    with pytest.raises(OperationalError, match=f"Can't update object that doesn't exist. PK: {missing.id}"):
        await missing.save(force_update=True)


@pytest.mark.feature(118, 119)
async def test_delete_and_refresh(orm: str) -> None:
    team = await Team.create(name="a", city="Oslo")
    await Team.filter(id=team.id).update(name="b", city="Rome")
    await team.refresh_from_db(fields=["name"])
    assert (team.name, team.city) == ("b", "Oslo")
    await team.refresh_from_db(using_db=connections.get("default"))
    assert team.city == "Rome"
    await team.delete()
    assert await Team.all().count() == 0
    with pytest.raises(OperationalError, match="Can't delete unpersisted record"):
        await Team(name="x").delete()
    with pytest.raises(OperationalError, match="Can't refresh unpersisted record"):
        await Team(name="x").refresh_from_db()


@pytest.mark.feature(120, 134, 154)
async def test_fetch_related_and_fetch_for_list(world: World) -> None:
    team = await Team.get(name="alpha")
    assert (
        await team.fetch_related("country", "heroes__missions", Prefetch("heroes", Hero.filter(power=2), "weak"))
        is team
    )
    assert team.country.name == "Norway"
    assert sorted(mission.title for hero in team.heroes for mission in hero.missions) == ["parade", "rescue", "rescue"]
    weak: Any = team
    assert [hero.name for hero in weak.weak] == ["bob"]
    heroes = await Hero.all()
    await Hero.fetch_for_list(heroes, "team", Prefetch("missions", Mission.filter(title="parade")))
    assert [len(hero.missions) for hero in heroes] == [1, 0, 0, 0]
    with pytest.raises(FieldError, match='did you mean "missions"'):
        await heroes[0].fetch_related("mission")


@pytest.mark.feature(121)
async def test_update_from_dict(orm: str) -> None:
    team = Team(name="a")
    assert team.update_from_dict({"name": "b", "size": "7"}) is team
    assert (team.name, team.size) == ("b", 7)
    with pytest.raises(UnknownFieldError, match='did you mean "name"'):
        team.update_from_dict({"nmae": "x"})
    with pytest.raises(ValueError, match="seven"):
        team.update_from_dict({"size": "seven"})
    with pytest.raises(ConfigurationError, match="You can't set backward relations through init"):
        team.update_from_dict({"heroes": []})


@pytest.mark.feature(123)
async def test_construct(orm: str) -> None:
    hero: Any = Hero.construct(name="x", power="not checked", missions=[Mission.construct(title="m")])
    assert (hero.name, hero.power, hero._saved_in_db) == ("x", "not checked", False)
    assert [mission.title for mission in hero.missions] == ["m"]
    assert Hero.construct(_saved_in_db=True, id=3, name="y")._saved_in_db is True


@pytest.mark.feature(124)
async def test_constructor_rules(orm: str) -> None:
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (Team, {"name": "a", "heroes": []}, "You can't set backward relations through init"),
        (Hero, {"name": "a", "badge": None}, "You can't set backward one to one relations through init"),
        (Hero, {"name": "a", "missions": []}, "You can't set m2m relations through init"),
        (Mission, {"title": "a", "crew": []}, "You can't set m2m relations through init"),
    ]
    for model, given, told in wrong:
        with pytest.raises(ConfigurationError, match=told):
            model(**given)
        with pytest.raises(FieldError, match=told):
            await model.create(**given)
    with pytest.raises(TypeError, match='Team has no field "nam"; did you mean "name"'):
        Team(nam="x")
    with pytest.raises(ValidationError, match="name is non nullable field, but null was passed"):
        Team(name=None)


@pytest.mark.feature(125, 126)
async def test_create(orm: str) -> None:
    async with in_transaction() as connection:
        team = await Team.create(using_db=connection, name="a")
        await Team.create(name="b").using_db(connection)
        await connection.rollback()
    assert await Team.all().count() == 0
    team = await Team.create(name="c", size=3)
    assert await team is team
    assert await Team.get(pk=team.pk) == team


@pytest.mark.feature(127, 156)
async def test_one_object(world: World) -> None:
    assert (await Hero.get(Q(name="ann"), power__gt=0)).name == "ann"
    with pytest.raises(DoesNotExist, match="Object does not exist"):
        await Hero.get(name="zoe")
    for several in (Hero.get(power__gt=1), Hero.get_or_none(power__gt=1), Hero.get(power__gt=1).values("name")):
        with pytest.raises(MultipleObjectsReturned, match="Multiple objects returned, expected exactly one"):
            await several
    assert await Hero.get_or_none(name="zoe") is None
    assert await Hero.filter(name="zoe").first().values("name") is None
    assert await Hero.filter(name="zoe").first().values_list("name", flat=True) is None
    first, last = await Hero.first(), await Hero.last()
    assert first is not None
    assert last is not None
    assert (first.name, last.name) == ("ann", "dan")
    assert await Hero.get(name="ann").values("name", "team__name") == {"name": "ann", "team__name": "alpha"}
    assert await Hero.get(name="ann").values_list("power", flat=True) == 1
    partial = await Hero.all().only("id", "name").get(name="ann")
    with pytest.raises(AttributeError):
        _ = partial.power


@pytest.mark.feature(131)
async def test_in_bulk(world: World) -> None:
    keys = [world.ann.id, world.bob.id]
    assert await Hero.in_bulk([*keys, -1]) == {world.ann.id: world.ann, world.bob.id: world.bob}
    assert list(await Hero.in_bulk(["ann"], "name")) == ["ann"]
    assert list(await Hero.filter(name="bob").in_bulk(keys, field_name="id")) == [world.bob.id]
    assert await Hero.in_bulk([]) == {}


@pytest.mark.feature(136, 143)
async def test_shortcuts_of_the_class(world: World) -> None:
    assert await Hero.exists() is await Hero.exists(Q(name="ann")) is await Hero.exists(name="ann") is True
    assert await Hero.exists(name="zoe") is False
    assert await names(Hero.filter(power=1)) == await names(Hero.exclude(power__gt=1)) == ["ann"]
    annotated: Any = await Hero.annotate(more=F("power") + 1).get(name="ann")
    assert annotated.more == 2
    assert len(await Hero.all()) == 4
    for least in (await Hero.earliest("power"), await Hero.all().latest("-power"), await Hero.earliest("team__name")):
        assert least == world.ann or least == world.dan
    greatest = await Hero.filter(power__lt=4).latest("power", "name")
    assert greatest == world.cid
    for ask in (Hero.latest, Hero.earliest, Hero.all().latest):
        with pytest.raises(FieldError):
            await ask()
        with pytest.raises(FieldError):
            await ask("nothing")


@pytest.mark.feature(140, 141)
async def test_a_query_set_is_a_value(orm: str) -> None:
    everything = Team.all()
    oslo = everything.filter(Q(city="Oslo") | Q(city="Rome"), size__gt=0)
    assert await oslo == await everything == []
    await Team.create(name="a", city="Oslo", size=1)
    await Team.create(name="b", city="Rome")
    assert await names(oslo) == ["a"]
    assert await names(oslo) == ["a"]
    assert len(await everything) == 2
    assert await names(everything.exclude(city="Oslo")) == ["b"]


@pytest.mark.feature(144, 145)
async def test_limits_and_slices(orm: str) -> None:
    await Team.bulk_create([Team(name=str(number)) for number in range(10)])
    teams = Team.all().order_by("name")
    assert await names(teams[1:5]) == await names(teams.offset(1).limit(4)) == list("1234")
    assert await names(teams[5:]) == await names(teams.offset(5)) == list("56789")
    assert await names(teams[:2]) == await names(teams[::1].limit(2)) == list("01")
    assert await teams[2:6].count() == 4
    assert await teams.values_list("name", flat=True)[1:3] == ["1", "2"]
    assert await names(Team.filter(id__in=Subquery(teams.values("id")[:2])).order_by("name")) == ["0", "1"]
    refused: list[tuple[Any, str]] = [
        (slice(None, None, 2), "Slice steps should be 1 or None"),
        (slice(-1, None), "Slice start should be non-negative number"),
        (slice(None, -1), "Slice stop should be non-negative number"),
        (slice(2, 1), "Slice stop should be non-negative number"),
        (3, "sliced"),
    ]
    for key, told in refused:
        with pytest.raises(ParamsError, match=told):
            teams[key]
    with pytest.raises(ParamsError, match="Limit should be non-negative number"):
        teams.limit(-1)
    with pytest.raises(ParamsError, match="Offset should be non-negative number"):
        teams.offset(-1)


@pytest.mark.feature(146, 151)
async def test_distinct_and_values_list(world: World) -> None:
    assert await Hero.filter(team__isnull=False).order_by("team__name").distinct().values_list(
        "team__name", flat=True
    ) == [
        "alpha",
        "beta",
    ]
    assert await names(Hero.filter(missions__title__in=["rescue", "parade"])) == ["ann", "ann", "bob", "cid"]
    assert await names(Hero.filter(missions__title__in=["rescue", "parade"]).distinct()) == ["ann", "bob", "cid"]
    assert await Hero.all().order_by("power").limit(1).values_list("name", "team__country__name") == [("ann", "Norway")]
    assert len((await Hero.all().values_list())[0]) == len(Hero._meta.need().columns)
    with pytest.raises(ParamsError):
        Hero.all().values_list("id", "name", flat=True)


@pytest.mark.feature(153)
async def test_select_related(world: World) -> None:
    heroes = await Hero.all().select_related("team__country", "boss").order_by("name")
    assert [hero.team.name if hero.team else None for hero in heroes] == ["alpha", "alpha", "beta", None]
    assert heroes[0].team.country.name == "Norway"
    assert heroes[1].boss.name == "ann"
    counted = await Hero.annotate(n=Count("missions")).select_related("team").get(name="ann")
    assert (counted.n, counted.team.name) == (2, "alpha")
    badge = await Badge.all().select_related("hero__team").get()
    assert badge.hero.team.name == "alpha"


@pytest.mark.feature(164)
async def test_using_db(orm: str) -> None:
    connection = connections.get("default")
    await Country.create(code="no", name="Norway")
    assert len(await Country.all().using_db(connection)) == 1
    assert await Country.filter(code="no").using_db(connection).count() == 1
    assert await Country.get(code="no").using_db(connection).values_list("name", flat=True) == "Norway"
    assert await Country.filter(code="no").update(name="Norge").using_db(connection) == 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert await Country.all().using_db("default").values_list("name", flat=True) == ["Norge"]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.feature(197)
async def test_ignore_conflicts(orm: str) -> None:
    teams = [Team(name="a", size=1), Team(name="b", size=1)]
    await Team.bulk_create(teams)
    await Team.bulk_create([Team(name="a", size=2), Team(name="c", size=2)], ignore_conflicts=True)
    assert await Team.all().order_by("name").values_list("name", "size") == [("a", 1), ("b", 1), ("c", 2)]
    await Team.bulk_create(teams, ignore_conflicts=True)
    with pytest.raises(IntegrityError):
        await Team.bulk_create([Team(name="a")])
