"""Several writes, all or none, in fewer trips to the database than a transaction takes.

A transaction of 1,000 rows in two statements takes SQLite four trips to its thread, of 70 us each: here it is one. A
single statement is whole by itself on every database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ormgen.database.connection import Connection, Database
from ormgen.database.current import transaction_on
from ormgen.drivers.driver import Result

MOST: Final = 8  # statements whose values are held at once


def outside(connection: Connection) -> Database | None:
    """The database behind `connection`, where no transaction is open on it, and nobody is to be told of one."""
    if not isinstance(connection, Database) or connection.session is not connection.driver:
        return None
    return None if connection.hooks.transactions or transaction_on(connection) is not None else connection


async def run_together(database: Database, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Result]:
    """The results of a few statements, which are stored all or none."""
    if len(statements) == 1:
        return [await database.driver.execute(*statements[0])]
    return await database.driver.execute_together(statements)
