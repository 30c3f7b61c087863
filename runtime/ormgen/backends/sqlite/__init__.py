"""The engine of SQLite: `ormgen.backends.sqlite`."""

from ormgen.database.clients import SqliteClient
from ormgen.database.clients import SqliteClient as client_class

__all__ = ["SqliteClient", "client_class"]
