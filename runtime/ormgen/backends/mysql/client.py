"""Connections to MariaDB and MySQL: `isinstance(connection, MySQLClient)`."""

from ormgen.database.clients import MySQLClient
from ormgen.database.clients import MySQLTransaction as TransactionWrapper

__all__ = ["MySQLClient", "TransactionWrapper"]
