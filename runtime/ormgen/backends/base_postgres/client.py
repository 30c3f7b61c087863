"""Connections to PostgreSQL: `isinstance(connection, BasePostgresClient)`."""

from ormgen.database.clients import PostgresClient as BasePostgresClient
from ormgen.database.clients import PostgresTransaction as TransactionWrapper

__all__ = ["BasePostgresClient", "TransactionWrapper"]
