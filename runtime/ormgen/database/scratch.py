"""Contexts for tests and scripts: a database of their own, gone at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from ormgen.database.config import NaiveDatetimes
from ormgen.database.config_generator import generate_config
from ormgen.database.connection_config import veiled
from ormgen.database.context import ORMContext


@asynccontextmanager
async def orm_test_context(
    modules: Iterable[str | ModuleType],
    db_url: str = "sqlite://:memory:",
    app_label: str = "models",
    *,
    connection_label: str | None = None,
    use_tz: bool | None = None,
    timezone: str | None = None,
    naive_datetimes: NaiveDatetimes | None = None,
    routers: Sequence[str | type[Any]] | None = None,
) -> AsyncIterator[ORMContext]:
    """A context with a new database and its tables, isolated from every other one; the database is dropped at the end.

    `{}` in the URL becomes a random name, so that several tests run side by side: `postgres://localhost/test_{}`.

    Raises:
        ConfigurationError: the configuration is wrong, or the models do not fit together.
        OperationalError: the database exists already, or cannot be made.
    """
    db_url = veiled(db_url)
    config = veiled(generate_config(db_url, {app_label: modules}, connection_label, testing=True))
    async with ORMContext() as context:
        options: dict[str, Any] = {"use_tz": use_tz, "timezone": timezone, "naive_datetimes": naive_datetimes}
        await context.init(config, **options, routers=routers, _create_db=True)
        try:
            await context.generate_schemas()
            yield context
        finally:
            await context.drop_databases()
