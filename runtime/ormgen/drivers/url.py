"""Reads database URLs: `scheme://user:password@host:port/database?option=value`, `sqlite://path`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlencode

from ormgen.drivers.options import OPTIONS, read_option
from ormgen.drivers.secret import Secret, veiled
from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field

DIALECTS = {
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
    "asyncpg": "postgres",
    "psycopg": "postgres",
    "mysql": "mysql",
    "asyncmy": "mysql",
}
PORTS = {"postgres": 5432, "mysql": 3306}
SQLITE_ADDRESS = {
    "mode": ("ro", "rw", "rwc", "memory"),
    "cache": ("shared", "private"),
    "immutable": ("0", "1"),
    "nolock": ("0", "1"),
}
SERVER = ("host", "port", "user", "password", "database")
WITHOUT_BACKEND = {"mssql": "SQL Server", "oracle": "Oracle"}
ADDRESS = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A database URL, taken apart; whatever the URL leaves out is None, the port the usual one.

    `path` is for SQLite only. Several hosts of one PostgreSQL cluster, `a:5432,b:5433`, are lists. A `host` that begins
    with a slash is the folder (PostgreSQL) or the file (MySQL) of a Unix socket.
    """

    scheme: str
    dialect: str
    path: str | None = None
    host: str | list[str] | None = None
    port: int | list[int] | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def credentials(self) -> dict[str, Any]:
        """Keyword arguments for the driver: `path`, or what a server is told, and the options."""
        if self.dialect == "sqlite":
            return {"path": self.path, **self.options}
        return {name: getattr(self, name) for name in SERVER} | dict(self.options)

    def __str__(self) -> str:
        if self.dialect == "sqlite":
            return f"{self.scheme}://{self.path}"
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{user}{addresses(self.host, self.port)}/{self.database or ''}"


def addresses(host: Any, port: Any) -> str:
    """Hosts and ports as a URL has them."""
    hosts = host if isinstance(host, list | tuple) else [host or ""]
    ports = port if isinstance(port, list | tuple) else [port] * len(hosts)
    return ",".join(f"{each}:{number}" for each, number in zip(hosts, ports, strict=False))


def parse_url(url: str) -> DatabaseUrl:
    """`url`, taken apart.

    Raises ConfigurationError, never with the URL in the message: it may hold a password.
    """
    url = veiled(url)
    scheme, separator, rest = url.partition("://")
    scheme = str(scheme)
    if not separator or scheme not in DIALECTS:
        raise ConfigurationError(f"Unknown DB scheme: {scheme if separator else ''}{without_backend(scheme)}")
    dialect = DIALECTS[scheme]
    location, _, query = rest.partition("?")
    options = parse_query(dialect, query)
    if dialect == "sqlite":
        if not location:
            raise ConfigurationError("No path specified for DB_URL")
        path = sqlite_path(unquote(str(location)), options)
        return DatabaseUrl(scheme, dialect, path=path, options=MappingProxyType(options))
    return parse_server(scheme, dialect, location, options)


def sqlite_path(path: str, options: dict[str, Any]) -> str:
    """The path, as an address of SQLite's own where there are options that only these have, such as `mode=ro`.

    Raises ConfigurationError for a value that SQLite does not know.
    """
    told = {name: options.pop(name) for name in SQLITE_ADDRESS if name in options}
    for name, value in told.items():
        if value not in SQLITE_ADDRESS[name]:
            raise ConfigurationError(f"`{name}` of an SQLite URL is one of {', '.join(SQLITE_ADDRESS[name])}")
    return f"file:{quote(path.removeprefix('file:'))}?{urlencode(told)}" if told else path


def without_backend(name: str) -> str:
    """What is said of a database that Tortoise ORM knows and ormgen does not; nothing of others."""
    database = WITHOUT_BACKEND.get(name)
    return "" if database is None else f"; ormgen runs on SQLite, PostgreSQL, MySQL and MariaDB, not on {database}"


def parse_server(scheme: str, dialect: str, location: str, options: dict[str, Any]) -> DatabaseUrl:
    authority, _, database = location.partition("/")
    if "@" in database and "@" not in authority:
        raise ConfigurationError("the user name or password of the database URL holds a `/`: write it as %2F")
    login, _, addresses = authority.rpartition("@")
    user, _, password = login.partition(":")
    several = "," in addresses
    if several and dialect != "postgres":
        raise ConfigurationError("a database URL names several hosts for PostgreSQL only")
    hosts, ports = zip(*(parse_address(str(each)) for each in addresses.split(",")), strict=True)
    usual = PORTS[dialect]
    named = {name: options.pop(name, None) for name in SERVER}  # what stands before the question mark wins
    return DatabaseUrl(
        scheme,
        dialect,
        host=(list(hosts) if several else hosts[0]) or named["host"] or None,
        port=[port or usual for port in ports] if several else ports[0] or named["port"] or usual,
        user=unquote(str(user)) or named["user"] or None,
        password=Secret(unquote(password)) or named["password"] or None,
        database=unquote(str(database)) or named["database"] or None,
        options=MappingProxyType(options),
    )


def parse_address(address: str) -> tuple[str, int | None]:
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise ConfigurationError("the database URL has no readable host: write an IPv6 address as [::1]")
    return unquote(match["host"].removeprefix("[").removesuffix("]")), parse_port(match["port"])


def parse_port(port: str | None) -> int | None:
    if not port:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ConfigurationError("Port is not an integer")
    return int(port)


def parse_query(dialect: str, query: str) -> dict[str, Any]:
    """Options by name; those the dialect knows have their type, the driver refuses the others."""
    options: dict[str, Any] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = (unquote_plus(part) for part in Secret(pair).partition("="))
        name, value = str(name), Secret(value) if name == "password" else str(value)
        if name in options:
            raise ConfigurationError(f"the database URL gives the option `{name}` twice")
        options[name] = read_option(dialect, name, value) if name in OPTIONS[dialect] else value
    return options
