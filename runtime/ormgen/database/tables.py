"""Creates the tables of a context, whoever else is doing the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ormgen.database.connection import Database
from ormgen.database.current import connection_of

LOCK_KEY: Final = 8_244_930_217_462


async def create_tables(database: Database, statements: Sequence[str]) -> None:
    """Run `statements`, one after the other, in the task's transaction where it has one.

    PostgreSQL refuses the second of two `CREATE TABLE IF NOT EXISTS` that run at once, as the workers of a web server
    do when they start. There all of them run in one transaction that holds an advisory lock, where the server has
    both.
    """
    connection = connection_of(database)
    if connection is database and await _can_lock(database):
        await _locked(database, statements)
        return
    for statement in statements:
        await connection.session.script(statement)


async def _can_lock(database: Database) -> bool:
    if database.driver.dialect != "postgres":
        return False
    await database.driver.open()
    facts = database.driver.facts
    return bool(facts.transactional_ddl and facts.advisory_locks)


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
