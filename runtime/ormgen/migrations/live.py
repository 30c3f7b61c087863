"""The tables that a database has, for those who see no SQL."""

from __future__ import annotations

import os

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.migrations.guard import LOCK_TABLE
from ormgen.migrations.places import Settings, places
from ormgen.migrations.recorder import TABLE
from ormgen.sql.introspect import LiveColumn, LiveTable, live_tables
from ormgen.sql.introspect_details import LiveDetails, live_details

__all__ = ["LiveColumn", "LiveDetails", "LiveTable", "details", "live", "tables_in"]


async def tables_in(config: ConnectionConfig) -> dict[str, LiveTable]:
    """The tables of a database, but for the record of migrations."""
    driver = make_driver(config)
    try:
        found = await live_tables(driver.fetch, config.dialect)
    finally:
        await driver.close()
    found.pop(TABLE, None)
    found.pop(LOCK_TABLE, None)
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


async def details(
    settings: Settings | None = None, *, search: str | os.PathLike[str] | None = None, alias: str | None = None
) -> LiveDetails:
    """The words of enums, and the special indexes, of the databases that settings name."""
    labels: dict[str, tuple[str, ...]] = {}
    special: dict[str, str] = {}
    for name, config in places(settings, None, search).connections.items():
        if alias in (None, name):
            driver = make_driver(config)
            try:
                found = await live_details(driver.fetch, config.dialect)
            finally:
                await driver.close()
            labels |= found.labels
            special |= found.special
    return LiveDetails(labels, special)
