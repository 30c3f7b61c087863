"""The engine of MariaDB and MySQL: `ormgen.backends.mysql`."""

from ormgen.database.clients import MySQLClient
from ormgen.database.clients import MySQLClient as client_class

__all__ = ["MySQLClient", "client_class"]
