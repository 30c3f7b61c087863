"""Connections: `from ormgen.connection import connections, get_connection`."""

from ormgen.database.connection import Connection
from ormgen.database.connections import Connections
from ormgen.models.orm import connections, get_connection

__all__ = ["Connection", "Connections", "connections", "get_connection"]
