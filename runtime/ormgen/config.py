"""Typed configuration: `from ormgen.config import ORMConfig`."""

from ormgen.database.config import AppConfig, ORMConfig
from ormgen.database.connection_config import ConnectionConfig, DBUrlConfig

__all__ = ["AppConfig", "ConnectionConfig", "DBUrlConfig", "ORMConfig"]
