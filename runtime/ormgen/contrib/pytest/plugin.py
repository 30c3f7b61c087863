"""The fixtures and hooks of the plugin for pytest."""

from __future__ import annotations

import asyncio
import inspect
import os
import warnings
from collections.abc import Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from ormgen.database.config_generator import generate_config
from ormgen.database.connection_config import veiled
from ormgen.database.context import ORMContext, current
from ormgen.database.rehearsal import Replaced, UndoingDriver
from ormgen.exceptions import ORMLoopSwitchWarning

FIXTURE = "orm"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings that a project without fixtures of its own needs."""
    parser.addini("orm_modules", "modules with the models to test", type="args", default=[])
    parser.addini("orm_db_url", "the database to test on; {} becomes a random name", default="sqlite://:memory:")


@pytest.fixture(scope="session")
def orm_settings(pytestconfig: pytest.Config) -> Mapping[str, Any]:
    """What to test: `db_url` and `modules`, as `ORM.init` takes them; made of the settings `orm_db_url` and
    `orm_modules` unless a project overrides this.
    """
    return {"db_url": pytestconfig.getini("orm_db_url"), "modules": {"models": pytestconfig.getini("orm_modules")}}


@pytest.fixture(scope="session")
def orm_database(orm_settings: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ORMContext]:
    """The context of the session, whose database has its tables; the database is dropped at the end.

    A database in memory is a file here, because each test has an event loop of its own. Under pytest-xdist each
    worker makes one.
    """
    url, worker = veiled(orm_settings["db_url"]), os.environ.get("PYTEST_XDIST_WORKER", "")
    if ":memory:" in url:
        url = f"sqlite://{tmp_path_factory.mktemp('orm') / 'test.sqlite3'}"
    elif worker and "{}" not in url:
        place, mark, options = url.partition("?")
        path = Path(place)
        url = veiled(f"{place.removesuffix(path.suffix)}_{worker}{path.suffix}{mark}{options}")
    context = ORMContext()

    async def make() -> None:
        config = veiled(generate_config(url, orm_settings["modules"], testing=True))
        await context.init(config, _create_db=True)
        await context.generate_schemas()
        await context.connections.close_all(discard=False)

    with without_loop_warnings():
        asyncio.run(make())
        yield context
        asyncio.run(context.drop_databases())


@pytest.fixture
def orm(orm_database: ORMContext) -> Iterator[ORMContext]:
    """The context of the session, current for this test, whose writes are undone when it ends."""
    former, current.default = current.default, orm_database
    databases = list(orm_database.connections.databases.values())
    try:
        with Replaced(databases, UndoingDriver):
            yield orm_database
            with without_loop_warnings():
                asyncio.run(close_all(orm_database))
    finally:
        current.default = former


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has the writes of asynchronous tests undone, and connections closed, in the event loop of the test."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj) and FIXTURE in item.fixturenames:
            item.obj = undone_at_the_end(item.obj)


def undone_at_the_end(function: Any) -> Any:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        context = current.get()
        try:
            return await function(*args, **kwargs)
        finally:
            if context is not None:
                await close_all(context)

    return wrapper


async def close_all(context: ORMContext) -> None:
    await context.connections.close_all(discard=False)


def without_loop_warnings() -> Any:
    """A block in which another event loop may close what a test has left open."""
    caught = warnings.catch_warnings(action="ignore", category=ORMLoopSwitchWarning)
    return caught
