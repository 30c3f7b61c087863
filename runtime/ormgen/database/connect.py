"""Makes the driver that a connection of the configuration names: one row for each database."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.driver import Driver

DRIVERS: Mapping[str, str] = MappingProxyType(
    {
        "sqlite": "ormgen.drivers.sqlite:SqliteDriver",
        "postgres": "ormgen.drivers.postgres:PostgresDriver",
        "mysql": "ormgen.drivers.mysql:MysqlDriver",
    }
)


def make_driver(config: ConnectionConfig) -> Driver:
    """The driver for one connection; nothing is opened yet.

    Raises:
        ConfigurationError: the library of the database is not installed, or an option is wrong.
    """
    module, _, name = DRIVERS[config.dialect].partition(":")
    made: Any = getattr(import_module(module), name)
    options = dict(config.credentials)
    if config.dialect == "sqlite":
        return made(options.pop("file_path"), **options)  # type: ignore[no-any-return]
    return made(**options)  # type: ignore[no-any-return]
