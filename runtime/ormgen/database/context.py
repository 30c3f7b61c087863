"""ORMContext: the connections, apps and model graph of one `init`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from ormgen.database.apps import Apps
from ormgen.database.config import OrmConfig, resolve
from ormgen.database.connect import make_driver
from ormgen.database.connection import Connection, Database
from ormgen.database.current import Current, Handed, connection_of
from ormgen.database.discover import discover
from ormgen.exceptions import ConfigurationError, NotInitialised, Problem
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.link import link
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiler import Compiler
from ormgen.sql.ddl import create_statements, drop_statements
from ormgen.sql.zone import Zone


class Connections:
    """The databases of a context by alias; inside a transaction, the transaction stands for its database."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self.databases = databases

    def get(self, alias: str) -> Connection:
        """The connection called `alias`.

        Raises:
            ConfigurationError: there is none.
        """
        return connection_of(self.database(alias))

    def database(self, alias: str) -> Database:
        """The database called `alias`, whether or not a transaction is open on it."""
        if alias not in self.databases:
            hint = did_you_mean(alias, self.databases)
            raise ConfigurationError(f'there is no connection called "{alias}"; {hint}')
        return self.databases[alias]

    def all(self) -> list[Connection]:
        """Every connection, in the order of the configuration."""
        return [connection_of(database) for database in self.databases.values()]

    async def close_all(self) -> None:
        """Close every database; all are closed even if one fails to."""
        async with contextlib.AsyncExitStack() as stack:
            for database in self.databases.values():
                stack.push_async_callback(database.close)


class ORMContext:
    """The connections, apps and models of one `init`.

    Used with `async with`, it is current for the task that entered it (and for tasks made there), so that several
    contexts live side by side; `ORM.init` makes one that is current for the whole process.
    """

    def __init__(self) -> None:
        self.inited = False
        self.config: OrmConfig | None = None
        self.graph = ModelGraph(MappingProxyType({}))
        self.connections = Connections({})
        self.apps = Apps({})
        self._database_of: dict[type, Database] = {}
        self._classes: dict[str, type[Any]] = {}
        self._before: list[ORMContext | None] = []

    async def init(
        self,
        config: Mapping[str, Any] | OrmConfig | None = None,
        *,
        config_file: str | Path | None = None,
        db_url: str | None = None,
        modules: Mapping[str, Any] | None = None,
        use_tz: bool | None = None,
        timezone: str | None = None,
    ) -> Self:
        """Read the configuration, find and link the models. A failed init leaves no trace.

        Nothing is connected yet: the first statement of a database opens it.

        Raises:
            ConfigurationError: the configuration is wrong, or the models do not fit together.
        """
        settings = resolve(config, config_file, db_url, modules)
        if use_tz is not None:
            settings = replace(settings, use_tz=use_tz)
        if timezone is not None:
            settings = replace(settings, timezone=timezone)
        zone = Zone(settings.use_tz, _zone(settings.timezone))
        found = discover(settings.apps)
        graph, classes = linked(found)
        databases = {
            alias: Database(alias, Compiler(graph, connection.dialect, zone), make_driver(connection))
            for alias, connection in settings.connections.items()
        }
        database_of = {cls: _database(cls, graph[key], settings, databases) for key, cls in classes.items()}
        await self.close_connections()
        self.config, self.graph, self._classes = settings, graph, classes
        self.connections, self.apps, self._database_of = Connections(databases), Apps.of(classes), database_of
        self._attach_models(classes)
        self.inited = True
        return self

    def connection_for(self, model: type[Any], handed: Handed | None = None) -> Connection:
        """Where statements about `model` run: this task's transaction on its database, one `handed` to it, or the
        database.

        Raises:
            NotInitialised: no app of this context lists the model.
        """
        database = self._database_of.get(model)
        if database is None:
            raise self._unlisted(model)
        return connection_of(database, handed)

    def _unlisted(self, model: type[Any]) -> NotInitialised:
        if not self.inited:
            return NotInitialised(f"{model.__name__} is used on a context that is closed or was never initialised")
        apps = ", ".join(f'"{label}"' for label in self.apps) or "none"
        return NotInitialised(
            f"{model.__module__}.{model.__name__} belongs to no app of this context (apps: {apps}); "
            f'add "{model.__module__}" to the modules given to init'
        )

    def db(self, alias: str | None = None) -> Connection:
        """The connection called `alias`, or the only one.

        Raises:
            ConfigurationError: there is none, or several and no alias.
        """
        return self.connections.get(self.only_alias() if alias is None else alias)

    def only_alias(self) -> str:
        """The alias of the only connection.

        Raises:
            ConfigurationError: there is none, or several.
        """
        aliases = list(self.connections.databases)
        if len(aliases) != 1:
            told = f"choose from {', '.join(aliases)}" if aliases else "call ORM.init first"
            raise ConfigurationError(f"give the name of the connection; {told}")
        return aliases[0]

    async def generate_schemas(self, safe: bool = True) -> None:
        """Create the tables of all models; with `safe`, only those that are missing.

        Raises:
            NotInitialised: the context has not been initialised.
        """
        for database, keys in self._models_by_database():
            for statement in create_statements(self.graph, database.dialect, safe=safe, models=keys):
                await connection_of(database).session.script(statement)

    async def drop_schemas(self) -> None:
        """Drop the tables of all models."""
        for database, keys in self._models_by_database():
            for statement in drop_statements(self.graph, database.dialect, models=keys):
                await connection_of(database).session.script(statement)

    def _models_by_database(self) -> Iterator[tuple[Database, list[str]]]:
        """Each database with the keys of the models that live in it."""
        if not self.inited:
            raise NotInitialised("there are no models yet; call ORM.init first")
        for database in self.connections.databases.values():
            keys = [key for key, cls in self._classes.items() if self._database_of[cls] is database]
            if keys:
                yield database, keys

    async def close_connections(self) -> None:
        """Close every connection; the context can be initialised again."""
        connections, self.connections = self.connections, Connections({})
        self.inited = False
        self.apps = Apps({})
        self._database_of = {}
        closed, self._classes = self._classes, {}
        if current.default is self:
            current.default = None
        left = current.get()
        if left is not None and left is not self:
            left._attach_models(closed)
        await connections.close_all()

    def _attach_models(self, keys: Iterable[str]) -> None:
        """Give models their place in the graph of this context, as far as it has them."""
        for key in keys:
            if key in self._classes:
                self._classes[key].__model__.attach(self.graph, self.graph[key], self._classes)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)
        await self.close_connections()

    def __enter__(self) -> Self:
        self._before.append(current.override.get())
        current.override.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        current.override.set(self._before.pop())

    def __repr__(self) -> str:
        return f"<ORMContext apps={list(self.apps)} connections={list(self.connections.databases)}>"


current: Current[ORMContext] = Current("current_context")


def require_context() -> ORMContext:
    """The current context.

    Raises:
        NotInitialised: there is none.
    """
    context = current.get()
    if context is None:
        raise NotInitialised("no context is active: call `await ORM.init(...)` before the first query")
    return context


def linked(found: list[tuple[str, type[Any]]]) -> tuple[ModelGraph, dict[str, type[Any]]]:
    """The graph of the classes found, and the classes by key.

    Raises:
        SchemaError: with everything that is wrong with them.
    """
    schemas, problems, classes = [], [], {}
    for label, cls in found:
        schema = cls.__model__.schema.in_app(label)
        schemas.append(schema)
        classes[schema.key] = cls
        problems += [Problem(schema.key, item.member, item.fact, item.hint) for item in cls.__model__.problems]
    return link(schemas, problems), classes


def _database(cls: type[Any], model: LinkedModel, settings: OrmConfig, databases: Mapping[str, Database]) -> Database:
    """The database of a model: that of its `Meta.default_connection`, else of its app.

    Raises:
        ConfigurationError: there is no such connection.
    """
    app = settings.apps.get(model.app)
    alias = model.meta.default_connection or (app.default_connection if app else "default")
    if alias not in databases:
        raise ConfigurationError(
            f'{cls.__module__}.{cls.__name__}: there is no connection "{alias}"; {did_you_mean(alias, databases)}'
        )
    return databases[alias]


def _zone(name: str) -> Any:
    return Zone().local if name == "UTC" else ZoneInfo(name)
