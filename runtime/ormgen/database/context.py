"""ORMContext: the connections, apps and model graph of one `init`."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from ormgen.database.apps import Apps
from ormgen.database.config import NaiveDatetimes, ORMConfig, resolve
from ormgen.database.connect import make_driver
from ormgen.database.connection import Connection, Database, TransactionConnection
from ormgen.database.connection_config import veiled
from ormgen.database.connections import Connections
from ormgen.database.creating import create_database, drop_database
from ormgen.database.current import Current, Handed, connection_of
from ormgen.database.discover import discover
from ormgen.database.hooks import Hooks
from ormgen.database.router import Route, routed, routers_of
from ormgen.database.tables import create_tables
from ormgen.exceptions import ConfigurationError, NotInitialised
from ormgen.records import replace
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.link import link
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Naive, Zone


class ORMContext:
    """The connections, apps and models of one `init`.

    Used with `async with`, it is current for the task that entered it (and for tasks made there), so that several
    contexts live side by side; `ORM.init` makes one that is current for the whole process.
    """

    def __init__(self) -> None:
        self.inited = False
        self.config: ORMConfig | None = None
        self.graph = ModelGraph(MappingProxyType({}))
        self.connections = Connections()
        self.apps = Apps({})
        self.hooks = Hooks()
        self.routers: list[type[Any]] = []
        self.routes: dict[type[Any], Route] = {}
        self._replicas: dict[Route, Any] = {}
        self._classes: dict[str, type[Any]] = {}

    async def init(
        self,
        config: Mapping[str, Any] | ORMConfig | None = None,
        *,
        config_file: str | Path | None = None,
        db_url: str | None = None,
        modules: Mapping[str, Any] | None = None,
        use_tz: bool | None = None,
        timezone: str | None = None,
        naive_datetimes: NaiveDatetimes | None = None,
        hide_parameters: bool | None = None,
        routers: Sequence[str | type[Any]] | None = None,
        table_name_generator: Callable[[type[Any]], str] | None = None,
        init_connections: bool = True,
        _create_db: bool = False,
        _enable_global_fallback: bool = False,
    ) -> Self:
        """Read the configuration, find and link the models. A failed init leaves no trace.

        Nothing is connected yet: the first statement of a database opens it, so `init_connections` changes nothing.
        `naive_datetimes="refuse"` refuses date-times without a zone under `use_tz`, instead of warning of them.
        With `hide_parameters=False` the log of statements shows values. `table_name_generator` names the tables of
        models whose `Meta` does not, `_create_db` creates the databases first. With `_enable_global_fallback`, the
        context becomes that of the process.

        Raises:
            ConfigurationError: the configuration is wrong, or the models do not fit together.
            OperationalError: a database cannot be created.
        """
        config, db_url = veiled(config), veiled(db_url)
        if _create_db and not init_connections:
            raise ConfigurationError("init_connections=False cannot be used with _create_db=True, which connects")
        given: dict[str, Any] = {"use_tz": use_tz, "timezone": timezone, "naive_datetimes": naive_datetimes}
        given |= {"routers": routers, "hide_parameters": hide_parameters}
        settings = changed(resolve(config, config_file, db_url, modules), given)
        if _enable_global_fallback:
            refuse_second_global(self)
        graph, classes = linked(discover(settings.apps), table_name_generator)
        own = {cls: _alias(cls, graph[key], settings) for key, cls in classes.items()}
        objects = routers_of(settings.routers)
        routes = routed(objects, own, {alias: each.dialect for alias, each in settings.connections.items()})
        parted = {route.write for route in routes.values() if route.parted}
        made = Connections(settings, _maker(settings, graph, self.hooks, parted))
        for connection in settings.connections.values() if _create_db else ():
            await create_database(connection)
        await self.close_connections()
        self.config, self.graph, self._classes, self.routes = settings, graph, classes, routes
        self.connections, self.apps, self.routers = made, Apps.of(classes, settings.apps), list(map(type, objects))
        self._begin()
        if _enable_global_fallback:
            current.default = self
        return self

    def _begin(self) -> None:
        """Take up what was initialised."""
        assert self.config is not None
        self.hooks.hide_parameters = self.config.hide_parameters
        OPEN.add(self)
        self._attach_models(self._classes)
        self.inited = True

    @property
    def use_tz(self) -> bool:
        """Whether date-times are aware."""
        return True if self.config is None else self.config.use_tz

    @property
    def timezone(self) -> str:
        """The name of the time zone."""
        return "UTC" if self.config is None else self.config.timezone

    @property
    def default_connection(self) -> str | None:
        """The alias of the only connection, or of the one that is called "default"; None where there is neither."""
        aliases = list(self.connections.databases)
        if len(aliases) == 1:
            return aliases[0]
        return "default" if "default" in aliases else None

    def get_model(self, app: str, name: str) -> type[Any]:
        """The class called `name` in `app`.

        Raises:
            ConfigurationError: there is no such app or model.
        """
        return self.apps.get_model(app, name)

    def connection_for(self, model: type[Any], handed: Handed | None = None, write: bool = True) -> Connection:
        """Where statements about `model` run: this task's transaction on its database, one `handed` to it, or the
        database. What reads takes part in a transaction on the database that the model is written to.

        Raises:
            NotInitialised: no app of this context lists the model.
        """
        route = self.routes.get(model)
        if route is None:
            raise self._unlisted(model)
        database = self.connections.database(route.write)
        if not route.parted:
            self.connections.direct[model] = database
        connection = connection_of(database, handed)
        if write or not route.parted or isinstance(connection, TransactionConnection):
            return connection
        for alias in route.reads:
            opened = connection_of(self.connections.database(alias), handed)
            if isinstance(opened, TransactionConnection):
                return opened
        return self._read_apart(route)

    def _read_apart(self, route: Route) -> Connection:
        """What reads on a route's replicas; databases that were set or discarded meanwhile are looked up anew."""
        from ormgen.database.replicas import Replicas, RoutedConnection

        primary, *replicas = (self.connections.database(alias) for alias in (route.write, *route.reads))
        known = self._replicas.get(route)
        if known is None or (known.primary, *known.replicas) != (primary, *replicas):
            known = self._replicas[route] = Replicas(primary, replicas, route.sticky, route.max_lag)
        return RoutedConnection(known)

    def _unlisted(self, model: type[Any]) -> NotInitialised:
        if not self.inited:
            return NotInitialised(f"{model.__name__} is used on a context that is closed or was never initialised")
        if model.__model__.schema is None:
            return NotInitialised(f"{model.__name__} is abstract: it has no table of its own")
        apps = ", ".join(f'"{label}"' for label in self.apps) or "none"
        return NotInitialised(
            f"{model.__module__}.{model.__name__} belongs to no app of this context (apps: {apps}); "
            f'add "{model.__module__}" to the modules given to init'
        )

    def db(self, alias: str | None = None) -> Connection:
        """The connection called `alias`, or the default one.

        Raises:
            ConfigurationError: there is none, or several and no alias.
        """
        alias = alias or self.default_connection
        if alias is None:
            aliases = list(self.connections.databases)
            told = f"choose from {', '.join(aliases)}" if aliases else "call ORM.init first"
            raise ConfigurationError(f"give the name of the connection; {told}")
        return self.connections.get(alias)

    async def generate_schemas(self, safe: bool = True) -> None:
        """Create the tables of all models; with `safe`, only those that are missing.

        Raises:
            NotInitialised: the context has not been initialised.
        """
        from ormgen.sql.ddl import create_statements

        for database, keys in self.models_by_database():
            statements = create_statements(self.graph, database.dialect, safe=safe, models=keys)
            await create_tables(database, [self.graph[key] for key in keys], statements)

    async def drop_databases(self) -> None:
        """Close every connection and remove the databases, with all that they hold."""
        settings = self.config
        await self.close_connections()
        for connection in settings.connections.values() if settings is not None else ():
            await drop_database(connection)

    async def drop_schemas(self) -> None:
        """Drop the tables of all models."""
        from ormgen.sql.ddl import drop_statements

        for database, keys in self.models_by_database():
            for statement in drop_statements(self.graph, database.dialect, models=keys):
                await connection_of(database).session.script(statement)

    def models_by_database(self) -> Iterator[tuple[Database, list[str]]]:
        """Each database with the keys of the models that live in it."""
        if not self.inited:
            raise NotInitialised("there are no models yet; call ORM.init first")
        for alias in list(self.connections.databases):
            keys = [key for key, cls in self._classes.items() if self.routes[cls].write == alias]
            if keys:
                yield self.connections.database(alias), keys

    async def close_connections(self) -> None:
        """Close every connection; the context can be initialised again."""
        connections, self.connections = self.connections, Connections()
        self.inited = False
        self.apps = Apps({})
        self.routers, self.routes = [], {}
        closed, self._classes = self._classes, {}
        if current.default is self:
            current.default = None
        OPEN.discard(self)
        first = current.get()
        for left in OPEN if first is None or first is self else (first, *(OPEN - {first})):
            left._attach_models(closed)
            closed = {key: cls for key, cls in closed.items() if left._classes.get(key) is not cls}
        await connections.close_all()

    def _attach_models(self, keys: Iterable[str]) -> None:
        """Give models their place in the graph of this context, as far as it has them.

        A class that other open contexts have as well gets the relations of all of them: it is one class, whose
        attributes serve every task. What a statement may name is decided by the graph of its context alone.
        """
        for key in keys:
            cls = self._classes.get(key)
            if cls is None:
                continue
            linked = self.graph[key]
            own = linked.relations.keys()
            others = [other for other in OPEN if other is not self and other._classes.get(key) is cls]
            for other in others:
                more = other.graph[key]
                linked = replace(linked, relations=MappingProxyType({**more.relations, **linked.relations}))
            if linked.relations.keys() == own:
                cls.__model__.attach(self.graph, self.graph[key], self._classes)
            else:
                models, classes = dict(self.graph.models), dict(self._classes)
                for other in others:
                    models = {**other.graph.models, **models}
                    classes = {**other._classes, **classes}
                graph = ModelGraph(MappingProxyType({**models, key: linked}))
                cls.__model__.attach(graph, linked, MappingProxyType(classes))

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)
        await self.close_connections()

    def __enter__(self) -> Self:
        entered.set((*entered.get(), self))
        current.override.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = [*entered.get()]
        if self not in left:  # entered by another task
            return
        del left[len(left) - 1 - left[::-1].index(self)]
        entered.set(tuple(left))
        current.override.set(left[-1] if left else None)

    def __repr__(self) -> str:
        return f"<ORMContext apps={list(self.apps)} connections={list(self.connections.databases)}>"


current: Current[ORMContext] = Current("current_context")
entered: ContextVar[tuple[ORMContext, ...]] = ContextVar("entered", default=())  # the last one is the current one
OPEN: weakref.WeakSet[ORMContext] = weakref.WeakSet()  # those whose models are linked


def get_current_context() -> ORMContext | None:
    """The current context, None where there is none."""
    return current.get()


def require_context() -> ORMContext:
    """The current context.

    Raises:
        NotInitialised: there is none.
    """
    context = current.override.get() or current.default  # as `get`, spelled out: each statement asks
    if context is None:
        raise NotInitialised("No ORMContext is currently active: call `await ORM.init(...)` before the first query")
    return context


def set_global_context(context: ORMContext) -> None:
    """Make `context` that of the process, for tasks that have none of their own.

    Raises:
        ConfigurationError: another one is.
    """
    refuse_second_global(context)
    current.default = context


def refuse_second_global(context: ORMContext) -> None:
    """Raise ConfigurationError where another context than `context` is that of the process."""
    if current.default is not None and current.default is not context:
        raise ConfigurationError(
            "another context is the global one already; close it with ORM.close_connections(), "
            "or use ORMContext() for isolated contexts"
        )


def linked(
    found: list[tuple[str, type[Any]]], table_name_generator: Callable[[type[Any]], str] | None = None
) -> tuple[ModelGraph, dict[str, type[Any]]]:
    """The graph of the classes found, and the classes by key.

    Raises:
        SchemaError: with everything that is wrong with them.
    """
    schemas, classes = [], {}
    for label, cls in found:
        schema = cls.__model__.schema.in_app(label)
        if table_name_generator is not None and schema.meta.table is None:
            schema = replace(schema, meta=replace(schema.meta, table=table_name_generator(cls)))
        schemas.append(schema)
        classes[schema.key] = cls
    return link(schemas), classes


def _maker(settings: ORMConfig, graph: ModelGraph, hooks: Hooks, parted: Collection[str]) -> Callable[[str], Database]:
    naive: Naive = "place" if settings.naive_datetimes == "warn" else "refuse"
    zone = Zone(settings.use_tz, _zone(settings.timezone), naive)

    def make(alias: str) -> Database:
        connection = settings.connections[alias]
        made = Database(alias, Compiler(graph, connection.dialect, zone), make_driver(connection), hooks)
        made.replicated = alias in parted
        return made

    return make


def _alias(cls: type[Any], model: LinkedModel, settings: ORMConfig) -> str:
    """The connection of a model: that of its `Meta.default_connection`, else of its app, else the only one.

    Raises:
        ConfigurationError: there is no such connection.
    """
    app = settings.apps.get(model.app)
    only = next(iter(settings.connections)) if len(settings.connections) == 1 else "default"
    alias = model.meta.default_connection or (app.default_connection if app else only)
    if alias not in settings.connections:
        raise ConfigurationError(
            f'{cls.__module__}.{cls.__name__}: there is no connection "{alias}"; '
            f"{did_you_mean(alias, settings.connections)}"
        )
    return alias


def _zone(name: str) -> Any:
    if name == "UTC":
        return Zone().local
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def changed(settings: ORMConfig, given: Mapping[str, Any]) -> ORMConfig:
    """`settings` with what was given instead."""
    return replace(settings, **{name: value for name, value in given.items() if value is not None})
