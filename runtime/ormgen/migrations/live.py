"""The tables that a database has, for those who see no SQL."""

from __future__ import annotations

import os

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.migrations.places import Settings, places
from ormgen.migrations.recorder import TABLE
from ormgen.sql.introspect import LiveColumn, LiveTable, live_tables

__all__ = ["LiveColumn", "LiveTable", "live", "tables_in"]


async def tables_in(config: ConnectionConfig) -> dict[str, LiveTable]:
    """The tables of a database, but for the record of migrations."""
    driver = make_driver(config)
    try:
        found = await live_tables(driver.fetch, config.dialect)
    finally:
        await driver.close()
    found.pop(TABLE, None)
    return found


async def live(
    settings: Settings | None = None, *, search: str | os.PathLike[str] | None = None, alias: str | None = None
) -> dict[str, LiveTable]:
    """The tables of the databases that settings name, by name."""
    found: dict[str, LiveTable] = {}
    for name, config in places(settings, None, search).connections.items():
        if alias in (None, name):
            found |= await tables_in(config)
    return found
