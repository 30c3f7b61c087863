"""PostgreSQL through asyncpg."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ormgen.drivers.options import POOL, read_isolation, read_options
from ormgen.drivers.pooled import PooledDriver, read_pool_settings
from ormgen.drivers.secret import veiled, without_frames
from ormgen.drivers.transaction import OpenTransaction
from ormgen.drivers.url import addresses
from ormgen.exceptions import BaseORMException, ConfigurationError, UnSupportedError

CONNECT_SECONDS = 60.0
OWN_OPTIONS = frozenset(POOL) | {"schema", "application_name", "server_settings", "init", "pooler"}
LOGGER = logging.getLogger("ormgen")
POOLERS = ("session", "transaction")
# the settings that PgBouncer gives back to each client
TRACKED = frozenset(("client_encoding", "datestyle", "timezone", "standard_conforming_strings", "application_name"))


def load_library() -> ModuleType:
    """The module that imports asyncpg; raises ConfigurationError, saying how to install it."""
    try:
        from ormgen.drivers import postgres_connection
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("asyncpg"):
            raise
        raise ConfigurationError('PostgreSQL needs the library asyncpg: pip install "ormgen-orm[postgres]"') from error
    return postgres_connection


class PostgresDriver(PooledDriver[Any]):
    """A pool of connections to one PostgreSQL database.

    Takes `host` (a folder for a Unix socket; a list, or names with commas between, for the hosts of one cluster, of
    which `target_session_attrs` tells the one to use, by default "read-write"), `port`, `user`, `password` (a text,
    or a callable asked anew for each connection), `database`, `schema` (the search path), `application_name`,
    `minsize` and `maxsize`, times in seconds (`acquire_timeout`, `command_timeout`, `timeout` for connecting,
    `max_inactive_connection_lifetime`), `init` (a coroutine function called with each new connection) and what
    `asyncpg.connect` takes.
    Behind PgBouncer or another pooler set `pooler="transaction"`, or "session", as it is configured there; without, a
    pooler that is found is taken to be in transaction mode, which works with either. Then each statement runs in a
    transaction of its own, nothing is prepared by name, and settings of a session are refused.

    `json` and `jsonb` values are texts. Sessions run in UTC unless `server_settings` says otherwise.
    Raises ConfigurationError for an unknown option, or when asyncpg is not installed.
    """

    dialect = "postgres"

    def __init__(self, **credentials: Any) -> None:
        credentials = veiled(credentials)
        options = read_options(self.dialect, {name: value for name, value in credentials.items() if value is not None})
        self._library = load_library()
        read_hosts(options)
        place = addresses(options.get("host", "localhost"), options.get("port", 5432))
        self._target = f"PostgreSQL {options.get('user', '')}@{place}/{options.get('database', '')}"
        super().__init__(read_pool_settings(self._target, options))
        given = options.get("server_settings", {})
        if not isinstance(given, Mapping):
            raise ConfigurationError("`server_settings` of a postgres database are a mapping of names and texts")
        settings = {"timezone": "UTC", **given}
        if "schema" in options:
            settings["search_path"] = options["schema"]
        if "application_name" in options:
            settings["application_name"] = options["application_name"]
        self._init = options.get("init")
        self.pooler = read_pooler(options, settings)
        self._arguments = {name: value for name, value in options.items() if name not in OWN_OPTIONS}
        # a bulk insert is longer than the 15 KB that asyncpg keeps prepared: 155 ms for 1,000 wide rows, kept 105
        self._arguments.setdefault("max_cacheable_statement_size", 0)
        # the timers that would end statements after 300 s keep the context of whoever sent them first, and through it
        # a transaction that was forgotten
        self._arguments.setdefault("max_cached_statement_lifetime", 0)
        self._arguments |= {"server_settings": settings, "timeout": options.get("timeout", CONNECT_SECONDS)}
        if self.pooler == "transaction":
            self._arguments["statement_cache_size"] = 0

    async def _connect(self) -> Any:
        connection = None
        try:
            arguments = self._arguments
            connection = await self._library.connect(arguments)
            if self.facts is None:
                await self._find_out(connection)
            if self._arguments is not arguments:
                await connection.hang_up()
                connection = await self._library.connect(self._arguments)
            connection.pooled = self.pooler == "transaction"
            if self._init is not None:
                await self._init(connection)
        except BaseException as error:
            if connection is not None:
                connection.discard()
            if not isinstance(error, Exception) or isinstance(error, BaseORMException):
                raise
            if connection is None:
                without_frames(error)
            raise self._library.translate_connecting(error, self._target) from error
        return connection

    async def _find_out(self, connection: Any) -> None:
        """Asks what is at the other end; from then on connections are opened as suits it."""
        facts = await self._library.probe(connection)
        if facts.pooled and self.pooler is None:
            refuse_lost(self._arguments["server_settings"])
            LOGGER.warning('%s is behind a pooler; pooler="transaction" is assumed, set it or "session"', self._target)
            self.pooler = "transaction"
            self._arguments = {**self._arguments, "statement_cache_size": 0}
        self.facts = facts

    async def begin(
        self, *, isolation: str | None = None, read_only: bool = False, deferrable: bool = False
    ) -> OpenTransaction:
        if deferrable:
            if self.facts is None:
                await self.open()
            facts: Any = self.facts
            if not facts.deferrable:
                raise UnSupportedError(f"deferrable transactions exist on PostgreSQL only, not on {facts.product}")
        return await super().begin(isolation=isolation, read_only=read_only, deferrable=deferrable)

    def _begin_sql(self, isolation: str | None, read_only: bool, deferrable: bool) -> str:
        level = read_isolation(isolation)
        modes = f"{f' ISOLATION LEVEL {level}' if level else ''}{' READ ONLY' if read_only else ''}"
        return f"BEGIN{modes}{' DEFERRABLE' if deferrable else ''}"


def read_hosts(options: dict[str, Any]) -> None:
    """Several hosts are those of one cluster, of which the one that takes writes is used unless told otherwise."""
    host = options.get("host")
    if isinstance(host, str) and "," in host:
        host = host.split(",")
    if isinstance(host, list | tuple):
        options["host"] = list(host)
        options.setdefault("port", 5432)
        options.setdefault("target_session_attrs", "read-write")


def read_pooler(options: dict[str, Any], settings: dict[str, Any]) -> str | None:
    """The option `pooler`.

    Raises ConfigurationError when it is no such mode, or when a setting of the session could not be kept.
    """
    mode: str | None = options.get("pooler")
    if mode not in (None, *POOLERS):
        raise ConfigurationError(f"`pooler` is one of {', '.join(POOLERS)}")
    if mode == "transaction":
        refuse_lost(settings)
    return mode


def refuse_lost(settings: dict[str, Any]) -> None:
    """Raises ConfigurationError for settings that a pooler in transaction mode would give to other clients."""
    lost = {name for name in settings if name.lower() not in TRACKED}
    if lost:
        raise ConfigurationError(
            f"a pooler in transaction mode does not keep {', '.join(sorted(lost))}: set it for the role or the "
            "database instead (ALTER ROLE … SET …)"
        )
