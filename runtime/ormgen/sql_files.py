"""Statements of SQL files: `ormgen queries` writes modules that import from here."""

from ormgen.database.connection import Connection
from ormgen.database.sql_files import SqlQuery

__all__ = ["Connection", "SqlQuery"]
