"""ORM: initialise, create the tables, close; the context of the process behind it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from typing_extensions import TypeVar

from ormgen.database.apps import Apps
from ormgen.database.config import ORMConfig
from ormgen.database.connection import Connection
from ormgen.database.connection_config import starred, veiled
from ormgen.database.context import ORMContext, current, require_context
from ormgen.database.early import link_models
from ormgen.database.hooks import Hooks
from ormgen.exceptions import ConfigurationError
from ormgen.models.describing import describe_model, describe_models
from ormgen.models.n_plus_one import watching

T = TypeVar("T")


class ORMMeta(type):
    """Gives `ORM` properties of the current context."""

    _fallback: str | None = None

    @property
    def apps(cls) -> Apps:
        """The models by app and name; nothing before `init`."""
        context = current.get()
        return Apps({}) if context is None else context.apps

    @property
    def hooks(cls) -> Hooks:
        """What is told of every statement and transaction of the current context: `ORM.hooks.on_query(print)`.

        Raises:
            NotInitialised: there is no context.
        """
        return require_context().hooks

    @property
    def _inited(cls) -> bool:
        context = current.get()
        return context is not None and context.inited

    def __setattr__(cls, name: str, value: Any) -> None:
        if name == "apps":
            raise AttributeError("ORM.apps is read from the current context and cannot be set")
        super().__setattr__(name, value)


SECOND: Final = "close it with ORM.close_connections(), or use ORMContext() for isolated contexts"


class ORM(metaclass=ORMMeta):
    """The front door: `await ORM.init(db_url="sqlite://db.sqlite3", modules={"models": ["app.models"]})`."""

    @classmethod
    async def init(
        cls,
        config: Mapping[str, Any] | ORMConfig | None = None,
        config_file: str | Path | None = None,
        *,
        db_url: str | None = None,
        modules: Mapping[str, Any] | None = None,
        use_tz: bool | None = None,
        timezone: str | None = None,
        naive_datetimes: Literal["warn", "refuse"] | None = None,
        hide_parameters: bool | None = None,
        routers: Sequence[str | type[Any]] | None = None,
        table_name_generator: Callable[[type[Any]], str] | None = None,
        init_connections: bool = True,
        n_plus_one: Literal["warn", "raise"] | None = None,
        _create_db: bool = False,
        _enable_global_fallback: bool | None = None,
    ) -> ORMContext:
        """Read the configuration and link the models; the context becomes that of the whole process.

        A former one is closed; a failed init leaves everything as it was. Arguments are those of `ORMContext.init` and
        of `detect_n_plus_one`. `_enable_global_fallback=True` refuses to replace a context that was made with it.
        Raises:
            ConfigurationError: the configuration is wrong, or the models do not fit together.
            OperationalError: a database cannot be created.
        """
        config, db_url = veiled(config), veiled(db_url)
        if _enable_global_fallback and current.default is not None and cls._fallback is not None:
            raise ConfigurationError(f"a global fallback context is set already, by {cls._fallback}; {SECOND}")
        watching.always(n_plus_one)
        context = await ORMContext().init(
            config,
            config_file=config_file,
            db_url=db_url,
            modules=modules,
            use_tz=use_tz,
            timezone=timezone,
            naive_datetimes=naive_datetimes,
            hide_parameters=hide_parameters,
            routers=routers,
            table_name_generator=table_name_generator,
            init_connections=init_connections,
            _create_db=_create_db,
        )
        former, current.default = current.default, context
        ORMMeta._fallback = _caller() if _enable_global_fallback else None
        await _closed(former)
        return context

    @classmethod
    def init_app(cls, label: str, module_paths: Iterable[Any]) -> Mapping[str, type[Any]]:
        """Link the models of one app without a connection, as `init_models`; gives them by name.

        Raises:
            ConfigurationError: a module cannot be imported, or the models do not fit together.
        """
        return link_models({label: module_paths})[label]

    @staticmethod
    def star_password(connections_config: Any) -> str:
        """The connections as text for a log, every password replaced by stars."""
        return starred(connections_config)

    @classmethod
    def init_models(cls, models_paths: Iterable[Any] | Mapping[str, Any], app_label: str = "models") -> None:
        """Link the models of one app without a connection, so that pydantic models made from them have relations.

        Apps that point at each other are given together, as a mapping by label. `init` still has to follow.

        Raises:
            ConfigurationError: a module cannot be imported, or the models do not fit together.
        """
        link_models(models_paths if isinstance(models_paths, Mapping) else {app_label: models_paths})

    @classmethod
    def is_inited(cls) -> bool:
        """Whether a context is current and initialised."""
        return cls._inited

    @classmethod
    def describe_model(cls, model: Any, serializable: bool = True) -> dict[str, Any]:
        """A model, its fields and relations as plain data; with `serializable`, data that JSON can say."""
        return describe_model(model.__model__, serializable)

    @classmethod
    def describe_models(
        cls, models: Iterable[Any] | None = None, serializable: bool = True
    ) -> dict[str, dict[str, Any]]:
        """These models, or all of the current context, each by its key `app.Name`; see `describe_model`."""
        return describe_models(cls.apps.get_models_iterable() if models is None else models, serializable)

    @classmethod
    async def generate_schemas(cls, safe: bool = True) -> None:
        """Create the tables of all models; with `safe`, only those that are missing."""
        await require_context().generate_schemas(safe)

    @classmethod
    async def close_connections(cls) -> None:
        """Close every connection of the current context; nothing happens where there is none."""
        context = current.get()
        if context is current.default:
            watching.always(None)
        if context is not None:
            await context.close_connections()

    @classmethod
    async def _drop_databases(cls) -> None:
        """Remove the databases of the current context with all that they hold; for tests."""
        await require_context().drop_databases()

    @classmethod
    def get_connection(cls, connection_name: str) -> Connection:
        """The connection called `connection_name`."""
        return require_context().connections.get(connection_name)


async def _closed(context: ORMContext | None) -> None:
    if context is not None:
        await context.close_connections()


def _caller() -> str:
    frame = next(
        (
            entry
            for entry in reversed(traceback.extract_stack())
            if not entry.filename.endswith(("orm.py", "context.py"))
        ),
        None,
    )
    return "an earlier init" if frame is None else f"{frame.filename}:{frame.lineno}"


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a new event loop, and close all connections at its end."""

    async def run() -> T:
        try:
            return await coroutine
        finally:
            await ORM.close_connections()

    return asyncio.run(run())


def get_connection(connection_name: str) -> Connection:
    """The connection called `connection_name` of the current context."""
    return require_context().connections.get(connection_name)


class CurrentConnections:
    """The connections of the current context: `connections.get("default")`.

    Every attribute of `Connections` is found here.

    Raises:
        NotInitialised: no context is current.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(require_context().connections, name)

    def get(self, alias: str) -> Connection:
        """The connection called `alias`."""
        return require_context().connections.get(alias)

    def all(self) -> list[Connection]:
        """Every connection, in the order of the configuration."""
        return require_context().connections.all()

    async def close_all(self, discard: bool = True) -> None:
        """Close every connection of the current context."""
        await require_context().connections.close_all(discard)


connections = CurrentConnections()
