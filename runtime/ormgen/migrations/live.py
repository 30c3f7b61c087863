"""The tables that a database has, for those who see no SQL."""

from __future__ import annotations

import os

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import OperationalError
from ormgen.migrations.guard import LOCK_TABLE
from ormgen.migrations.places import Settings, places
from ormgen.migrations.recorder import TABLE
from ormgen.sql.introspect import LiveColumn, LiveTable, live_tables
from ormgen.sql.introspect_details import LiveDetails, live_details
from ormgen.sql.statement_parts import closing, parts, unquoted

__all__ = [
    "LiveColumn",
    "LiveDetails",
    "LiveTable",
    "closing",
    "details",
    "live",
    "parts",
    "servers",
    "tables_in",
    "unquoted",
]


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
    """The words of enums, the special indexes and the checks of the databases that settings name."""
    merged = LiveDetails()
    for name, config in places(settings, None, search).connections.items():
        if alias in (None, name):
            driver = make_driver(config)
            try:
                found = await live_details(driver.fetch, config.dialect)
            finally:
                await driver.close()
            merged = LiveDetails(
                {**merged.labels, **found.labels},
                {**merged.special, **found.special},
                {**merged.checks, **found.checks},
                merged.json | found.json,
                {**merged.collations, **found.collations},
                found.dialect,
                {**merged.names, **found.names},
                {**merged.exclusions, **found.exclusions},
                {**merged.beyond, **found.beyond},
            )
    return merged


_VERSION = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version()",
    "postgres": "SELECT split_part(version(), ',', 1)",
    "mysql": "SELECT CONCAT(IF(VERSION() LIKE '%%MariaDB%%', '', 'MySQL '), VERSION())",
}


async def servers(
    settings: Settings | None = None, *, search: str | os.PathLike[str] | None = None
) -> dict[str, str | OperationalError]:
    """What the server behind each connection says it is, by alias, or why it cannot be asked."""
    found: dict[str, str | OperationalError] = {}
    for name, config in places(settings, None, search).connections.items():
        if lacking := _lacking(config):
            found[name] = OperationalError(f"there is no file {lacking} yet")
            continue
        driver = make_driver(config)
        try:
            found[name] = str((await driver.fetch(_VERSION[config.dialect], ()))[0][0])
        except OperationalError as error:
            found[name] = error
        finally:
            await driver.close()
    return found


def _lacking(config: ConnectionConfig) -> str | None:
    """The file of an SQLite database that asking would make."""
    path = str(config.credentials.get("file_path", ":memory:"))
    return None if path == ":memory:" or os.path.exists(path) else path
