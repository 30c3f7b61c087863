"""Creates the tables of a context, whoever else is doing the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ormgen.database.connection import Database
from ormgen.database.current import connection_of
from ormgen.exceptions import UnSupportedError
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel

LOCK_KEY: Final = 8_244_930_217_462


async def create_tables(database: Database, models: Sequence[LinkedModel], statements: Sequence[str]) -> None:
    """Run `statements`, one after the other, in the task's transaction where it has one.

    PostgreSQL refuses the second of two `CREATE TABLE IF NOT EXISTS` that run at once, as the workers of a web server
    do when they start. There all of them run in one transaction that holds an advisory lock, where the server has
    both.

    Raises:
        UnSupportedError: the server generates keys that do not fit the fields of `models`.
    """
    connection = connection_of(database)
    if database.driver.dialect == "postgres":
        await database.driver.open()
        refuse_short_keys(database, models)
    if connection is database and _can_lock(database):
        await _locked(database, statements)
        return
    for statement in statements:
        await connection.session.script(statement)


def refuse_short_keys(database: Database, models: Iterable[LinkedModel]) -> None:
    """Refuse keys that a server which generates 64-bit numbers, as CockroachDB does, could not put into their type.

    Raises:
        UnSupportedError: naming every such field.
    """
    if database.capabilities.serial_is_int4:
        return
    short = [
        f"{model.name}.{column.name}" for model in models for column in model.columns.values() if _is_short(column)
    ]
    if short:
        raise UnSupportedError(
            f"keys that {database!r} generates need 64 bits: make {', '.join(short)} a BigIntField or a UUIDField"
        )


def _is_short(column: FieldSchema) -> bool:
    return column.generated and column.type in ("IntField", "SmallIntField")


def _can_lock(database: Database) -> bool:
    facts = database.driver.facts
    return bool(facts is not None and facts.transactional_ddl and facts.advisory_locks)


async def _locked(database: Database, statements: Sequence[str]) -> None:
    transaction = await database.driver.begin()
    try:
        await transaction.fetch(f"SELECT pg_advisory_xact_lock({LOCK_KEY})", ())
        for statement in statements:
            await transaction.script(statement)
    except BaseException:
        await transaction.rollback()
        raise
    await transaction.commit()
