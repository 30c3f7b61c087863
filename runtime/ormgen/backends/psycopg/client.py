"""Connections to PostgreSQL: `isinstance(connection, PsycopgClient)`."""

from ormgen.database.clients import PostgresClient as PsycopgClient
from ormgen.database.clients import PostgresTransaction as TransactionWrapper

__all__ = ["PsycopgClient", "TransactionWrapper"]
