"""Many rows at once: created, changed, read by key, updated and deleted by condition."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from models.heroes import Badge, Country, Hero, Mission, Report, Team
from ormgen import F, Q, connections, in_transaction
from ormgen.exceptions import (
    ArgumentError,
    FieldError,
    IntegrityError,
    ParamsError,
    ValidationError,
    WrongModelError,
)
from ormgen.expressions import Subquery
from ormgen.functions import Count

from .world import World, build, names


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


async def test_bulk_create(orm: str) -> None:
    team = await Team.create(name="t")
    heroes = [Hero(name=f"h{number:04}", power=number, team=team) for number in range(1_200)]
    assert await Hero.bulk_create(heroes) == heroes
    assert all(hero._saved_in_db for hero in heroes)
    stored = {hero.id: hero.name for hero in await Hero.filter(team=team)}
    assert stored == {hero.id: hero.name for hero in heroes}
    heroes[5].power = -1
    await heroes[5].save()
    assert (await Hero.get(power=-1)).name == "h0005"
    assert await Hero.bulk_create([]) == []
    more = [Country(code=code, name=code * 2) for code in ("no", "se", "dk")]
    await Country.bulk_create(more, batch_size=2)
    assert await Country.filter(pk__in=["no", "dk"]).count() == 2
    sizes: list[Any] = [0, -1, True, "2"]
    for wrong in sizes:
        with pytest.raises(ParamsError, match="batch_size"):
            await Team.bulk_create([Team(name="x")], batch_size=wrong)


async def test_bulk_create_with_and_without_keys_together(orm: str) -> None:
    teams = [Team(name="a"), Team(id=500, name="b"), Team(name="c")]
    await Team.bulk_create(teams)
    assert teams[1].id == 500
    assert {team.name: team.id for team in await Team.all()} == {team.name: team.id for team in teams}


async def test_bulk_create_is_all_or_nothing(orm: str) -> None:
    names_ = [f"t{number}" for number in range(600)] + ["t0"]
    with pytest.raises(IntegrityError):
        await Team.bulk_create([Team(name=name) for name in names_])
    assert await Team.all().count() == 0
    with pytest.raises(ValidationError, match=r"Team\.name: length"):
        await Team.bulk_create([Team(name="ok"), Team(name="x" * 51)])
    assert await Team.all().count() == 0


async def test_bulk_create_beside_rows_that_exist(orm: str) -> None:
    await Team.create(name="a", city="old", size=1)
    await Team.bulk_create([Team(name="a", city="new"), Team(name="b")], ignore_conflicts=True)
    assert await Team.all().order_by("name").values_list("name", "city") == [("a", "old"), ("b", None)]
    await Team.bulk_create(
        [Team(name="a", city="new", size=9), Team(name="c")], update_fields=["city"], on_conflict=["name"]
    )
    assert await Team.all().order_by("name").values_list("name", "city", "size") == [
        ("a", "new", 1),
        ("b", None, 0),
        ("c", None, 0),
    ]
    with pytest.raises(IntegrityError):
        await Team.bulk_create([Team(name="d", country_id="xx")], ignore_conflicts=True)
    wrong: list[dict[str, Any]] = [
        {"update_fields": ["city"]},
        {"on_conflict": ["name"]},
        {"ignore_conflicts": True, "update_fields": ["city"], "on_conflict": ["name"]},
    ]
    for options in wrong:
        with pytest.raises(ParamsError):
            await Team.bulk_create([Team(name="x")], **options)
    with pytest.raises(FieldError, match='did you mean "city"'):
        await Team.bulk_create([Team(name="x")], update_fields=["citi"], on_conflict=["name"])


async def test_several_statements_are_all_or_nothing(orm: str) -> None:
    """Outside of transactions they go to the database together, inside of one a savepoint is around them."""

    async def refused(**options: Any) -> None:
        teams = [Team(name=f"t{number}") for number in range(20)] + [Team(name="t0")]
        with pytest.raises(IntegrityError):
            await Team.bulk_create(teams, batch_size=6, **options)
        assert not any(team._saved_in_db for team in teams)

    await refused()
    assert await Team.all().count() == 0
    kept = await Team.bulk_create([Team(name=f"k{number}") for number in range(20)], batch_size=6)
    assert {team.id: team.name for team in await Team.all()} == {team.id: team.name for team in kept}
    kept[1].size, kept[19].name = 9, "k0"
    with pytest.raises(IntegrityError):
        await Team.bulk_update(kept, ["size", "name"], batch_size=6)
    assert not await Team.filter(size=9).exists()
    kept[19].name = "last"
    assert await Team.bulk_update([*kept, Team(id=99_999, name="none")], ["size", "name"], batch_size=6) == 20
    assert await Team.filter(name__in=["last", "k1"]).order_by("id").values_list("size", flat=True) == [9, 0]
    async with in_transaction() as connection:
        await Team.create(name="before")
        await refused()
        await refused(using_db=connections.get("default"))
        await Team.bulk_create([Team(name=f"after{number}") for number in range(3)], batch_size=2, using_db=connection)
        await Team.bulk_create([Team(name="with it")], using_db=connections.get("default"))
        assert await Team.filter(name__in=["before", "after2", "with it"]).count() == 3
        await connection.rollback()
    assert await Team.all().count() == 20


async def test_bulk_update(orm: str) -> None:
    team = await Team.create(name="t")
    heroes = await Hero.bulk_create([Hero(name=f"h{number}") for number in range(1_100)])
    for number, hero in enumerate(heroes):
        hero.power, hero.team, hero.price, hero.nick = number, team, Decimal(number) / 4, f"n'{number}"
        hero.name = "not stored"
    assert await Hero.bulk_update(heroes, ["power", "team", "price", "nick"], batch_size=300) == 1_100
    stored = await Hero.filter(team=team).order_by("id")
    assert [(hero.name, hero.power, hero.nick) for hero in stored[:2]] == [("h0", 0, "n'0"), ("h1", 1, "n'1")]
    assert [hero.price for hero in stored] == [hero.price for hero in heroes]
    for hero in heroes:
        hero.update_from_dict({"team": None, "nick": None})
    assert await Hero.bulk_update(heroes[:3], ["team", "nick"]) == 3
    assert await Hero.filter(team=None, nick=None).count() == 3
    assert await Hero.bulk_update([], ["team"]) == 0
    with pytest.raises(ParamsError, match="names of the fields"):
        await Hero.bulk_update(heroes, [])
    with pytest.raises(ParamsError, match="no primary key"):
        await Hero.bulk_update([Hero(name="new")], ["name"])
    with pytest.raises(ValidationError, match=r"Hero\.nick"):  # noqa: PT012
        heroes[0].nick = "x" * 51
        await Hero.bulk_update(heroes, ["nick"])


async def test_bulk_update_by_other_kinds_of_key(orm: str) -> None:
    countries = await Country.bulk_create([Country(code=code, name=code) for code in ("aa", "bb")])
    hero = await Hero.create(name="h")
    badge = await Badge.create(hero=hero)
    for country in countries:
        country.name = country.code.upper()
    badge.title = "moon"
    assert await Country.bulk_update(countries, ["name"]) == 2
    assert await Badge.bulk_update([badge], ["title"]) == 1
    assert sorted(await Country.all().values_list("code", "name")) == [("aa", "AA"), ("bb", "BB")]
    assert (await Badge.get(id=badge.id)).title == "moon"


async def test_in_bulk(world: World) -> None:
    found = await Hero.in_bulk([world.ann.id, world.dan.id, 99999])
    assert found == {world.ann.id: world.ann, world.dan.id: world.dan}
    assert await Team.in_bulk(["alpha", "x"], field_name="name") == {"alpha": world.alpha}
    assert await Team.in_bulk([]) == {}
    assert await Hero.filter(power__gt=1).in_bulk([world.ann.id, world.bob.id]) == {world.bob.id: world.bob}
    many = list(range(1, 40_000))
    assert len(await Hero.in_bulk(many)) == len([hero for hero in await Hero.all() if hero.id < 40_000])


async def test_update(world: World) -> None:
    assert await Hero.filter(power__gt=2).update(power=F("power") * 10, nick="big") == 2
    assert sorted(await Hero.all().values_list("power", flat=True)) == [1, 2, 30, 40]
    assert await Hero.all().update(team=world.beta) == 4
    assert await Hero.filter(team=world.beta).count() == 4
    assert await Hero.all().update(team=None, boss_id=None) == 4
    assert await Hero.filter(power=999).update(power=1) == 0
    assert await Hero.filter(name="ann").update(nick=F("name")) == 1
    assert (await Hero.get(name="ann")).nick == "ann"
    with pytest.raises(ParamsError, match="something to set"):
        await Hero.all().update()


async def test_update_by_conditions_on_other_models(world: World) -> None:
    assert await Hero.filter(team__name="alpha").update(power=50) == 2
    assert await Hero.filter(team__country__name="Norway", boss__name="ann").update(nick="x") == 1
    assert await Hero.filter(missions__title="rescue").update(active=True) == 3
    assert await Team.filter(heroes__power=50).update(city="here") == 1
    assert await Team.exclude(heroes__power=50).update(city="there") in (1, 2)
    assert await Hero.filter(power=50).update(team=Subquery(Team.filter(name="empty").values("id"))) == 2
    assert await names(world.empty.heroes) == ["ann", "bob"]


async def test_update_and_delete_within_limits(world: World) -> None:
    assert await Hero.all().order_by("-power").limit(2).update(nick="top") == 2
    assert await names(Hero.filter(nick="top")) == ["cid", "dan"]
    assert await Hero.all().order_by("power").offset(3).update(nick="last") == 1
    assert await names(Hero.filter(nick="last")) == ["dan"]
    assert await Hero.all().limit(0).delete() == 0
    assert await Hero.all().order_by("power").limit(1).delete() == 1
    assert await names(Hero.all()) == ["bob", "cid", "dan"]
    assert await Hero.all().order_by("power")[1:2].delete() == 1
    assert await names(Hero.all()) == ["bob", "dan"]


async def test_delete_by_conditions_on_other_models(world: World) -> None:
    assert await Report.filter(author__team__name="alpha", mission__title="parade").delete() == 1
    assert await Hero.filter(Q(team__name="beta") | Q(boss__name="ann")).delete() == 2
    assert await names(Hero.all()) == ["ann", "dan"]
    assert await Hero.filter(team__heroes__name="ann").distinct().delete() == 1
    assert await Hero.filter(team=None).delete() == 1
    assert await Mission.all().delete() == 2


async def test_delete_by_aggregates(world: World) -> None:
    assert await Team.annotate(n=Count("heroes")).filter(n=0).delete() == 1
    assert sorted(await names(Team.all())) == ["alpha", "beta"]
    assert await Team.annotate(n=Count("heroes")).filter(n__gt=1).update(city="full") == 1
    assert await names(Team.filter(city="full")) == ["alpha"]


async def test_locked_rows(world: World) -> None:
    async with in_transaction():
        hero = await Hero.filter(name="ann").select_for_update().get()
        hero.power = 77
        await hero.save()
        assert len(await Hero.filter(team__name="alpha").select_for_update().select_related("team", "boss")) == 2
        assert await Hero.select_for_update(nowait=True).filter(team__isnull=True).count() == 1
        assert (await Hero.select_for_update(skip_locked=True).get(name="dan")).name == "dan"
    assert (await Hero.get(name="ann")).power == 77


WRONG: list[Callable[[], Any]] = [
    lambda: 1,
    lambda: None,
    lambda: [1],
    lambda: [None],
    lambda: [Team(name="x")],
    lambda: [Hero(name="a"), Team(name="x")],
]


@pytest.mark.parametrize("make", WRONG)
async def test_objects_of_something_else(world: World, make: Callable[[], Any]) -> None:
    given = make()
    for work in (lambda: Hero.bulk_create(given), lambda: Hero.bulk_update(given, fields=["name"])):
        with pytest.raises((ArgumentError, WrongModelError), match="Hero"):
            await work()
    assert await Hero.all().count() == 4


async def test_one_object_where_many_are_wanted(world: World) -> None:
    one: Any = await Hero.get(name="ann")
    for work in (Hero.bulk_create, lambda given: Hero.bulk_update(given, fields=["name"]), Hero.fetch_for_list):
        with pytest.raises(ArgumentError, match=r"a list of Hero, not as <Hero"):
            await work(one)


async def test_locks_that_would_not_last_are_worth_a_warning(world: World) -> None:
    with pytest.warns(RuntimeWarning, match="outside of a transaction") as caught:
        assert (await Hero.filter(name="ann").select_for_update().get()).name == "ann"
    assert [each.filename for each in caught] == [__file__]
    with pytest.warns(RuntimeWarning, match="outside of a transaction"):
        assert len([each async for each in Hero.select_for_update()]) == 4
    async with in_transaction():
        assert len([each async for each in Hero.select_for_update()]) == 4


@pytest.mark.feature(132, 198)
async def test_keys_after_an_upsert(orm: str) -> None:
    """MariaDB is asked for them by the unique columns."""
    old = await Team.create(name="a", city="old")
    teams = [Team(name="b", city="b"), Team(name="a", city="new"), Team(name="c", city="c")]
    await Team.bulk_create(teams, update_fields=["city"], on_conflict=["name"])
    assert teams[1].id == old.id
    assert {team.name: team.id for team in teams} == {team.name: team.id for team in await Team.all()}
    teams[0].city = "saved"
    await teams[0].save()
    assert await Team.all().order_by("name").values_list("city", flat=True) == ["new", "saved", "c"]


@pytest.mark.feature(196)
async def test_any_iterable_in_batches(orm: str) -> None:
    made = await Team.bulk_create((Team(name=f"t{at}", size=at) for at in range(25)), batch_size=4)
    assert [team.size for team in made] == list(range(25))
    assert all(team.id for team in made)
    for team in made:
        team.size += 100
    assert await Team.bulk_update((team for team in made), fields=("size",), batch_size=7) == 25
    assert await Team.filter(size__gte=100).count() == 25


@pytest.mark.feature(133)
async def test_bulk_update_with_expressions(orm: str) -> None:
    teams = await Team.bulk_create([Team(name=name, size=5) for name in "abc"])
    computed: Any = F("size") + 1
    teams[0].size, teams[1].size = computed, 50
    assert await Team.bulk_update(teams, fields=["size"]) == 3
    assert await Team.all().order_by("name").values_list("size", flat=True) == [6, 50, 5]
    assert teams[0].size == 6


@pytest.mark.feature(160, 196)
async def test_sql_of_bulk_methods(orm: str) -> None:
    asked = Team.bulk_create([Team(name=name) for name in "abc"], batch_size=2)
    assert [text.split()[0] for text in asked.sql().split(";\n")] == ["INSERT", "INSERT"]
    assert "'a'" in asked.sql(params_inline=True)
    assert "'b'" in Team.bulk_update([Team(id=1, name="b")], fields=["name"]).sql(params_inline=True)
    assert "'x'" in Team.create(name="x").sql(params_inline=True)
    assert await Team.all().count() == 0
