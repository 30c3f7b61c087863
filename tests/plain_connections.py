"""Connections of the driver libraries alone, for tests of SQL text without the drivers of ormgen in between."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import asyncmy
import asyncpg

Rows = list[tuple[Any, ...]]


class Connection(Protocol):
    """One connection of a driver library, without anything of ormgen in between."""

    dialect: str
    refused: type[Exception]

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        """Runs one statement with `?` for each value (which is no part of any text here)."""
        ...

    async def close(self) -> None: ...


class Sqlite:
    dialect = "sqlite"
    refused: type[Exception] = sqlite3.IntegrityError

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        return self.connection.execute(sql, tuple(values)).fetchall()

    async def close(self) -> None:
        self.connection.close()


class Postgres:
    dialect = "postgres"
    refused: type[Exception] = asyncpg.IntegrityConstraintViolationError

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        for number in range(1, len(values) + 1):
            sql = sql.replace("?", f"${number}", 1)
        return [tuple(row) for row in await self.connection.fetch(sql, *values)]

    async def close(self) -> None:
        await self.connection.close()


class Mysql:
    dialect = "mysql"
    refused: type[Exception] = asyncmy.errors.IntegrityError

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def run(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql.replace("?", "%s") if values else sql, tuple(values) or None)
            return list(await cursor.fetchall()) if cursor.description else []

    async def close(self) -> None:
        self.connection.close()


async def connect(url: str) -> Connection:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return Sqlite(url.removeprefix("sqlite://"))
    if parts.scheme == "postgres":
        return Postgres(await asyncpg.connect(url))
    return Mysql(
        await asyncmy.connect(
            host=parts.hostname or "",
            port=parts.port or 3306,
            user=parts.username or "",
            password=parts.password or "",
            db=parts.path[1:],
            charset="utf8mb4",
            autocommit=True,
        )
    )


async def run_all(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        await connection.run(statement)


async def insert(connection: Connection, table: str, **values: Any) -> None:
    quote = "`" if connection.dialect == "mysql" else '"'
    names = ", ".join(f"{quote}{name}{quote}" for name in values)
    places = ", ".join("?" * len(values))
    await connection.run(f"INSERT INTO {table} ({names}) VALUES ({places})", list(values.values()))
