"""What a troubleshooting article for Tortoise ORM tells its readers to write, with only the package renamed.

Some of it does not run on Tortoise itself: `aggregate`, `to_dict`, `create(...).using_db`, `in_transaction(
connection_name=conn)`.
"""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from models.users import Hero, Post, Profile, Team, User
from ormgen import ORM, fields
from ormgen.contrib.fastapi import RegisterTortoise
from ormgen.contrib.pydantic import pydantic_model_creator
from ormgen.exceptions import ConfigurationError, DoesNotExist, NoValuesFetched
from ormgen.functions import Avg, Count, Sum
from ormgen.signals import post_save
from ormgen.transactions import atomic, in_transaction

MODELS = {"models": ["models.users"]}


@pytest.fixture
async def user(orm: str) -> User:
    """Somebody whom the snippets find under id 1 or by name."""
    return await User.create(name="Alice", email="alice@example.com", age=30)


async def test_models_that_are_not_listed(sqlite_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is not initialised|is currently active"):
        await User.all()
    with pytest.raises(ConfigurationError, match="modules"):
        await ORM.init(db_url=sqlite_url)  # No modules: User not registered


def test_the_old_word_for_a_primary_key() -> None:
    with pytest.warns(DeprecationWarning, match="primary_key"):
        field = fields.IntField(pk=True)
    assert field.primary_key


async def test_registration_can_be_seen(orm: str) -> None:
    assert "'User': <class 'models.users.User'>" in repr(ORM.apps)


async def test_config_dict(db_url: str) -> None:
    settings = {
        "connections": {"default": db_url},
        "apps": {
            "models": {
                "models": ["models.users"],
                "default_connection": "default",
            },
        },
        "use_tz": False,
        "timezone": "UTC",
    }
    await ORM.init(config=settings)
    await ORM.generate_schemas()
    assert await User.all() == []
    await ORM.close_connections()


async def test_forward_and_reverse(orm: str) -> None:
    stored = await Team.create(name="Avengers")
    made = await Hero.create(name="Thor", team=stored)

    hero = await Hero.get(id=made.id)
    team: Any = await hero.team  # Awaits: fetches the FK target
    assert (team.name, str(team)) == ("Avengers", "Avengers")

    team = await Team.get(id=stored.id)
    with pytest.raises(NoValuesFetched, match=r"prefetch_related|fetch_related"):
        list(team.heroes)
    heroes = await team.heroes.all()
    for hero in heroes:
        assert hero.name == "Thor"


async def test_prefetching(orm: str) -> None:
    avengers = await Team.create(name="Avengers")
    await Hero.create(name="Thor", team=avengers)
    teams: Any = await Team.all()
    for team in teams:
        heroes = await team.heroes.all()  # Separate query per team!
        assert len(heroes) == 1
    teams = await Team.all().prefetch_related("heroes")
    for team in teams:
        heroes = team.heroes  # Already fetched: no query
        assert [hero.name for hero in heroes] == ["Thor"]
    heroes = await Hero.all().select_related("team")
    for hero in heroes:
        assert hero.team.name == "Avengers"  # No additional query


async def test_getting(user: User) -> None:
    found: Any = await User.get(id=user.id)
    assert found == user
    with pytest.raises(DoesNotExist):
        await User.get(id=0)  # Raises DoesNotExist if 0 rows
    assert await User.get_or_none(id=0) is None  # Returns None if 0 rows
    found = await User.get_or_create(email="bob@example.com", defaults={"name": "Bob"})
    assert (found[0].name, found[1]) == ("Bob", True)


async def test_filtering(user: User) -> None:
    assert await User.filter(name__icontains="alice") == [user]
    assert await User.filter(age__gte=18).filter(active=True) == [user]
    assert await User.exclude(banned=True) == [user]
    assert await User.all().order_by("-created_at").limit(10) == [user]
    assert await User.filter(active=True).count() == 1
    assert await User.filter(email="alice@example.com").exists()


async def test_aggregation(user: User) -> None:
    for _ in range(6):
        await Post.create(author=user)
    result: Any = await User.annotate(post_count=Count("posts")).filter(post_count__gt=5).all()
    assert [each.post_count for each in result] == [6]
    await User.create(name="Bob", age=20)
    stats: Any = await User.aggregate(avg_age=Avg("age"), total=Count("id"), ages=Sum("age"))
    assert (stats["avg_age"], stats["total"], stats["ages"]) == (25, 2, 50)


@pytest.mark.parametrize(
    ("lookup", "value"),
    [
        ("exact", "Alice"),
        ("iexact", "aLICE"),
        ("contains", "lic"),
        ("icontains", "LIC"),
        ("startswith", "Al"),
        ("endswith", "ce"),
        ("in", ["Alice", "Bob"]),
        ("not_in", ["Bob"]),
        ("gt", "Alicd"),
        ("gte", "Alice"),
        ("lt", "Alicf"),
        ("lte", "Alice"),
        ("isnull", False),
        ("not", "Bob"),
    ],
)
async def test_lookup_operators(user: User, lookup: str, value: Any) -> None:
    assert await User.filter(**{f"name__{lookup}": value}) == [user]
    assert await User.exclude(**{f"name__{lookup}": value}) == []


async def test_bulk_operations(orm: str) -> None:
    await User.bulk_create(
        [
            User(name="Alice", email="alice@example.com"),
            User(name="Bob", email="bob@example.com"),
        ]
    )
    await User.filter(name="Bob").update(active=False)
    await User.filter(active=False).update(banned=True)
    assert await User.filter(banned=True).values_list("name", flat=True) == ["Bob"]


@atomic()
async def create_user_with_profile(user_data: dict[str, Any], profile_data: dict[str, Any]) -> User:
    user = await User.create(**user_data)
    await Profile.create(user=user, **profile_data)
    return user


async def test_the_decorator(orm: str) -> None:
    made = await create_user_with_profile({"name": "Alice"}, {"bio": "hero"})
    profile: Any = await Profile.get(user=made).select_related("user")
    assert (profile.bio, profile.user.name) == ("hero", "Alice")
    with pytest.raises(TypeError):
        await create_user_with_profile({"name": "Bob"}, {"boi": "hero"})
    assert await User.all().count() == 1


async def transfer(from_id: int, to_id: int, amount: int) -> None:
    async with in_transaction() as conn:
        from_user = await User.get(id=from_id).using_db(conn)
        to_user = await User.get(id=to_id).using_db(conn)
        from_user.balance -= amount
        to_user.balance += amount
        await from_user.save(using_db=conn)
        await to_user.save(using_db=conn)


async def test_the_context_manager(user: User) -> None:
    bob = await User.create(name="Bob", balance=5)
    await transfer(bob.id, user.id, 3)
    assert sorted(await User.all().values_list("name", "balance")) == [("Alice", 3), ("Bob", 2)]
    with pytest.raises(DoesNotExist):
        await transfer(bob.id, 0, 1)
    assert await User.get(name="Bob").values_list("balance", flat=True) == 2


async def test_savepoints(orm: str) -> None:
    async def risky_operation() -> None:
        await User.create(name="Inner")
        raise ValueError("risk")

    async with in_transaction() as conn:
        await User.create(name="Outer").using_db(conn)
        try:
            async with in_transaction(connection_name=conn):
                await risky_operation()
        except ValueError:
            pass  # Inner rolled back, outer continues
    assert await User.all().values_list("name", flat=True) == ["Outer"]


async def test_signal_hooks(orm: str) -> None:
    welcomed: list[str] = []

    @post_save(User)
    async def user_post_save(
        sender: type[User], instance: User, created: bool, using_db: Any, update_fields: Iterable[str] | None
    ) -> None:
        if created:
            welcomed.append(instance.email)

    try:
        made = await User.create(name="Alice", email="alice@example.com")
        await made.save()
    finally:
        post_save.disconnect(user_post_save, User)
    assert welcomed == ["alice@example.com"]


def test_fastapi(db_url: str) -> None:
    settings = {
        "connections": {"default": db_url},
        "apps": {"models": {"models": ["models.users"], "default_connection": "default"}},
    }

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with RegisterTortoise(
            app,
            config=settings,
            generate_schemas=False,
            add_exception_handlers=True,
        ):
            await ORM.generate_schemas()
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/users")
    async def list_users() -> Any:
        return await User.all().values("id", "name")

    @app.post("/users")
    async def create_user(name: str, email: str) -> Any:
        user = await User.create(name=name, email=email)
        return await user.to_dict()

    with TestClient(app) as client:
        made = client.post("/users", params={"name": "Alice", "email": "alice@example.com"}).json()
        assert (made["name"], made["email"], made["age"]) == ("Alice", "alice@example.com", 18)
        assert client.get("/users").json() == [{"id": made["id"], "name": "Alice"}]


def test_schemas_for_responses(db_url: str) -> None:
    ORM.init_models(["models.users"], "models")
    out: Any = pydantic_model_creator(User, name="User", exclude=("posts", "profile"))
    create: Any = pydantic_model_creator(User, name="UserCreate", exclude_readonly=True)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with RegisterTortoise(app, db_url=db_url, modules=MODELS, generate_schemas=True):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/users", response_model=list[out])
    async def list_users() -> Any:
        return await out.from_queryset(User.all())

    @app.post("/users", response_model=out)
    async def create_user(user_in: create) -> Any:  # pyright: ignore[reportInvalidTypeForm]  # stubs know it
        user_obj = await User.create(**user_in.model_dump())
        return await out.from_tortoise_orm(user_obj)

    with TestClient(app) as client:
        made = client.post("/users", json={"name": "Alice", "email": "alice@example.com"}).json()
        assert made["name"] == "Alice"
        assert client.get("/users").json() == [made]
        assert client.post("/users", json={}).status_code == 422


async def test_in_memory_sqlite() -> None:
    await ORM.init(
        db_url="sqlite://:memory:",
        modules={"models": ["models.users"]},
    )
    await ORM.generate_schemas()
    await User.create(name="Alice")
    await ORM.close_connections()
    assert "models.users" in sys.modules
