"""The connections of a context, what they can do, and databases that are made and removed."""

import dataclasses
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from models.heroes import Team
from ormgen import ORM, ORMContext, connections, get_connection, in_transaction
from ormgen.backends.base.config_generator import expand_db_url, generate_config
from ormgen.config import AppConfig, ConnectionConfig, DBUrlConfig, ORMConfig
from ormgen.context import get_current_context, orm_test_context, require_context, set_global_context
from ormgen.contrib.test import init_memory_sqlite
from ormgen.exceptions import ConfigurationError, OperationalError, TransactionManagementError

HEROES = {"models": ["models.heroes"]}


def beside(url: str, name: str) -> str:
    """The URL of another database on the same server, or another file in the same folder."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return f"{url}.{name}"
    return urlunsplit(parts._replace(path=f"/{name}"))


def is_file(url: str) -> bool:
    return Path(url.removeprefix("sqlite://")).is_file()


@pytest.mark.feature(29, 30)
async def test_the_handler(sqlite_url: str, tmp_path: Path) -> None:
    context = await ORM.init(db_url=sqlite_url, modules=HEROES)
    await ORM.generate_schemas()
    first: Any = connections.get("default")
    assert first is get_connection("default") is ORM.get_connection("default") is context.connections.get("default")
    assert connections.all() == [first]
    assert connections.db_config == {"default": expand_db_url(sqlite_url)}

    await connections.close_all(discard=False)
    assert connections.get("default") is first
    assert await Team.all().count() == 0  # it opens anew

    discarded = connections.discard("default")
    await discarded.close()
    assert (discarded, discarded.alias) == (first, "default")
    second = connections.get("default")
    assert second is not first
    assert await Team.all().count() == 0

    token = connections.set("default", discarded)
    assert connections.get("default") is first
    connections.reset(token)
    assert connections.get("default") is second
    await connections.close_all()
    assert await Team.all().count() == 0
    with pytest.raises(ConfigurationError, match='there is no connection called "defualt"; did you mean "default"'):
        connections.get("defualt")
    await discarded.close()
    await ORM.close_connections()


@pytest.mark.feature(32)
async def test_capabilities(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules=HEROES)
    connection: Any = connections.get("default")
    able = connection.capabilities
    assert able.dialect == connection.dialect == db_url.partition(":")[0]
    assert able.daemon is (able.dialect != "sqlite")
    assert able.support_for_no_key_update is (able.dialect == "postgres")
    assert able.support_index_hint is (able.dialect == "mysql")
    with pytest.raises(dataclasses.FrozenInstanceError):
        able.dialect = "oracle"
    await connection.execute_script("CREATE TABLE probe (id INT)")
    async with in_transaction() as transaction:
        if able.can_rollback_ddl:
            await transaction.execute_script("CREATE TABLE undone (id INT)")
        else:
            with pytest.raises(TransactionManagementError, match="CREATE inside a transaction commits it"):
                await transaction.execute_script("CREATE TABLE undone (id INT)")
        await transaction.rollback()
    with pytest.raises(OperationalError):
        await connection.execute_query("SELECT * FROM undone")
    await ORM.close_connections()


@pytest.mark.feature(11, 15)
async def test_databases_are_made_and_removed(db_url: str) -> None:
    url = beside(db_url, f"made_{secrets.token_hex(4)}")
    await ORM.init(db_url=url, modules=HEROES, _create_db=True)
    await ORM.generate_schemas()
    await Team.create(name="a", city="b")
    await ORM._drop_databases()
    assert not ORM.is_inited()
    if url.startswith("sqlite"):
        assert not is_file(url)
        return
    await ORM.init(db_url=url, modules=HEROES)
    with pytest.raises(OperationalError):
        await Team.all()
    await ORM.close_connections()


@pytest.mark.feature(11)
async def test_a_database_that_exists_is_not_made_again(postgres_url: str) -> None:
    with pytest.raises(OperationalError, match="exists"):
        await ORM.init(db_url=postgres_url, modules=HEROES, _create_db=True)
    assert not ORM.is_inited()


@pytest.mark.feature(12)
async def test_table_name_generator(sqlite_url: str) -> None:
    await ORM.init(db_url=sqlite_url, modules=HEROES, table_name_generator=lambda model: f"app_{model.__name__}")
    await ORM.generate_schemas()
    assert Team._meta.db_table == "app_Team"
    await Team.create(name="a", city="b")
    _, rows = await get_connection("default").execute_query("SELECT name FROM app_Team")
    assert rows == [{"name": "a"}]
    await ORM.close_connections()
    await ORM.init(db_url="sqlite://:memory:", modules=HEROES, init_connections=False)
    assert Team._meta.db_table == "team"
    await ORM.close_connections()


@pytest.mark.feature(21, 22)
async def test_what_a_context_knows(sqlite_url: str) -> None:
    async with ORMContext() as context:
        await context.init(db_url=sqlite_url, modules=HEROES, use_tz=False, timezone="Europe/Berlin")
        assert (context.use_tz, context.timezone, context.routers) == (False, "Europe/Berlin", [])
        assert context.inited
        assert context.default_connection == "default"
        assert context.db() is context.db("default") is context.connections.get("default")
        assert context.get_model("models", "Team") is Team is context.apps["models"]["Team"]
        with pytest.raises(ConfigurationError, match="No app with name 'shop' registered"):
            context.get_model("shop", "Team")


@pytest.mark.feature(23, 25)
async def test_the_current_context(sqlite_url: str) -> None:
    assert get_current_context() is None
    with pytest.raises(RuntimeError, match="No ORMContext is currently active"):
        require_context()
    context = ORMContext()
    await context.init(db_url=sqlite_url, modules=HEROES)
    assert get_current_context() is None
    set_global_context(context)
    assert get_current_context() is require_context() is context
    with context:
        assert require_context() is context
    with pytest.raises(ConfigurationError, match="another context is the global one already"):
        set_global_context(ORMContext())
    second = ORMContext()
    with pytest.raises(ConfigurationError, match="another context is the global one already"):
        await second.init(db_url=sqlite_url, modules=HEROES, _enable_global_fallback=True)
    await context.close_connections()
    await second.init(db_url=sqlite_url, modules=HEROES, _enable_global_fallback=True)
    assert get_current_context() is second
    await second.close_connections()
    assert get_current_context() is None


@pytest.mark.feature(28)
async def test_contexts_for_tests(db_url: str) -> None:
    url = beside(db_url, "scratch_{}")
    for _ in range(2):
        async with orm_test_context(["models.heroes"], url, "models", connection_label="main", use_tz=False) as context:
            assert context.default_connection == "main"
            assert list(context.apps) == ["models"]
            await Team.create(name="a", city="b")
            assert await Team.all().count() == 1
    assert get_current_context() is None


@pytest.mark.feature(247)
async def test_scripts_in_memory() -> None:
    @init_memory_sqlite(["models.heroes"])
    async def script(name: str) -> int:
        await Team.create(name=name, city="b")
        return await Team.all().count()

    assert await script("a") == 1
    assert await script("a") == 1


@pytest.mark.feature(4)
async def test_typed_configuration(sqlite_url: str) -> None:
    config = ORMConfig(
        connections={"default": DBUrlConfig(sqlite_url), "other": ConnectionConfig("ormgen.backends.asyncpg")},
        apps={"models": AppConfig(models=["models.heroes"], default_connection="default")},
        routers=[],
    )
    assert ORMConfig.from_dict(config.to_dict()).to_dict() == config.to_dict()
    assert AppConfig.from_dict({"models": "models.heroes"}) == AppConfig(("models.heroes",))
    assert ORMConfig.resolve_args(db_url=sqlite_url, modules=HEROES).apps == {"models": AppConfig(("models.heroes",))}
    await ORM.init(config)
    await ORM.generate_schemas()
    assert await Team.all().count() == 0
    await ORM.close_connections()


@pytest.mark.feature(51, 52)
def test_urls_of_tests() -> None:
    first, second = (expand_db_url(r"postgres://me@host/test_\{\}", testing=True) for _ in range(2))
    assert first != second
    assert first["credentials"]["database"].startswith("test_")
    assert "{" not in first["credentials"]["database"]
    assert generate_config("sqlite://a.sqlite3", {"shop": ["shop.models"]}, connection_label="main") == {
        "connections": {"main": {"engine": "ormgen.backends.sqlite", "credentials": {"file_path": "a.sqlite3"}}},
        "apps": {"shop": {"models": ["shop.models"], "default_connection": "main"}},
    }


@pytest.mark.feature(19)
def test_stars_for_passwords() -> None:
    shown = ORM.star_password(
        {
            "url": "postgres://me:p@ss:w@host/db",
            "none": "sqlite://a.sqlite3",
            "dict": {"engine": "ormgen.backends.mysql", "credentials": {"user": "me", "password": "secret"}},
        }
    )
    assert "p@ss" not in shown
    assert "secret" not in shown
    assert "postgres://me:***@host/db" in shown
    assert "sqlite://a.sqlite3" in shown
