"""MySQL and MariaDB through asyncmy."""

from __future__ import annotations

import re
import ssl
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from types import ModuleType
from typing import Any

from ormgen.drivers.options import POOL, read_isolation, read_options
from ormgen.drivers.pooled import PooledDriver, read_pool_settings
from ormgen.drivers.secret import SecretBytes, veiled, without_frames
from ormgen.exceptions import BaseORMException, ConfigurationError, UnSupportedError

CONNECT_SECONDS = 10.0
SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
OWN_OPTIONS = frozenset(POOL) | {
    "host", "password", "db", "timeout", "command_timeout", "sql_mode", "time_zone", "storage_engine", "init_command",
}  # fmt: skip


def load_library() -> ModuleType:
    """The module that imports asyncmy; raises ConfigurationError, saying how to install it."""
    try:
        from ormgen.drivers import mysql_connection
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("asyncmy"):
            raise
        raise ConfigurationError(
            'MySQL and MariaDB need the library asyncmy: pip install "ormgen-orm[mysql]"'
        ) from error
    return mysql_connection


class MysqlDriver(PooledDriver[Any]):
    """A pool of connections to one MySQL or MariaDB database.

    Takes `host` (or a path, the file of a Unix socket), `port`, `user`, `password` (a text, or a callable asked anew
    for each connection), `database`, `minsize` and `maxsize`, times in seconds (`acquire_timeout`, `command_timeout`,
    `connect_timeout`, `pool_recycle`), `sql_mode`, `time_zone`, `storage_engine`, `init_command` (SQL for each new
    connection), `ssl` (True or "verify-full": encrypted, to a server whose certificate is trusted; "verify-ca": trusted
    under any name; "require": whoever answers; "disable"; an `ssl.SSLContext`) and what `asyncmy.connect` takes.

    Sessions speak utf8mb4, in strict mode and UTC, and commit by themselves; an UPDATE counts the rows it matched.
    Raises ConfigurationError for an unknown option, for a `sql_mode` that changes how texts are quoted, or when
    asyncmy is not installed.
    """

    dialect = "mysql"

    def __init__(self, **credentials: Any) -> None:
        credentials = veiled(credentials)
        options = read_options(self.dialect, {name: value for name, value in credentials.items() if value is not None})
        self._library = load_library()
        options.setdefault("database", options.get("db", ""))
        self._target = "MySQL {user}@{host}:{port}/{database}".format_map(
            {"user": "", "host": "localhost", "port": 3306} | options
        )
        super().__init__(read_pool_settings(self._target, options))
        self._setup = setup_sql(options)
        self._init = options.get("init_command")
        self._arguments = read_arguments(options)

    async def _connect(self) -> Any:
        connection = None
        try:
            connection = await self._library.connect(self._arguments, self._setup)
            if self._init is not None:
                await connection.run_script(self._init)
                connection.settled()
        except BaseException as error:
            if connection is not None:
                connection.discard()
            if not isinstance(error, Exception) or isinstance(error, BaseORMException):
                raise
            if connection is None:
                without_frames(error)
            raise self._library.translate_connecting(error, self._target) from error
        return connection

    def _begin_sql(self, isolation: str | None, read_only: bool, deferrable: bool) -> str:
        level = read_isolation(isolation)
        if deferrable:
            raise UnSupportedError("deferrable transactions exist on PostgreSQL only, not on mysql")
        start = f"START TRANSACTION{' READ ONLY' if read_only else ''}"
        return f"SET TRANSACTION ISOLATION LEVEL {level}; {start}" if level else start


def read_arguments(options: dict[str, Any]) -> dict[str, Any]:
    """What `asyncmy.connect` is told."""
    arguments = {name: value for name, value in options.items() if name not in OWN_OPTIONS}
    arguments.setdefault("charset", "utf8mb4")
    arguments.setdefault("connect_timeout", options.get("timeout", CONNECT_SECONDS))
    if "ssl" in options:
        arguments["ssl"] = read_tls(options["ssl"])
    if "command_timeout" in options:
        arguments.setdefault("read_timeout", options["command_timeout"])
    host = options.get("host", "")
    arguments.setdefault(*("unix_socket", host) if host.startswith("/") else ("host", host or None))
    password = options.get("password")
    if callable(password):
        arguments["password_creator"] = encoding(password)
    elif password:
        arguments["password"] = in_utf8(password)
    return arguments


def read_tls(given: Any) -> Any:
    """How connections are encrypted, as asyncmy is told; its own True would not look at the certificate.

    Raises:
        ConfigurationError: a word that says nothing about it.
    """
    if given in (False, "disable"):
        return None
    if given not in (True, "require", "verify-ca", "verify-full"):
        if isinstance(given, str):
            raise ConfigurationError(
                '`ssl` is True, "verify-full", "verify-ca", "require" or "disable", or an SSLContext'
            )
        return given
    context = ssl.create_default_context()
    context.check_hostname = given not in ("require", "verify-ca")
    if given == "require":
        context.verify_mode = ssl.CERT_NONE
    return context


def in_utf8(password: str) -> bytes:
    """A password as it is sent; the error does not hold it, as Python's own would.

    Raises:
        ConfigurationError: it has half of a surrogate pair, or is no text.
    """
    whole = isinstance(password, str) and not re.search("[\ud800-\udfff]", password)
    if not whole:
        raise ConfigurationError("the password of a mysql database has to be text that UTF-8 can hold")
    return SecretBytes(password.encode())


def encoding(password: Callable[[], Any]) -> Callable[[], Awaitable[bytes]]:
    """A callable whose password is bytes: asyncmy would encode a text as latin-1."""

    async def encoded() -> bytes:
        value = password()
        if isawaitable(value):
            value = await value
        return SecretBytes(value) if isinstance(value, bytes) else in_utf8(value)

    return encoded


def setup_sql(options: dict[str, Any]) -> str:
    """The SET statement that begins a session; every value is a closed set of characters."""
    variables = {
        "sql_mode": str(options.get("sql_mode", SQL_MODE)).upper(),
        "time_zone": str(options.get("time_zone", "+00:00")),
    }
    if "storage_engine" in options:
        variables["default_storage_engine"] = str(options["storage_engine"])
    if re.search("NO_BACKSLASH_ESCAPES|ANSI", variables["sql_mode"]):
        raise ConfigurationError("`sql_mode` cannot change how texts and names are quoted")
    for name, value in variables.items():
        if not re.fullmatch(r"[A-Za-z0-9_,/+:-]*", value):
            raise ConfigurationError(f"the option `{name}` of a mysql database cannot have this value")
    return f"SET {', '.join(f'{name} = {value!r}' for name, value in variables.items())}, autocommit = 1"
