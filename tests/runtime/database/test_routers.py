"""Routers: reads and writes of a model on connections of their own."""

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import ORM, ORMContext, connections, in_transaction
from ormgen.exceptions import ConfigurationError


class Replicated:
    """Reads go to the replica."""

    def db_for_read(self, model: type[Any]) -> str:
        return "replica"

    def db_for_write(self, model: type[Any]) -> str:
        return "primary"


class OnlyTeams:
    """Says nothing about writes, nor about models but Team."""

    def db_for_read(self, model: type[Any]) -> str | None:
        return "replica" if model is Team else None


class Misspelt:
    def db_for_write(self, model: type[Any]) -> str:
        return "primry"


Urls = dict[str, str]


def config(urls: Urls, *routers: Any) -> dict[str, Any]:
    return {
        "connections": urls,
        "apps": {"models": {"models": ["models.heroes"], "default_connection": "primary"}},
        "routers": list(routers),
    }


@pytest.fixture
async def home(db_url: str) -> AsyncIterator[Urls]:
    """Two databases of one server: both have the tables, and the replica a team that the primary has not."""
    urls = {"primary": db_url, "replica": second(db_url)}
    replica, modules = ORMContext(), {"models": ["models.heroes"]}
    await replica.init(db_url=urls["replica"], modules=modules, _create_db=True)
    async with replica:
        await replica.generate_schemas()
        await Team.create(name="old", city="Rome")
        await replica.connections.close_all(discard=False)
    await ORM.init(db_url=db_url, modules=modules)
    await ORM.generate_schemas()
    yield urls
    await ORM.close_connections()
    await replica.init(db_url=urls["replica"], modules=modules)
    await replica.drop_databases()


def second(url: str) -> str:
    """The URL of another database of the same server."""
    place, mark, options = url.partition("?")
    if place.endswith(".sqlite3"):
        return f"{place.removesuffix('.sqlite3')}_replica.sqlite3"
    return f"{place}_replica{mark}{options}"


@pytest.mark.feature(53, 54)
@pytest.mark.parametrize("router", [Replicated, "routing.Replicated"])
async def test_reads_and_writes_part(home: Urls, router: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "routing", sys.modules[Replicated.__module__])
    context = await ORM.init(config(home, router))
    assert context.routers == [Replicated]
    await Team.create(name="new", city="Bonn")
    assert [team.name for team in await Team.all()] == ["old"]
    assert await Team.all().count() == 1
    assert await Team.filter(name="new").exists() is False
    assert await Team.all().values_list("name", flat=True) == ["old"]
    assert [team.name async for team in Team.all()] == ["old"]
    assert (await Team.get(name="old")).name == "old"
    assert await Team.all().delete() == 1
    assert [team.name for team in await Team.all()] == ["old"]


@pytest.mark.feature(53)
async def test_a_transaction_reads_what_it_wrote(home: Urls) -> None:
    await ORM.init(config(home, Replicated))
    async with in_transaction("primary"):
        team = await Team.create(name="new", city="Bonn")
        assert [each.name for each in await Team.all()] == ["new"]
        await team.refresh_from_db()
        assert (await Team.get(name="new")).id == team.id
        assert await Team.all().count() == 1
    assert [each.name for each in await Team.all()] == ["old"]


@pytest.mark.feature(53)
async def test_locking_reads_go_to_the_writer(home: Urls) -> None:
    await ORM.init(config(home, Replicated))
    await Team.create(name="new", city="Bonn")
    with pytest.warns(RuntimeWarning, match="outside of a transaction"):
        assert [team.name for team in await Team.all().select_for_update()] == ["new"]
    async with in_transaction("primary"):
        assert [team.name for team in await Team.all().select_for_update()] == ["new"]
    made, created = await Team.get_or_create(name="new", defaults={"city": "x"})
    assert (made.city, created) == ("Bonn", False)


@pytest.mark.feature(55)
async def test_a_query_names_its_connection(home: Urls) -> None:
    await ORM.init(config(home, Replicated))
    await Team.create(name="new", city="Bonn")
    primary = connections.get("primary")
    assert [team.name for team in await Team.all().using_db(primary)] == ["new"]
    assert [team.name for team in await Team.all(using_db=primary)] == ["new"]


@pytest.mark.feature(53)
async def test_routers_that_leave_the_choice(home: Urls) -> None:
    await ORM.init(config(home, OnlyTeams, Replicated))
    await Team.create(name="new", city="Bonn")
    assert [team.name for team in await Team.all()] == ["old"]
    await ORM.init(config(home, OnlyTeams))
    assert await Hero.all().count() == 0
    assert [team.name for team in await Team.all()] == ["old"]


class Failing:
    def db_for_read(self, model: type[Any]) -> str:
        raise KeyError("which")


class Later:
    async def db_for_read(self, model: type[Any]) -> str:
        return "primary"


class Listing:
    def db_for_write(self, model: type[Any]) -> list[str]:
        return ["primary"]


@pytest.mark.feature(54)
@pytest.mark.parametrize(
    ("router", "message"),
    [
        ("nowhere.Router", "^Can't import router from `nowhere.Router`: No module named 'nowhere'$"),
        ("models.heroes.Nobody", "^Can't import router from `models.heroes.Nobody`: module"),
        ("models.heroes.__doc__", "it is not a class$"),
        (3, "Router must be either str or type"),
        (
            Misspelt,
            r"""^Misspelt.db_for_write\(\w+\) gives 'primry', which is not a connection; did you mean "primary"\?$""",
        ),
        (Failing, r"^Failing\.db_for_read\(\w+\) failed: KeyError\('which'\)$"),
        (Later, r"^Later\.db_for_read\(\w+\) is a coroutine; a router answers at once, with a plain method$"),
        (Listing, r"^Listing\.db_for_write\(\w+\) gives \['primary'\], which is not a connection"),
    ],
)
async def test_what_is_refused(home: Urls, router: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await ORM.init(config(home, router))
    assert await Team.all().count() == 0  # the context from before is still there
