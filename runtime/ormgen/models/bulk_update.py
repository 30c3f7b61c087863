"""Columns of many instances that exist → rows, each found by its key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import Any

from ormgen.database.connection import Connection
from ormgen.database.together import MOST, outside, run_together
from ormgen.models.bulk import LOADED, computes, rows_at_once
from ormgen.models.info import ModelInfo
from ormgen.models.parameters import Computed, parameters_of_many, stored_rows
from ormgen.models.saving import Columns, refresh_keys, update
from ormgen.query.statements import KeyedUpdate


def keyed_updates(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: Columns, batch_size: int
) -> Iterator[KeyedUpdate]:
    """The statements that store columns of instances, each found by its key, with their values."""
    keyed = (*info.need().pk_names, *names)
    for batch in _batches(connection, info, instances, len(keyed), batch_size):
        yield KeyedUpdate(info.path, names, stored_rows(info, keyed, batch, connection, False))


def _batches(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], width: int, batch_size: int
) -> Iterator[Sequence[Any]]:
    if any(map(LOADED, instances)):
        refresh_keys(info, instances)
    size = rows_at_once(connection, width, batch_size)
    for start in range(0, len(instances), size):
        yield instances[start : start + size]


async def update_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: Columns, batch_size: int
) -> int:
    """Store columns of many instances that exist; the number of rows found."""
    keyed = (*info.need().pk_names, *names)
    parameters_from = parameters_of_many(connection, info, keyed, False)
    affected = 0
    for batch in _batches(connection, info, instances, len(keyed), batch_size):
        computed: list[Any] = []
        try:
            parameters = parameters_from(batch, connection)
        except Computed:
            computed = [item for item in batch if computes(item, names)]
            batch = [item for item in batch if not computes(item, names)]
            parameters = parameters_from(batch, connection)
        if batch:
            _, running = connection.run_stored(*_keyed_update(info, names, len(batch)), parameters)
            affected += (await running).affected
        for item in computed:
            affected += await update(connection, info, item, names)
    return affected


def _keyed_update(info: ModelInfo, names: Columns, size: int) -> tuple[Hashable, Callable[[], KeyedUpdate]]:
    """The shape of an update of so many rows, and what makes the statement the first time."""
    rows = ((None,) * (len(info.need().pk_names) + len(names)),) * size
    return ("keyed update", info.path, names, size), partial(KeyedUpdate, info.path, names, rows)


async def update_together(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: Columns, batch_size: int
) -> int | None:
    """What `update_many` gives, in one go; None where that takes a transaction of several steps."""
    database = outside(connection)
    if database is None:
        return None
    keyed = (*info.need().pk_names, *names)
    found = list(_batches(connection, info, instances, len(keyed), batch_size))
    if not 0 < len(found) <= MOST:
        return None
    parameters_from = parameters_of_many(connection, info, keyed, False)
    statements = []
    for batch in found:
        try:
            parameters = parameters_from(batch, connection)
        except Computed:
            return None
        shape, make = _keyed_update(info, names, len(batch))
        compiled, parameters = connection.compiler.prepare_stored(shape, make, parameters)
        statements.append((compiled.sql, parameters))
    return sum(result.affected for result in await run_together(database, statements))
