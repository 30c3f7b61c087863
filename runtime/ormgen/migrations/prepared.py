"""Asks PostgreSQL what a statement takes and gives, without running it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ormgen.drivers.driver import Transaction
from ormgen.exceptions import ConfigurationError, OperationalError
from ormgen.migrations.places import Settings, places
from ormgen.records import dataclass, field

_TYPES = "SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = $1"
_COLUMNS = (
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
    "WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum"
)
_UNTYPED = "could not determine data type"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The types of the places of a statement in order, and of its columns by name, as PostgreSQL calls them.

    `refused` is why it does not take the statement, None where it does.
    """

    parameters: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


async def prepared(
    texts: Iterable[str], settings: Settings | None = None, search: str | os.PathLike[str] | None = None
) -> list[Prepared]:
    """What each of some statements takes and gives; their places are $1, $2 …

    Raises:
        ConfigurationError: the database is not PostgreSQL.
        OperationalError: it does not answer.
    """
    runner = places(settings, search=search).runners()[0]
    if runner.dialect != "postgres":
        raise ConfigurationError("only PostgreSQL tells what a statement takes and gives")
    found: list[Prepared] = []
    async with runner.opened():
        for at, text in enumerate(texts):
            transaction = await runner.driver.begin()
            try:
                found.append(await _asked(transaction, text, f"ormgen_asked_{at}"))
            except OperationalError as error:
                known = _UNTYPED in str(error)  # of what is only compared with NULL: no fault
                found.append(Prepared(refused=None if known else str(error)))
            finally:
                await transaction.rollback()
    return found


async def _asked(transaction: Transaction, text: str, name: str) -> Prepared:
    await transaction.script(f"PREPARE {name} AS {text}")
    types = tuple(str(row[0]) for row in await transaction.fetch(_TYPES, (name,)))
    nulls = f"({', '.join(['NULL'] * len(types))})" if types else ""
    try:
        await transaction.script(f"CREATE TEMP TABLE {name} AS EXECUTE {name}{nulls} WITH NO DATA")
    except OperationalError:  # it writes, or two columns have one name
        return Prepared(types)
    return Prepared(types, {str(each): str(kind) for each, kind in await transaction.fetch(_COLUMNS, (name,))})
