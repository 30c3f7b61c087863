"""Contexts: what `init` makes, what fails leaves no trace, and where a query finds its database."""

import asyncio
import sys
import types
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from models.columns import Whole
from models.heroes import Hero, Team
from models.shop import Order, Product
from ormgen import ORM, Model, ORMContext, fields, in_transaction
from ormgen.config import ORMConfig
from ormgen.context import get_current_context
from ormgen.exceptions import (
    ConfigurationError,
    DBConnectionError,
    FieldError,
    NotInitialised,
    OperationalError,
    ParamsError,
    SchemaError,
)

HEROES = {"models": ["models.heroes"]}


@pytest.fixture
async def url(sqlite_url: str) -> AsyncIterator[str]:
    """A URL; whatever the test initialises is closed afterwards."""
    yield sqlite_url
    await ORM.close_connections()


def other(url: str, name: str) -> str:
    return url.replace("test.sqlite3", name)


async def test_a_query_before_init_says_so(url: str) -> None:
    for ask in (lambda: Team.all(), lambda: Team.create(name="a"), lambda: Team.get(id=1), lambda: Team.all().count()):
        with pytest.raises(
            NotInitialised, match=r"(No ORMContext is currently active|is not initialised): call `await ORM\.init"
        ):
            await ask()
    with pytest.raises(NotInitialised, match=r"ORM\.init"):
        async with in_transaction():
            pass
    with pytest.raises(NotInitialised, match=r"ORM\.init"):
        await ORM.generate_schemas()
    await ORM.close_connections()
    assert not ORM.is_inited()
    assert dict(ORM.apps) == {}


@pytest.mark.feature(15, 16)
async def test_init_and_close(url: str) -> None:
    context = await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    await ORM.generate_schemas(safe=True)
    with pytest.raises(OperationalError):
        await ORM.generate_schemas(safe=False)
    assert ORM.is_inited()
    assert ORM.apps.get_model("models", "Hero") is Hero
    assert await Hero.all() == []
    assert repr(context) == "<ORMContext apps=['models'] connections=['default']>"
    await ORM.close_connections()
    assert not ORM.is_inited()
    with pytest.raises(NotInitialised, match="No ORMContext is currently active"):
        await Hero.all()
    await ORM.init(db_url=url, modules=HEROES)
    assert await Hero.all() == []


async def test_a_model_in_no_app(url: str) -> None:
    await ORM.init(db_url=url, modules=HEROES)
    with pytest.raises(
        NotInitialised, match=r'models\.columns\.Whole belongs to no app.*add "models\.columns" to the modules'
    ):
        await Whole.filter(id=1)
    with pytest.raises(NotInitialised, match=r'Product .*"models\.shop"|models\.shop\.Product'):
        await Product.create(name="x")


@pytest.mark.feature(26)
async def test_a_failed_init_leaves_no_trace(url: str) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"modules": {"models": ["models.broken"]}}, SchemaError, 'points at "models.Nothing", which is not a model'),
        ({"modules": {"models": ["models.nowhere"]}}, ConfigurationError, 'there is no module "models.nowhere"'),
        ({"modules": {"models": ["models.lonely"]}}, ConfigurationError, "nowhere"),
        ({"modules": HEROES, "timezone": "Mars/Base"}, ConfigurationError, "Mars/Base"),
    ]
    for options, error, told in wrong[:3]:
        with pytest.raises(error, match=told):
            await ORM.init(db_url=url, **options)
        assert not ORM.is_inited()
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    team = await Team.create(name="a")
    for options, error, told in wrong:
        with pytest.raises(error, match=told):
            await ORM.init(db_url=other(url, "other.sqlite3"), **options)
        assert await Team.all() == [team]


@pytest.mark.feature(25)
async def test_init_in_another_task(url: str) -> None:
    async def start() -> None:
        await ORM.init(db_url=url, modules=HEROES)
        await ORM.generate_schemas()

    await asyncio.create_task(start())
    await Team.create(name="a")
    assert await asyncio.create_task(count()) == 1


async def count() -> int:
    return await Team.all().count()


async def test_a_second_init_replaces_the_first(url: str) -> None:
    first = await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    await Team.create(name="a")
    await ORM.init(db_url=other(url, "second.sqlite3"), modules=HEROES)
    await ORM.generate_schemas()
    assert await Team.all() == []
    assert not first.inited


@pytest.mark.feature(20, 24)
async def test_an_isolated_context_beside_the_global_one(url: str) -> None:
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    await Team.create(name="global")
    async with ORMContext() as context:
        await context.init(db_url=other(url, "isolated.sqlite3"), modules=HEROES)
        await context.generate_schemas()
        assert await Team.all() == []
        await Team.create(name="isolated")
        assert await asyncio.create_task(count()) == 1
        async with in_transaction():
            await Team.create(name="again")
    assert await Team.all().values_list("name", flat=True) == ["global"]
    with pytest.raises(NotInitialised, match="closed or was never initialised"):
        context.connection_for(Team)


async def test_a_smaller_isolated_context_leaves_the_global_one_whole(url: str) -> None:
    await ORM.init(db_url=url, modules={"models": ["models.heroes"], "shop": ["models.shop"]})
    await ORM.generate_schemas()
    product = await Product.create(name="cape")
    module: Any = types.ModuleType("models_of_the_small_context")
    module.__models__ = [Product]
    async with ORMContext() as context:
        await context.init(db_url=other(url, "small.sqlite3"), modules={"shop": [module]})
        await context.generate_schemas()
        assert await Product.all() == []
    await product.orders.create(amount=2)
    assert await Product.filter(orders__amount=2).count() == 1
    assert [len(item.orders) for item in await Product.all().prefetch_related("orders")] == [1]


@pytest.mark.feature(24)
async def test_contexts_left_in_any_order(url: str) -> None:
    """What is left does not change what is current, unless it was that."""
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    await Team.create(name="global")
    made: list[ORMContext] = []
    for name in ("first", "second"):
        context = await ORMContext().__aenter__()
        await context.init(db_url=other(url, f"{name}.sqlite3"), modules=HEROES)
        await context.generate_schemas()
        await Team.create(name=name)
        made.append(context)
    first, second = made
    await first.__aexit__(None, None, None)
    assert await Team.all().values_list("name", flat=True) == ["second"]
    async with second:
        assert get_current_context() is second
    await second.__aexit__(None, None, None)
    assert await Team.all().values_list("name", flat=True) == ["global"]
    async with ORMContext() as third:
        await asyncio.create_task(left_elsewhere(third))


async def left_elsewhere(context: ORMContext) -> None:
    await context.__aexit__(None, None, None)
    assert get_current_context() is not context
    await context.__aexit__(None, None, None)  # a second time, as a fixture that was torn down twice


@pytest.mark.feature(24)
async def test_contexts_of_parallel_tasks(url: str) -> None:
    async def work(number: int) -> list[str]:
        async with ORMContext() as context:
            await context.init(db_url=other(url, f"task{number}.sqlite3"), modules=HEROES)
            await context.generate_schemas()
            await Team.create(name=f"t{number}")
            await asyncio.sleep(0)
            return await Team.all().values_list("name", flat=True)

    assert await asyncio.gather(*[work(number) for number in range(4)]) == [[f"t{number}"] for number in range(4)]
    assert not ORM.is_inited()


@pytest.mark.feature(44)
async def test_two_apps_on_two_databases(url: str, tmp_path: Path) -> None:
    config = {
        "connections": {"default": url, "second": other(url, "second.sqlite3")},
        "apps": {
            "models": {"models": ["models.heroes"], "default_connection": "default"},
            "shop": {"models": ["models.shop"], "default_connection": "second"},
        },
    }
    await ORM.init(config=config)
    await ORM.generate_schemas()
    await Team.create(name="a")
    product = await Product.create(name="cape")
    await Order.create(product=product)
    assert await Product.annotate().filter(orders__amount=1) == [product]
    found = await ORM.get_connection("second").execute_query_dict("SELECT name FROM product")
    assert found == [{"name": "cape"}]
    with pytest.raises(OperationalError, match="no such table"):
        await ORM.get_connection("default").execute_query("SELECT * FROM product")
    with pytest.raises(
        ParamsError, match=r"multiple databases, so you should specify connection_name: \['default', 'second'\]"
    ):
        async with in_transaction():
            pass
    async with in_transaction("second") as connection:
        await Product.create(name="mask")
        await Team.create(name="b")
        await connection.rollback()
    assert await Product.all().count() == 1
    assert await Team.all().count() == 2


async def test_config_mistakes_name_the_path(url: str) -> None:
    config = {"connections": {"default": url}, "apps": {"models": {"modles": ["models.heroes"]}}}
    with pytest.raises(ConfigurationError, match=r'apps\.models\.modles: unknown key; did you mean "models"'):
        await ORM.init(config=config)
    with pytest.raises(ConfigurationError, match="You should init either from"):
        await ORM.init()
    with pytest.raises(ConfigurationError, match='"db_url" and "modules" together'):
        await ORM.init(db_url=url)


@pytest.mark.feature(9)
async def test_a_module_without_models_is_worth_a_warning(url: str) -> None:
    with pytest.warns(RuntimeWarning, match='Module "models" has no models'):
        await ORM.init(db_url=url, modules={"models": ["models.heroes", "models"]})


async def test_an_init_without_connections_or_apps_says_so(url: str, tmp_path: Path) -> None:
    apps = {"models": {"models": ["models.heroes"]}}
    with pytest.raises(
        ConfigurationError, match=r'^connections: there are none; name one, such as {"default": "sqlite'
    ):
        await ORM.init({"connections": {}, "apps": {}})
    with pytest.raises(
        ConfigurationError, match=r'\napps: there are none; name one and its modules, such as {"models"'
    ):
        await ORM.init({"connections": {}, "apps": {}})
    with pytest.raises(ConfigurationError, match=r"^apps\.models\.default_connection: .* the connections are: none$"):
        await ORM.init({"connections": {}, "apps": apps})
    for settings in (
        {"connections": {"default": url}, "apps": {}},
        ORMConfig.from_dict({"connections": {"default": url}, "apps": {}}),
    ):
        with pytest.raises(ConfigurationError, match=r"^apps: there are none"):
            await ORM.init(settings)
        with pytest.raises(ConfigurationError, match=r"^apps: there are none"):
            await ORMContext().init(settings)
    with pytest.raises(ConfigurationError, match='You must specify "db_url" and "modules" together'):
        await ORM.init(db_url=url, modules={})
    file = tmp_path / "settings.json"
    file.write_text('{"connections": {}, "apps": {}}', "utf-8")
    with pytest.raises(ConfigurationError, match=r"settings\.json:\nconnections: there are none"):
        await ORM.init(config_file=file)
    assert not ORM.is_inited()


async def test_an_app_without_modules_is_worth_a_warning(url: str) -> None:
    with pytest.warns(RuntimeWarning, match='^App "models" lists no modules, so it has no models$'):
        await ORM.init(db_url=url, modules={"models": []})
    with pytest.raises(
        NotInitialised, match=r'Hero belongs to no app .*\(apps: "models"\); add "models\.heroes" to the'
    ):
        await Hero.all()
    await ORM.init(db_url=url, modules={**HEROES, "aerich": ["aerich.models"]})
    assert list(ORM.apps) == ["models"]


@pytest.mark.feature(10)
async def test_nothing_is_connected_before_the_first_statement(url: str) -> None:
    nowhere = "postgres://me@127.0.0.1:1/none"
    await ORM.init(db_url=nowhere, modules=HEROES, init_connections=False)
    await ORM.init(db_url=nowhere, modules=HEROES)
    assert Hero.filter(name="a").sql()
    with pytest.raises(DBConnectionError):
        await Hero.all()


@pytest.mark.feature(17)
def test_properties_of_the_class_are_read_only() -> None:
    with pytest.raises(AttributeError, match="read from the current context"):
        ORM.apps = {}  # type: ignore[assignment,misc]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.feature(26)
def test_a_context_lives_through_several_event_loops(sqlite_url: str) -> None:
    async def work(context: ORMContext, name: str) -> int:
        with context:
            await Team.create(name=name)
            found = await Team.all().count()
            await context.connections.close_all(discard=False)
            return found

    async def begin() -> ORMContext:
        async with ORMContext() as first:
            await first.init(db_url=sqlite_url, modules=HEROES)
            await first.generate_schemas()
        return await ORMContext().init(db_url=sqlite_url, modules=HEROES)

    context = asyncio.run(begin())
    assert [asyncio.run(work(context, name)) for name in "ab"] == [1, 2]
    asyncio.run(context.close_connections())


class Author(Model):
    name = fields.CharField(max_length=10)


class Book(Model):
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("models.Author", related_name="books")


class Magazine(Model):
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("models.Author", related_name="magazines")


@pytest.mark.feature(24)
async def test_contexts_with_other_models_around_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = asyncio.Barrier(2)
    sets: dict[str, Any] = {"books": Book, "magazines": Magazine}

    async def work(name: str, other: str) -> None:
        module = types.ModuleType(f"only_{name}")
        module.__dict__["__models__"] = [Author, sets[name]]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        async with ORMContext() as context:
            await context.init(db_url="sqlite://:memory:", modules={"models": [module.__name__]})
            await context.generate_schemas()
            await ready.wait()
            for turn in range(1, 4):
                author = await Author.create(name=name)
                await sets[name].create(author=author)
                assert len(await getattr(author, name).all()) == 1
                assert await cast(Any, Author).filter(**{f"{name}__id__gt": 0}).count() == turn
                (loaded,) = await Author.filter(id=author.id).prefetch_related(name)
                assert len(getattr(loaded, name)) == 1
                assert (await sets[name].all().select_related("author").first()).author.name == name
                with pytest.raises(FieldError):
                    await cast(Any, Author).filter(**{f"{other}__id__gt": 0}).count()
                await asyncio.sleep(0)
            await ready.wait()

    tasks = [asyncio.create_task(work("books", "magazines")), asyncio.create_task(work("magazines", "books"))]
    await asyncio.gather(*tasks)
