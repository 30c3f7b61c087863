"""Another name for the engine of PostgreSQL."""

from ormgen.database.clients import PostgresClient as PsycopgClient
from ormgen.database.clients import PostgresClient as client_class

__all__ = ["PsycopgClient", "client_class"]
