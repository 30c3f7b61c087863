"""Carries units out on one session."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable

from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.driver import Driver, Session, Transaction
from ormgen.exceptions import ConfigurationError, IntegrityError, OperationalError, ParamsError
from ormgen.migrations.concurrently import OUTSIDE, needed
from ormgen.migrations.historical import historical
from ormgen.migrations.migration import Loaded
from ormgen.migrations.progress import Progress
from ormgen.migrations.units import Code, Script, Unit
from ormgen.sql.ddl_steps import Filling, Rebuilding, Refusal, Statement
from ormgen.sql.values import Codec
from ormgen.sql.zone import Zone

# Of MySQL and MariaDB: what a statement is told that has been carried out before.
ALREADY = frozenset((1050, 1051, 1054, 1060, 1061, 1068, 1072, 1091, 1146, 1176, 1826, 121, 1005))


class Carrier:
    """Runs units of one migration; `app` is the app whose models functions get, `progress` is told of many rows."""

    def __init__(self, config: ConnectionConfig, driver: Driver, app: str, progress: Progress) -> None:
        self.config = config
        self.driver = driver
        self.app = app
        self.progress = progress
        self._codec = Codec(config.dialect, Zone())

    async def run(self, unit: Unit, session: Session, transaction: Transaction | None = None) -> None:
        """Carry one unit out; `transaction` is the open one that functions work in.

        Raises:
            ParamsError: rows stand in the way.
            OperationalError: the database refused.
        """
        match unit:
            case Statement(sql=sql) | Script(sql=sql):
                await session.script(sql)
            case Refusal(sql=sql, fact=fact):
                await refuse(session, sql, fact, self.driver.dialect)
            case Filling():
                await self._fill(unit, session)
            case Rebuilding():
                await self._rebuild(unit, session)
            case Code() if transaction is not None or not unit.atomic:
                await self._call(unit, transaction)

    async def outside(self, unit: Unit, again: bool) -> None:
        """Carry a unit out that is no part of a transaction; `again` if it may have been carried out before.

        Raises:
            OperationalError: the database refused.
        """
        if isinstance(unit, Statement | Script) and self.driver.dialect == "postgres":
            if await needed(self.driver, unit.sql, again):
                await self.driver.script(unit.sql)
        elif isinstance(unit, Statement) and again:
            await tolerant(self.run(unit, self.driver))
        else:
            await self.run(unit, self.driver)

    async def _fill(self, unit: Filling, session: Session) -> None:
        encode = self._codec.encoder(unit.column.field)
        written = 0
        while keys := await session.fetch(unit.select, ()):
            rows = [(self._value(unit, encode), *key) for key in keys]
            await session.execute_many(unit.update, rows)
            written += len(rows)
            self.progress.rows(written)

    def _value(self, unit: Filling, encode: Callable[[object], object]) -> object:
        value = encode(unit.make())
        if value is None:
            raise ParamsError(f"{unit.column.name}: its default gave None, which is no value for rows that need one")
        return value

    async def _rebuild(self, unit: Rebuilding, session: Session) -> None:
        others = await session.fetch(unit.others_sql, (unit.table,))
        for statement in (unit.create, unit.copy, *unit.swap, *unit.indexes):
            await session.script(statement)
        for name, kind, sql in others:
            if name in unit.known:
                continue
            try:
                await session.script(sql)
            except OperationalError as error:
                told = f'the {kind} "{name}" on table "{unit.table}", which no model knows, does not fit it any more'
                raise ParamsError(f"{told}: {error}; drop it with RunSQL first") from error

    async def _call(self, unit: Code, transaction: Transaction | None) -> None:
        async with historical(unit.state, self.app, self.config, self.driver, transaction) as (apps, connection):
            result = unit.call(apps, connection)
            if inspect.isawaitable(result):
                await result


def is_outside(unit: Unit, dialect: str) -> bool:
    """Whether a unit of a migration that is not atomic cannot be undone together with the record of it."""
    match unit:
        case Code(atomic=atomic):
            return not atomic
        case Statement(sql=sql) | Script(sql=sql) if dialect == "postgres":
            return OUTSIDE.match(sql) is not None
    return isinstance(unit, Statement)


def refuse_outside(migration: Loaded, units: Iterable[Unit], dialect: str) -> None:
    """Refuse what the database does outside of transactions only, in a migration that is one.

    Raises:
        ConfigurationError: there is such a statement.
    """
    for unit in units:
        if isinstance(unit, Statement | Script) and dialect == "postgres" and OUTSIDE.match(unit.sql):
            told = f"{migration.path}: PostgreSQL cannot do this inside of a transaction: {unit.sql.strip()[:80]}"
            raise ConfigurationError(f"{told}; write `atomic = False` in class Migration")


async def refuse(session: Session, sql: str, fact: str, dialect: str) -> None:
    """Raise ParamsError where a count is not nought."""
    text = sql.replace("%", "%%") if dialect == "mysql" else sql
    count = (await session.fetch(text, ()))[0][0]
    if count:
        raise ParamsError(f"{fact} ({count} {'row' if count == 1 else 'rows'})")


async def tolerant(work: Awaitable[None]) -> None:
    """Wait for a statement that may have been carried out before it was interrupted."""
    try:
        await work
    except OperationalError as error:
        number = error.__cause__.args[0] if error.__cause__ is not None and error.__cause__.args else None
        if isinstance(error, IntegrityError) or number not in ALREADY:
            raise


async def broken_references(session: Session) -> set[tuple[object, ...]]:
    """Rows of an SQLite database that point at rows that do not exist."""
    return {tuple(row) for row in await session.fetch("PRAGMA foreign_key_check", ())}
