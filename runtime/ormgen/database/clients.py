"""Connections by their database, under the names that Tortoise has for them: `isinstance(connection, SqliteClient)`."""

from __future__ import annotations

from typing import Any, ClassVar

from ormgen.database.connection import Connection, TransactionConnection


class _OfDialect(type):
    """A class that a connection is an instance of by the database it talks to."""

    dialects: tuple[str, ...]

    def __instancecheck__(cls, instance: Any) -> bool:
        kinds = TransactionConnection if issubclass(cls, TransactionConnection) else Connection
        return isinstance(instance, kinds) and instance.dialect in cls.dialects


class SqliteClient(Connection, metaclass=_OfDialect):
    """A connection to SQLite, or a transaction on one."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("sqlite",)


class SqliteTransaction(TransactionConnection, metaclass=_OfDialect):
    """A transaction on SQLite."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("sqlite",)


class PostgresClient(Connection, metaclass=_OfDialect):
    """A connection to PostgreSQL, or a transaction on one."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("postgres",)


class PostgresTransaction(TransactionConnection, metaclass=_OfDialect):
    """A transaction on PostgreSQL."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("postgres",)


class MySQLClient(Connection, metaclass=_OfDialect):
    """A connection to MariaDB or MySQL, or a transaction on one."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("mysql",)


class MySQLTransaction(TransactionConnection, metaclass=_OfDialect):
    """A transaction on MariaDB or MySQL."""

    __slots__ = ()
    dialects: ClassVar[tuple[str, ...]] = ("mysql",)
