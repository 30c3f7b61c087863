"""What `ORM.init` is told: connections, apps and time zone, checked and frozen."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType, ModuleType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ormgen.database.config_file import read_config_file
from ormgen.drivers.options import OPTIONS, read_option
from ormgen.drivers.url import parse_url
from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean, nearest

ModelsModules = str | ModuleType | Iterable[str | ModuleType]

_ENGINES = {"sqlite": "sqlite", "asyncpg": "postgres", "psycopg": "postgres", "mysql": "mysql", "asyncmy": "mysql"}
_ENGINE_HOMES = ("ormgen.backends.", "tortoise.backends.")
_ENGINE_OF = {
    "sqlite": "ormgen.backends.sqlite",
    "postgres": "ormgen.backends.asyncpg",
    "mysql": "ormgen.backends.mysql",
}
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """One connection: its dialect ("sqlite", "postgres" or "mysql") and what its driver is told.

    Raises:
        ConfigurationError: the dialect or a credential is unknown, or the path of an SQLite file is missing.
    """

    dialect: str
    credentials: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[str] = []
        if self.dialect not in OPTIONS:
            problems.append(f'dialect: there is no "{self.dialect}"; {did_you_mean(self.dialect, OPTIONS)}')
        else:
            checked = _read_credentials("credentials", self.dialect, self.credentials, problems)
            object.__setattr__(self, "credentials", MappingProxyType(checked))
        _refuse(problems)

    def __repr__(self) -> str:
        shown = {name: "***" if name == "password" else value for name, value in self.credentials.items()}
        return f"ConnectionConfig(dialect={self.dialect!r}, credentials={shown!r})"

    @classmethod
    def from_dict(cls, data: str | Mapping[str, Any]) -> ConnectionConfig:
        """From `{"engine": ..., "credentials": {...}}` or from a database URL.

        Raises:
            ConfigurationError: with everything that is wrong, one line each.
        """
        problems: list[str] = []
        connection = _read_connection("connection", data, problems)
        _refuse(problems)
        assert connection is not None
        return connection

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, the password included."""
        return {"engine": _ENGINE_OF[self.dialect], "credentials": dict(self.credentials)}


@dataclass(frozen=True, slots=True)
class AppConfig:
    """One app: the modules that hold its models, its connection, and the module of its migrations.

    Raises:
        ConfigurationError: `models` holds something else than modules and their names.
    """

    models: tuple[str | ModuleType, ...]
    default_connection: str = _DEFAULT
    migrations: str | None = None

    def __post_init__(self) -> None:
        problems: list[str] = []
        object.__setattr__(self, "models", _read_models("models", self.models, problems))
        _refuse(problems)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        data: dict[str, Any] = {"models": list(self.models), "default_connection": self.default_connection}
        return data if self.migrations is None else data | {"migrations": self.migrations}


@dataclass(frozen=True, slots=True)
class OrmConfig:
    """Everything that `ORM.init` is told, by name of the connection and label of the app.

    Raises:
        ConfigurationError: an app names a connection that is not there, or the time zone is unknown.
    """

    connections: Mapping[str, ConnectionConfig]
    apps: Mapping[str, AppConfig]
    use_tz: bool = True
    timezone: str = "UTC"
    routers: tuple[str | type, ...] = ()

    def __post_init__(self) -> None:
        problems = _reference_problems(self.connections, self.apps)
        _refuse([*problems, *_timezone_problems(self.timezone)])
        object.__setattr__(self, "connections", MappingProxyType(dict(self.connections)))
        object.__setattr__(self, "apps", MappingProxyType(dict(self.apps)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> OrmConfig:
        """From a settings dict: `connections`, `apps`, and perhaps `use_tz`, `timezone` and `routers`.

        Raises:
            ConfigurationError: with everything that is wrong, one line each, beginning with the path of the key.
        """
        problems: list[str] = []
        if not _reads_as_mapping("config", data, _known(cls), problems, prefix=""):
            raise ConfigurationError("\n".join(problems))
        problems += [f"{name}: missing" for name in ("connections", "apps") if name not in data]
        given = data.get("connections", {})
        connections: dict[str, ConnectionConfig] = {}
        if _reads_as_mapping("connections", given, None, problems):
            for name, value in given.items():
                if connection := _read_connection(f"connections.{name}", value, problems):
                    connections[name] = connection
        names = list(given) if isinstance(given, Mapping) else []
        apps = _read_apps(data.get("apps", {}), names, problems)
        if isinstance(data.get("connections"), Mapping):
            problems += _reference_problems(names, apps)
        options = _read_options(data, problems)
        _refuse(problems)
        return cls(connections, apps, **options)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> OrmConfig:
        """From a `.json`, `.toml`, `.yml` or `.yaml` file that says what `from_dict` takes.

        Raises:
            ConfigurationError: the file cannot be read, or with everything that is wrong in it.
        """
        data = read_config_file(path)
        try:
            return cls.from_dict(data)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}:\n{error}") from None

    @classmethod
    def from_db_url_and_modules(cls, db_url: str, modules: Mapping[str, ModelsModules]) -> OrmConfig:
        """One connection called "default", and an app for each label of `modules`.

        Raises:
            ConfigurationError: with everything that is wrong, one line each.
        """
        problems: list[str] = []
        connection = _read_url("db_url", db_url, problems)
        apps: dict[str, AppConfig] = {}
        if _reads_as_mapping("modules", modules, None, problems):
            for label, value in modules.items():
                apps[label] = AppConfig(_read_models(f"modules.{label}", value, problems))
        _refuse(problems)
        assert connection is not None
        return cls({_DEFAULT: connection}, apps)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data that `from_dict` takes, passwords included."""
        return {
            "connections": {name: connection.to_dict() for name, connection in self.connections.items()},
            "apps": {label: app.to_dict() for label, app in self.apps.items()},
            "use_tz": self.use_tz,
            "timezone": self.timezone,
            "routers": list(self.routers),
        }


def resolve(
    config: OrmConfig | Mapping[str, Any] | None = None,
    config_file: str | os.PathLike[str] | None = None,
    db_url: str | None = None,
    modules: Mapping[str, ModelsModules] | None = None,
) -> OrmConfig:
    """The configuration from the one source that is given; `modules` belongs to `db_url`.

    Raises:
        ConfigurationError: not exactly one source is given, or with everything that is wrong in it.
    """
    if sum(source is not None for source in (config, config_file, db_url)) != 1:
        raise ConfigurationError('You should init either from "config", "config_file" or "db_url"')
    if db_url is not None:
        if not modules:
            raise ConfigurationError('You must specify "db_url" and "modules" together')
        return OrmConfig.from_db_url_and_modules(db_url, modules)
    if modules is not None:
        raise ConfigurationError('"modules" goes with "db_url"; a config names the models of each app itself')
    if config_file is not None:
        return OrmConfig.from_file(config_file)
    return config if isinstance(config, OrmConfig) else OrmConfig.from_dict(config or {})


def _refuse(problems: Collection[str]) -> None:
    if problems:
        raise ConfigurationError("\n".join(problems))


def _harmless(name: str) -> str:
    """`name` for a message; a URL in its place may hold a password."""
    scheme, separator, _ = name.partition("://")
    return scheme + separator + "***" if separator else name


def _known(config: type[OrmConfig] | type[AppConfig]) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(config))


def _reads_as_mapping(
    path: str, value: Any, known: Collection[str] | None, problems: list[str], *, prefix: str | None = None
) -> bool:
    """Whether `value` can be read on; reports when it is no mapping, and each key that is not among `known`."""
    if not isinstance(value, Mapping):
        problems.append(f"{path}: must be a mapping of names, not {type(value).__name__}")
        return False
    start = f"{path}." if prefix is None else prefix
    for key in value:
        if not isinstance(key, str):
            problems.append(f"{start}{key}: names must be text")
        elif known is not None and key not in known:
            problems.append(f"{start}{key}: unknown key; {did_you_mean(key, known)}")
    return True


def _read_connection(path: str, value: Any, problems: list[str]) -> ConnectionConfig | None:
    if isinstance(value, ConnectionConfig):
        return value
    if isinstance(value, str):
        return _read_url(path, value, problems)
    if not isinstance(value, Mapping):
        problems.append(f"{path}: must be a database URL or a mapping, not {type(value).__name__}")
        return None
    _reads_as_mapping(path, value, ("engine", "credentials"), problems)
    dialect = _read_engine(f"{path}.engine", value.get("engine"), problems)
    given = value.get("credentials", {})
    if dialect is None:
        return None
    before = len(problems)
    credentials = _read_credentials(f"{path}.credentials", dialect, given, problems)
    return ConnectionConfig(dialect, credentials) if len(problems) == before else None


def _read_url(path: str, url: Any, problems: list[str]) -> ConnectionConfig | None:
    if not isinstance(url, str):
        problems.append(f"{path}: must be a database URL, not {type(url).__name__}")
        return None
    try:
        parsed = parse_url(url)
    except ConfigurationError as error:
        problems.append(f"{path}: {error}")
        return None
    before = len(problems)
    credentials = _read_credentials(path, parsed.dialect, parsed.credentials, problems)
    return ConnectionConfig(parsed.dialect, credentials) if len(problems) == before else None


def _read_engine(path: str, engine: Any, problems: list[str]) -> str | None:
    if engine is None:
        problems.append(f"{path}: missing")
        return None
    text = str(engine)
    for home in _ENGINE_HOMES:
        if text.removeprefix(home) in _ENGINES and text.startswith(home):
            return _ENGINES[text.removeprefix(home)]
    choices = [_ENGINE_HOMES[0] + name for name in _ENGINES]
    problems.append(f'{path}: unknown engine "{_harmless(text)}"; {did_you_mean(text, choices)}')
    return None


def _read_credentials(path: str, dialect: str, given: Any, problems: list[str]) -> dict[str, Any]:
    """Values of the right type, nothing that is None; of SQLite `file_path`, which may be called `path`."""
    known = {*OPTIONS[dialect], *(("file_path", "path") if dialect == "sqlite" else ())}
    if not _reads_as_mapping(path, given, known, problems):
        return {}
    read: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known or value is None:
            continue
        try:
            read["file_path" if name == "path" else name] = read_option(dialect, name, value)
        except ConfigurationError as error:
            problems.append(f"{path}.{name}: {error}")
    if dialect == "sqlite":
        file = read.get("file_path") or None
        if not isinstance(file, str | os.PathLike):
            problems.append(f"{path}.file_path: {'missing' if file is None else 'must be a path'}")
        else:
            read["file_path"] = os.fspath(file)
    return read


def _read_apps(value: Any, connections: Collection[str], problems: list[str]) -> dict[str, AppConfig]:
    apps: dict[str, AppConfig] = {}
    if not _reads_as_mapping("apps", value, None, problems):
        return apps
    for label, app in value.items():
        if isinstance(app, AppConfig):
            apps[label] = app
        elif _reads_as_mapping(f"apps.{label}", app, _known(AppConfig), problems):
            apps[label] = _read_app(f"apps.{label}", app, connections, problems)
    return apps


def _read_app(path: str, app: Mapping[str, Any], connections: Collection[str], problems: list[str]) -> AppConfig:
    if "models" not in app:
        problems.append(f"{path}.models: missing")
    only = next(iter(connections), _DEFAULT) if len(connections) == 1 else _DEFAULT
    connection, migrations = app.get("default_connection"), app.get("migrations")
    for name, text in (("default_connection", connection), ("migrations", migrations)):
        if text is not None and not isinstance(text, str):
            problems.append(f"{path}.{name}: must be text, not {type(text).__name__}")
    return AppConfig(
        _read_models(f"{path}.models", app.get("models", ()), problems),
        only if connection is None else str(connection),
        None if migrations is None else str(migrations),
    )


def _read_models(path: str, value: Any, problems: list[str]) -> tuple[str | ModuleType, ...]:
    """Modules by name or as objects; a single one may stand alone."""
    if isinstance(value, str | ModuleType):
        value = (value,)
    if not isinstance(value, Iterable) or isinstance(value, Mapping | bytes):
        problems.append(f"{path}: must be a list of modules, not {type(value).__name__}")
        return ()
    modules: list[str | ModuleType] = []
    for number, module in enumerate(value):
        if isinstance(module, str | ModuleType) and module:
            modules.append(module)
        else:
            problems.append(f"{path}[{number}]: must be a module or the dotted name of one, not {module!r}")
    return tuple(modules)


def _read_options(data: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """`use_tz`, `timezone` and `routers`, as far as they are given."""
    options: dict[str, Any] = {name: data[name] for name in ("use_tz", "timezone") if name in data}
    if not isinstance(options.get("use_tz", True), bool):
        problems.append(f"use_tz: must be true or false, not {options['use_tz']!r}")
    problems += _timezone_problems(options.get("timezone", "UTC"))
    routers = data.get("routers") or ()
    if not isinstance(routers, list | tuple):
        problems.append(f"routers: must be a list, not {type(routers).__name__}")
        routers = ()
    for number, router in enumerate(routers):
        if not isinstance(router, str | type):
            problems.append(f"routers[{number}]: Router must be either str or type")
    return options | {"routers": tuple(routers)}


def _reference_problems(connections: Collection[str], apps: Mapping[str, AppConfig]) -> list[str]:
    return [
        f'apps.{label}.default_connection: there is no connection "{_harmless(app.default_connection)}"; '
        f"the connections are: {', '.join(connections) or 'none'}"
        for label, app in apps.items()
        if app.default_connection not in connections
    ]


def _timezone_problems(name: Any) -> list[str]:
    if name == "UTC":  # also where the system has no time zone data
        return []
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        close = nearest(str(name), available_timezones())
        hint = f'did you mean "{close}"?' if close else 'write one such as "Europe/Berlin"'
        return [f'timezone: unknown time zone "{name}"; {hint}']
    return []
