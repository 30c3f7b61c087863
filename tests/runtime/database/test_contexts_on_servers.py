"""What a context says of a missing step, and where a task finds its database, on each of them."""

import asyncio
import gc
import types
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from models.columns import Whole
from models.heroes import Hero, Team
from ormgen import ORM, ORMContext, in_transaction
from ormgen.exceptions import ConfigurationError, NotInitialised, ORMLoopSwitchWarning, SchemaError

HEROES = {"models": ["models.heroes"]}
STEPS: dict[str, Callable[[], Any]] = {
    "all": lambda: Team.all(),
    "get": lambda: Team.get(id=1),
    "count": lambda: Team.all().count(),
    "create": lambda: Team.create(name="a"),
    "save": lambda: Team(name="a").save(),
    "bulk_create": lambda: Team.bulk_create([Team(name="a")]),
    "update": lambda: Team.all().update(size=1),
    "delete": lambda: Team.all().delete(),
    "raw": lambda: Team.raw("SELECT 1"),
}


@pytest.fixture
async def url(db_url: str) -> AsyncIterator[str]:
    """A URL; whatever the test initialises is closed afterwards."""
    yield db_url
    await ORM.close_connections()


@pytest.mark.parametrize("step", STEPS)
async def test_the_missing_step_is_told(url: str, step: str) -> None:
    """Before init, on a closed context, on one that was never initialised, and for a model of no app."""
    with pytest.raises(NotInitialised, match=r"call `await ORM\.init\("):
        await STEPS[step]()
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    await STEPS["count"]()
    async with ORMContext():
        with pytest.raises(NotInitialised, match="on a context that is closed or was never initialised"):
            await STEPS[step]()
    await ORM.close_connections()
    with pytest.raises(NotInitialised, match=r"call `await ORM\.init\("):
        await STEPS[step]()
    module: Any = types.ModuleType("others")
    module.__models__ = [Whole]
    await ORM.init(db_url=url, modules={"others": [module]})
    with pytest.raises(NotInitialised, match=r'Team belongs to no app .*add "models\.heroes" to the modules'):
        await STEPS[step]()


async def test_a_failed_init_changes_nothing(url: str) -> None:
    """Neither where there was none before, nor where there was one."""
    wrong: list[tuple[type[Exception], dict[str, Any]]] = [
        (ConfigurationError, {"db_url": "nowhere://x", "modules": HEROES}),
        (ConfigurationError, {"db_url": f"{url}?no_such_option=1", "modules": HEROES}),
        (ConfigurationError, {"db_url": url, "modules": {"models": ["models.no_such_module"]}}),
        (SchemaError, {"db_url": url, "modules": {"other": ["models.heroes"]}}),
        (ConfigurationError, {"db_url": url, "modules": HEROES, "timezone": "Mars/Base"}),
        (ConfigurationError, {"db_url": url, "modules": HEROES, "routers": ["no.such.Router"]}),
        (ConfigurationError, {"config": {"connections": {}, "apps": {}}}),
    ]
    for error, options in wrong:
        with pytest.raises(error):
            await ORM.init(**options)
        assert not ORM.is_inited()
        with pytest.raises(NotInitialised, match=r"call `await ORM\.init\("):
            await Team.all()
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()
    team = await Team.create(name="kept")
    for error, options in wrong:
        with pytest.raises(error):
            await ORM.init(**options)
        assert await Team.all() == [team]


async def test_tasks_that_were_made_before_init(url: str) -> None:
    ready, seen = asyncio.Event(), []

    async def early() -> None:
        await ready.wait()
        await Team.create(name="early")
        async with in_transaction():
            seen.append(await Team.all().count())

    task = asyncio.create_task(early())
    await asyncio.sleep(0)
    await asyncio.create_task(started(url))
    ready.set()
    await task
    assert seen == [1]


async def started(url: str) -> None:
    await ORM.init(db_url=url, modules=HEROES)
    await ORM.generate_schemas()


async def test_contexts_side_by_side_and_again(url: str) -> None:
    """Two contexts on one database have connections of their own; a context can be initialised again."""
    await started(url)
    await Team.create(name="a")
    context = ORMContext()
    for _ in range(2):
        async with context:
            await context.init(db_url=url, modules=HEROES)
            async with in_transaction() as connection:
                await Team.all().count()
                await connection.rollback()
            assert await Hero.all() == []
        assert not context.inited
        assert await Team.all().count() == 1


def test_another_loop_after_the_first_has_ended(db_url: str) -> None:
    async def first() -> None:
        await started(db_url)
        await Team.create(name="a")

    async def second() -> None:
        with pytest.warns(ORMLoopSwitchWarning, match="another event loop than the one that opened it"):
            assert await Team.all().count() == 1
        await Team.create(name="b")
        assert await Team.all().count() == 2
        await ORM.close_connections()

    asyncio.run(first())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, about sockets of the first loop
        asyncio.run(second())
        gc.collect()
