"""Makes and removes whole databases, on a connection to another one of the same server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import ConfigurationError

MAINTENANCE: Final[Mapping[str, str | None]] = MappingProxyType({"postgres": "postgres", "mysql": None})


async def create_database(config: ConnectionConfig) -> None:
    """Create the database that `config` names; an SQLite file is made by its first statement.

    Raises:
        OperationalError: it exists already, or the user may not create it.
    """
    if config.dialect != "sqlite":
        await _run(config, "CREATE DATABASE {}")


async def drop_database(config: ConnectionConfig) -> None:
    """Remove the database that `config` names, with all that it holds; nothing happens where there is none.

    Its connections have to be closed.
    """
    if config.dialect != "sqlite":
        await _run(config, "DROP DATABASE IF EXISTS {}")
        return
    _remove_files(os.fspath(config.credentials["file_path"]))


def _remove_files(path: str) -> None:
    if path and path != ":memory:" and not path.startswith("file:"):
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


async def _run(config: ConnectionConfig, statement: str) -> None:
    name = config.credentials.get("database") or config.credentials.get("db")
    if not name:
        raise ConfigurationError("the connection names no database")
    others = {key: value for key, value in config.credentials.items() if key not in ("database", "db", "schema")}
    server = ConnectionConfig(config.engine, {**others, "database": MAINTENANCE[config.dialect]})
    driver = make_driver(server)
    from ormgen.sql.compiling import DIALECTS

    try:
        await driver.script(statement.format(DIALECTS[config.dialect].quoted(str(name))))
    finally:
        await driver.close()
