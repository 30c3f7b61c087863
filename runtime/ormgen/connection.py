"""Connections: `from ormgen.connection import connections, get_connection`."""

from ormgen.database.connection import Connection
from ormgen.database.connections import Connections
from ormgen.database.connections import Connections as ConnectionHandler
from ormgen.models.orm import connections, get_connection

__all__ = ["Connection", "ConnectionHandler", "Connections", "connections", "get_connection"]
