"""Connections to PostgreSQL: `isinstance(connection, AsyncpgDBClient)`."""

from ormgen.database.clients import PostgresClient as AsyncpgDBClient
from ormgen.database.clients import PostgresTransaction as TransactionWrapper

__all__ = ["AsyncpgDBClient", "TransactionWrapper"]
