"""The engine of PostgreSQL: `ormgen.backends.asyncpg`."""

from ormgen.database.clients import PostgresClient as AsyncpgDBClient
from ormgen.database.clients import PostgresClient as client_class

__all__ = ["AsyncpgDBClient", "client_class"]
