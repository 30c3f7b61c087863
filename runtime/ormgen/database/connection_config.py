"""One connection of the configuration: which engine, and what its driver is told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ormgen.database.config_checks import harmless, reads_as_mapping, refuse
from ormgen.drivers.options import OPTIONS, read_option
from ormgen.drivers.secret import revealed, veiled
from ormgen.drivers.url import parse_url, without_backend
from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field
from ormgen.schema.names import did_you_mean

__all__ = ["ConnectionConfig", "DBUrlConfig", "read_connection", "read_url", "starred", "veiled"]

_WITHOUT_EFFECT = ("fetch_inserted",)  # settings of Tortoise ORM may have it; generated keys are always read back
_LOGIN = re.compile(r"(?s)(://[^:/?#]*:).*@")
_ENGINES = {
    "sqlite": "sqlite",
    "asyncpg": "postgres",
    "psycopg": "postgres",
    "mysql": "mysql",
    "asyncmy": "mysql",
}
_ENGINE_HOMES = ("ormgen.backends.", "tortoise.backends.")
_ENGINE_OF = {
    "sqlite": "ormgen.backends.sqlite",
    "postgres": "ormgen.backends.asyncpg",
    "mysql": "ormgen.backends.mysql",
}


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """One connection: its engine, such as "ormgen.backends.asyncpg", and what its driver is told.

    The engine may also be named by its dialect: "sqlite", "postgres" or "mysql".

    Raises:
        ConfigurationError: the engine or a credential is unknown, or the path of an SQLite file is missing.
    """

    engine: str
    credentials: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "credentials", veiled(self.credentials))
        problems: list[str] = []
        dialect = self.engine if self.engine in OPTIONS else _read_engine("engine", self.engine, problems)
        if dialect is not None:
            object.__setattr__(self, "engine", _ENGINE_OF[dialect])
            checked = _read_credentials("credentials", dialect, self.credentials, problems)
            object.__setattr__(self, "credentials", MappingProxyType(checked))
        refuse(problems)

    @property
    def dialect(self) -> str:
        """ "sqlite", "postgres" or "mysql"."""
        return _ENGINES[self.engine.rpartition(".")[2]]

    def __repr__(self) -> str:
        shown = {name: "***" if name == "password" else value for name, value in self.credentials.items()}
        return f"ConnectionConfig(engine={self.engine!r}, credentials={shown!r})"

    @classmethod
    def from_dict(cls, data: str | Mapping[str, Any]) -> ConnectionConfig:
        """From `{"engine": ..., "credentials": {...}}` or from a database URL.

        Raises:
            ConfigurationError: with everything that is wrong, one line each.
        """
        data, problems = veiled(data), list[str]()
        connection = read_connection("connection", data, problems)
        refuse(problems)
        assert connection is not None
        return connection

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, the password included."""
        return {"engine": self.engine, "credentials": revealed(self.credentials)}


class DBUrlConfig(ConnectionConfig):
    """One connection, named by its URL.

    Raises:
        ConfigurationError: the URL cannot be read.
    """

    __slots__ = ()

    def __init__(self, url: str) -> None:
        url = veiled(url)
        named = ConnectionConfig.from_dict(url)
        super().__init__(named.engine, named.credentials)


def read_connection(path: str, value: Any, problems: list[str]) -> ConnectionConfig | None:
    if isinstance(value, ConnectionConfig):
        return value
    if isinstance(value, str):
        return read_url(path, value, problems)
    if not isinstance(value, Mapping):
        problems.append(f"{path}: must be a database URL or a mapping, not {type(value).__name__}")
        return None
    reads_as_mapping(path, value, ("engine", "credentials"), problems)
    dialect = _read_engine(f"{path}.engine", value.get("engine"), problems)
    given = value.get("credentials", {})
    if dialect is None:
        return None
    before = len(problems)
    credentials = _read_credentials(f"{path}.credentials", dialect, given, problems)
    return ConnectionConfig(dialect, credentials) if len(problems) == before else None


def read_url(path: str, url: Any, problems: list[str]) -> ConnectionConfig | None:
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
    hint = without_backend(text.rpartition(".")[2]) or f"; {did_you_mean(text, choices)}"
    problems.append(f'{path}: unknown engine "{harmless(text)}"{hint}')
    return None


def _read_credentials(path: str, dialect: str, given: Any, problems: list[str]) -> dict[str, Any]:
    """Values of the right type, nothing that is None; of SQLite `file_path`, which may be called `path`."""
    known = {*OPTIONS[dialect], *_WITHOUT_EFFECT, *(("file_path", "path") if dialect == "sqlite" else ())}
    if not reads_as_mapping(path, given, known, problems):
        return {}
    read: dict[str, Any] = {}
    for name, value in veiled(given).items():
        if name not in known or name in _WITHOUT_EFFECT or value is None:
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


def starred(connections: Any) -> str:
    """The connections of a configuration as text, every password replaced by stars."""
    if isinstance(connections, Mapping):
        shown = {name: _starred(value) for name, value in connections.items()}
        return repr(shown)
    return repr([_starred(value) for value in connections])


def _starred(connection: Any) -> Any:
    if isinstance(connection, str):
        return _LOGIN.sub(r"\g<1>***@", connection)
    if isinstance(connection, Mapping):
        return {name: "***" if name == "password" else _starred(value) for name, value in connection.items()}
    return connection
