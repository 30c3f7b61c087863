"""Connections to SQLite: `isinstance(connection, SqliteClient)`."""

from ormgen.database.clients import SqliteClient
from ormgen.database.clients import SqliteTransaction as SqliteTransactionWrapper

__all__ = ["SqliteClient", "SqliteTransactionWrapper"]
