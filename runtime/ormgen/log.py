"""Loggers: `from ormgen.log import logger, db_client_logger`."""

from ormgen.database.hooks import LOGGER as db_client_logger
from ormgen.database.hooks import OWN_LOGGER as logger

__all__ = ["db_client_logger", "logger"]
