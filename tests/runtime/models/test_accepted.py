"""What programs for Tortoise ORM also say of relations, models and fields, and what they get."""

import pickle
from typing import Any

import pytest

import ormgen
from models.heroes import Badge, Country, Hero, Team
from ormgen import F, Q
from ormgen.exceptions import (
    ArgumentError,
    FieldError,
    IntegrityError,
    KeyUpdateError,
    NoValuesFetched,
    OperationalError,
    ParamsError,
)
from ormgen.functions import Count

from .world import World, build


@pytest.fixture
async def world(orm: str) -> World:
    return await build()


@pytest.mark.feature(99, 104)
async def test_a_relation_that_is_not_loaded_can_be_asked(orm: str) -> None:
    norway = await Country.create(code="no", name="Norway")
    team = await Team.create(name="a", city="Oslo", country=norway)
    hero = await Hero.create(name="x", team=team)
    found: Any = await Hero.get(id=hero.id)
    assert await found.team.values("name", "city") == {"name": "a", "city": "Oslo"}
    assert await found.team.values_list("name", flat=True) == "a"
    assert (await found.team.select_related("country")).country == norway
    assert [each.id for each in (await found.team.prefetch_related("heroes")).heroes] == [hero.id]
    assert await found.team.filter(city="Oslo") == team
    assert await found.team.filter(city="Rome") is None
    assert await found.team.exclude(city="Oslo") is None
    assert not hasattr((await found.team.only("name")), "city")
    with pytest.raises(NoValuesFetched):
        _ = found.team.name
    alone: Any = await Hero.create(name="y")
    assert await alone.team.filter(city="Oslo") is None
    assert await alone.team.values("name") is None
    other = (
        await Badge.create(hero=hero, text="b") if "text" in Badge._meta.fields_map else await Badge.create(hero=hero)
    )
    badge: Any = (await Hero.get(id=hero.id)).badge
    assert await badge.filter(pk=other.pk) == other
    assert await badge.filter(title="c") is None


@pytest.mark.feature(112)
async def test_del_empties_a_foreign_key(world: World) -> None:
    hero: Any = await Hero.filter(team_id__isnull=False).first()
    del hero.team
    assert hero.team_id is None
    await hero.save()
    assert (await Hero.get(id=hero.id)).team_id is None
    badge: Any = await Badge.all().first()
    if badge is not None:
        del badge.hero
        with pytest.raises(IntegrityError):
            await badge.save()


@pytest.mark.feature(104)
async def test_async_for_keeps_what_it_found(world: World) -> None:
    hero: Any = await Hero.filter(team_id__isnull=False).first()
    team: Any = await Team.get(id=hero.team_id)
    with pytest.raises(NoValuesFetched):
        len(team.heroes)
    found = [each async for each in team.heroes]
    assert list(team.heroes) == found
    assert found
    new = await team.heroes.create(name="zz")
    assert new in [each async for each in team.heroes]


@pytest.mark.feature(123, 74)
async def test_constructed_objects_hold_relations(orm: str) -> None:
    team: Any = Team.construct(id=5, name="a", heroes=[Hero(name="x")])
    assert [hero.name for hero in team.heroes] == ["x"]
    badge = Badge.construct(id=3)
    hero: Any = Hero.construct(name="y", badge=badge)
    assert hero.badge is badge


@pytest.mark.feature(70)
async def test_instances_read_their_meta(orm: str) -> None:
    team = await Team.create(name="a")
    assert team._meta is Team._meta
    assert team._meta.db_table == "team"
    assert team._meta.pk_attr == "id"
    assert await team._meta.db.execute_query_dict("SELECT count(*) AS n FROM team") == [{"n": 1}]
    assert pickle.loads(pickle.dumps(team)) == team


@pytest.mark.feature(152)
async def test_only_takes_annotations_too(world: World) -> None:
    found: Any = await Team.annotate(size_now=Count("heroes")).only("name", "size_now").order_by("id")
    for team in found:
        assert team.size_now == await Hero.filter(team_id=team.id).count()
        assert not hasattr(team, "city")
    with pytest.raises(FieldError, match="did you mean"):
        await Team.annotate(size_now=Count("heroes")).only("size_nwo")


@pytest.mark.feature(157, 166)
async def test_errors_are_of_the_classes_that_are_caught(world: World) -> None:
    for question in (Team.filter(name="a").update(id=9), Team.filter(name="a").update(pk=9)):
        with pytest.raises(IntegrityError, match="primary key") as caught:
            await question
        assert isinstance(caught.value, KeyUpdateError | FieldError)
    for asked in (Team.all().prefetch_related, Team(name="x").fetch_related):
        with pytest.raises(FieldError, match="Relation heros for ") as missing:
            await asked("heros")
        assert isinstance(missing.value, OperationalError)
    with pytest.raises(FieldError, match='hold no "city" to order by') as unselected:
        await Team.all().only("name").union(Team.all().only("name")).order_by("city")
    assert isinstance(unselected.value, ParamsError)
    with pytest.raises(FieldError, match="Duplicate key name"):
        Team.all().values("name", "id", "name")
    assert await Team.filter(name="alpha").values_list("name", "name") == [("alpha", "alpha")]
    for made in (Team.get_or_create, Team.update_or_create):
        with pytest.raises(ParamsError, match="Conflict value with key='name'"):
            await made(name="new", defaults={"name": "old"})
    strange: Any = 2
    for wrong in (
        lambda: Q() | strange,
        lambda: Q() & strange,
        lambda: Q(strange),
        lambda: Q(join_type=strange),
        lambda: Team.all().values_list("id", "name", flat=True),
    ):
        with pytest.raises(ArgumentError) as refused:
            wrong()
        assert isinstance(refused.value, TypeError)
        assert isinstance(refused.value, OperationalError)


@pytest.mark.feature(180)
async def test_a_connector_among_the_data_of_users_is_no_connector_of_filters(world: World) -> None:
    sent: dict[str, Any] = {"join_type": "OR", "name": "a"}
    for refused in (Team.filter(**sent), Team.exclude(**sent), Team.get_or_none(**sent)):
        with pytest.raises(FieldError, match="join_type"):
            await refused
    with pytest.raises(ArgumentError, match='"AND" or "OR"'):
        Q(**{**sent, "join_type": "OR 1=1"})
    assert (
        await Team.filter(Q(name="a", city="b", join_type=Q.OR)).count()
        == await Team.filter(Q(name="a") | Q(city="b")).count()
    )


@pytest.mark.feature(32)
async def test_capabilities_are_fixed(orm: str) -> None:
    capabilities: Any = ormgen.connections.get("default").capabilities
    for name in ("dialect", "daemon", "something_else"):
        with pytest.raises(AttributeError):
            setattr(capabilities, name, True)


@pytest.mark.feature(248)
async def test_both_sides_of_a_relation_are_described_alike(orm: str) -> None:
    described = Team.describe()
    reverse = next(each for each in described["backward_fk_fields"] if each["name"] == "heroes")
    assert reverse["nullable"] is True
    friends = {each["name"]: each for each in Hero.describe()["m2m_fields"]}
    assert friends["befriended_by"]["on_delete"] == friends["friends"]["on_delete"] == "CASCADE"


def test_names_that_programs_import() -> None:
    from ormgen import BaseDBAsyncClient, ORMConfig
    from ormgen.backends.base.client import BaseDBAsyncClient as Same
    from ormgen.backends.base.client import TransactionalDBClient
    from ormgen.connection import ConnectionHandler
    from ormgen.log import db_client_logger, logger
    from ormgen.queryset import QuerySetSingle, UnionQuery, ValuesQuery

    assert BaseDBAsyncClient is Same
    assert issubclass(TransactionalDBClient, BaseDBAsyncClient)
    assert (logger.name, db_client_logger.name) == ("ormgen", "ormgen.db_client")
    assert all((ORMConfig, ConnectionHandler, QuerySetSingle, UnionQuery, ValuesQuery, F))


def test_the_version_is_that_of_the_package(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "pyproject.toml").read_text("utf-8")
    assert f'version = "{ormgen.__version__}"' in text
