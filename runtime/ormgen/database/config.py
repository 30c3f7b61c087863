"""What `ORM.init` is told: connections, apps and time zone, checked and frozen."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import Any, Literal, get_args

from ormgen.database.config_checks import harmless, reads_as_mapping, refuse
from ormgen.database.config_file import read_config_file
from ormgen.database.connection_config import ConnectionConfig, read_connection, read_url
from ormgen.drivers.secret import veiled
from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, names_of
from ormgen.schema.names import OTHER_TOOLS, nearest

NaiveDatetimes = Literal["warn", "refuse"]
ModelsModules = str | ModuleType | Iterable[str | ModuleType]

_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class AppConfig:
    """One app: the modules that hold its models, its connection, and the module of its migrations.

    Raises:
        ConfigurationError: `models` holds something else than modules and their names.
    """

    models: Sequence[str | ModuleType]
    default_connection: str = _DEFAULT
    migrations: str | None = None

    def __post_init__(self) -> None:
        problems: list[str] = []
        object.__setattr__(self, "models", _read_models("models", self.models, problems))
        refuse(problems)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        data: dict[str, Any] = {"models": list(self.models), "default_connection": self.default_connection}
        return data if self.migrations is None else data | {"migrations": self.migrations}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> AppConfig:
        """From `{"models": [...], "default_connection": ...}`.

        Raises:
            ConfigurationError: with everything that is wrong, one line each.
        """
        problems: list[str] = []
        found = None
        if reads_as_mapping("app", data, _known(cls), problems):
            found = _read_app("app", data, (), problems)
        refuse(problems)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class ORMConfig:
    """Everything that `ORM.init` is told, by name of the connection and label of the app.

    Under `use_tz` a date-time without a zone is taken in `timezone`: with a RuntimeWarning that names the field, or it
    is refused with ValidationError, as `naive_datetimes` says. The log of statements shows values where
    `hide_parameters` is False.

    Raises:
        ConfigurationError: an app names a connection that is not there, the time zone is unknown, or naive date-times
            are to be refused without `use_tz`.
    """

    connections: Mapping[str, ConnectionConfig]
    apps: Mapping[str, AppConfig]
    use_tz: bool = True
    timezone: str = "UTC"
    routers: Sequence[str | type] = ()
    naive_datetimes: NaiveDatetimes = "warn"
    hide_parameters: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "routers", tuple(self.routers))
        problems = _reference_problems(self.connections, self.apps)
        problems += [*_timezone_problems(self.timezone), *_switch_problems("use_tz", self.use_tz)]
        problems += _switch_problems("hide_parameters", self.hide_parameters)
        refuse([*problems, *_naive_problems(self.naive_datetimes, self.use_tz)])
        object.__setattr__(self, "connections", MappingProxyType(dict(self.connections)))
        object.__setattr__(self, "apps", MappingProxyType(dict(self.apps)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ORMConfig:
        """From a settings dict: `connections`, `apps`, and perhaps `use_tz`, `timezone` and `routers`.

        Raises:
            ConfigurationError: with everything that is wrong, one line each, beginning with the path of the key.
        """
        data, problems = veiled(data), list[str]()
        if not reads_as_mapping("config", data, _known(cls), problems, prefix=""):
            raise ConfigurationError("\n".join(problems))
        problems += [f'Config must define "{name}" section' for name in ("connections", "apps") if name not in data]
        given = data.get("connections", {})
        connections: dict[str, ConnectionConfig] = {}
        if reads_as_mapping("connections", given, None, problems):
            for name, value in given.items():
                if connection := read_connection(f"connections.{name}", value, problems):
                    connections[name] = connection
        names = list(given) if isinstance(given, Mapping) else []
        apps = _read_apps(data.get("apps", {}), names, problems)
        if isinstance(data.get("connections"), Mapping):
            problems += _reference_problems(names, apps)
        options = _read_options(data, problems)
        refuse(problems)
        return cls(connections, apps, **options)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> ORMConfig:
        """From a `.json`, `.toml`, `.yml` or `.yaml` file that says what `from_dict` takes.

        Raises:
            ConfigurationError: the file cannot be read, or with everything that is wrong in it.
        """
        data = veiled(read_config_file(path))
        try:
            return cls.from_dict(data)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}:\n{error}") from None

    @classmethod
    def from_config_file(cls, config_file: str | os.PathLike[str]) -> ORMConfig:
        """The same as `from_file`, by the name that Tortoise users know."""
        return cls.from_file(config_file)

    @classmethod
    def resolve_args(
        cls,
        config: ORMConfig | Mapping[str, Any] | None = None,
        config_file: str | os.PathLike[str] | None = None,
        db_url: str | None = None,
        modules: Mapping[str, ModelsModules] | None = None,
    ) -> ORMConfig:
        """The configuration from the one source that is given, as `ORM.init` takes them."""
        config, db_url = veiled(config), veiled(db_url)
        return resolve(config, config_file, db_url, modules)

    @classmethod
    def from_db_url_and_modules(cls, db_url: str, modules: Mapping[str, ModelsModules]) -> ORMConfig:
        """One connection called "default", and an app for each label of `modules`.

        Raises:
            ConfigurationError: with everything that is wrong, one line each.
        """
        db_url, problems = veiled(db_url), list[str]()
        connection = read_url("db_url", db_url, problems)
        apps: dict[str, AppConfig] = {}
        if reads_as_mapping("modules", modules, None, problems):
            for label, value in modules.items():
                if _of_other_tools(value):
                    continue
                apps[label] = AppConfig(_read_models(f"modules.{label}", value, problems))
        refuse(problems)
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
            "naive_datetimes": self.naive_datetimes,
            "hide_parameters": self.hide_parameters,
        }


def resolve(
    config: ORMConfig | Mapping[str, Any] | None = None,
    config_file: str | os.PathLike[str] | None = None,
    db_url: str | None = None,
    modules: Mapping[str, ModelsModules] | None = None,
) -> ORMConfig:
    """The configuration from the one source that is given; `modules` belongs to `db_url`.

    Raises:
        ConfigurationError: not exactly one source is given, or with everything that is wrong in it.
    """
    config, db_url = veiled(config), veiled(db_url)
    if sum(source is not None for source in (config, config_file, db_url)) != 1:
        raise ConfigurationError('You should init either from "config", "config_file" or "db_url"')
    if db_url is not None:
        if not modules:
            raise ConfigurationError('You must specify "db_url" and "modules" together')
        return ORMConfig.from_db_url_and_modules(db_url, modules)
    if modules is not None:
        raise ConfigurationError('"modules" goes with "db_url"; a config names the models of each app itself')
    if config_file is not None:
        return _whole(ORMConfig.from_file(config_file), f"{config_file}:\n")
    return _whole(config if isinstance(config, ORMConfig) else ORMConfig.from_dict(config or {}))


def _whole(config: ORMConfig, place: str = "") -> ORMConfig:
    """`config`, which has to name at least one connection and one app."""
    problems = [
        f"{name}: there are none; {hint}"
        for name, there, hint in (
            ("connections", config.connections, 'name one, such as {"default": "sqlite://db.sqlite3"}'),
            ("apps", config.apps, 'name one and its modules, such as {"models": {"models": ["shop.models"]}}'),
        )
        if not there
    ]
    if problems:
        problems[0] = place + problems[0]
    refuse(problems)
    return config


def _known(config: type[ORMConfig] | type[AppConfig]) -> tuple[str, ...]:
    return names_of(config)


def _read_apps(value: Any, connections: Collection[str], problems: list[str]) -> dict[str, AppConfig]:
    apps: dict[str, AppConfig] = {}
    if not reads_as_mapping("apps", value, None, problems):
        return apps
    for label, app in value.items():
        if isinstance(app, AppConfig):
            apps[label] = app
        elif isinstance(app, Mapping) and _of_other_tools(app.get("models")):
            continue
        elif reads_as_mapping(f"apps.{label}", app, _known(AppConfig), problems):
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
        if module in OTHER_TOOLS:
            continue
        if isinstance(module, str | ModuleType) and module:
            modules.append(module)
        else:
            problems.append(f"{path}[{number}]: must be a module or the dotted name of one, not {module!r}")
    return tuple(modules)


def _of_other_tools(value: Any) -> bool:
    """Whether these are modules of an app that another tool keeps beside the models, which has none for ormgen."""
    listed = (value,) if isinstance(value, str) else value
    return isinstance(listed, list | tuple) and bool(listed) and all(each in OTHER_TOOLS for each in listed)


def _read_options(data: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """`use_tz`, `timezone`, `naive_datetimes`, `hide_parameters` and `routers`, as far as they are given."""
    names = ("use_tz", "timezone", "naive_datetimes", "hide_parameters")
    options: dict[str, Any] = {name: data[name] for name in names if name in data}
    for name in ("use_tz", "hide_parameters"):
        problems += _switch_problems(name, options.get(name, True))
    problems += _timezone_problems(options.get("timezone", "UTC"))
    problems += _naive_problems(options.get("naive_datetimes", "warn"), options.get("use_tz", True))
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
        f'apps.{label}.default_connection: there is no connection "{harmless(app.default_connection)}"; '
        f"the connections are: {', '.join(connections) or 'none'}"
        for label, app in apps.items()
        if app.default_connection not in connections
    ]


def _switch_problems(name: str, value: Any) -> list[str]:
    return [] if isinstance(value, bool) else [f"{name}: must be true or false, not {value!r}"]


def _naive_problems(value: Any, use_tz: Any) -> list[str]:
    if value not in get_args(NaiveDatetimes):
        return [f'naive_datetimes: must be "warn" or "refuse", not {value!r}']
    if value == "refuse" and not use_tz:
        return ['naive_datetimes: "refuse" goes with use_tz; without it date-times have no zone']
    return []


def _timezone_problems(name: Any) -> list[str]:
    if name == "UTC":  # also where the system has no time zone data
        return []
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        close = nearest(str(name), available_timezones())
        hint = f'did you mean "{close}"?' if close else 'write one such as "Europe/Berlin"'
        return [f'timezone: unknown time zone "{name}"; {hint}']
    return []
