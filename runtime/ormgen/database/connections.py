"""The connections of a context by alias."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ormgen.database.config import ORMConfig
from ormgen.database.connection import Connection, Database
from ormgen.database.current import connection_of
from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean


class Replaced(NamedTuple):
    """What `Connections.set` put aside, for `Connections.reset`."""

    alias: str
    former: Database | None


class Connections:
    """The databases of a context by alias; inside a transaction, the transaction stands for its database."""

    def __init__(self, config: ORMConfig | None = None, make: Callable[[str], Database] | None = None) -> None:
        self.config = config
        self._make = make
        self.databases: dict[str, Database] = {}
        self.direct: dict[Any, Database] = {}  # by model, of those that are read from where they are written to
        if config is not None and make is not None:
            self.databases = {alias: make(alias) for alias in config.connections}

    def get(self, alias: str) -> Connection:
        """The connection called `alias`.

        Raises:
            ConfigurationError: there is none.
        """
        return connection_of(self.database(alias))

    def database(self, alias: str) -> Database:
        """The database called `alias`, whether or not a transaction is open on it.

        Raises:
            ConfigurationError: there is none.
        """
        found = self.databases.get(alias)
        if found is None:
            if self.config is None or self._make is None or alias not in self.config.connections:
                raise ConfigurationError(
                    f'there is no connection called "{alias}"; {did_you_mean(alias, self.databases)}'
                )
            found = self.databases[alias] = self._make(alias)
        return found

    def set(self, alias: str, connection: Database) -> Replaced:
        """Let `connection` stand for `alias` until `reset` gets what this gives."""
        self.direct.clear()
        former = self.databases.get(alias)
        self.databases[alias] = connection
        return Replaced(alias, former)

    def reset(self, token: Replaced) -> None:
        """Take back a `set`."""
        self.direct.clear()
        if token.former is None:
            self.databases.pop(token.alias, None)
        else:
            self.databases[token.alias] = token.former

    def discard(self, alias: str) -> Database | None:
        """Forget a connection without closing it: the next statement makes a new one of its configuration."""
        self.direct.clear()
        return self.databases.pop(alias, None)

    def all(self) -> list[Connection]:
        """Every connection, in the order of the configuration."""
        return [connection_of(database) for database in self.databases.values()]

    @property
    def db_config(self) -> Mapping[str, Any]:
        """The configuration of each connection by alias, as plain data, passwords included."""
        connections = {} if self.config is None else self.config.connections
        return {alias: connection.to_dict() for alias, connection in connections.items()}

    async def close_all(self, discard: bool = True) -> None:
        """Close every database; all are closed even if one fails to. They open anew with their next statement.

        Without `discard`, the objects stay the same ones.
        """
        databases = list(self.databases.values())
        if discard:
            self.databases.clear()
            self.direct.clear()
        async with contextlib.AsyncExitStack() as stack:
            for database in databases:
                stack.push_async_callback(database.close)
