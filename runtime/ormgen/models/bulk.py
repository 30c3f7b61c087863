"""Many instances → rows: as few statements as the database's limit of parameters allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.exceptions import OperationalError
from ormgen.models.construct import await_defaults
from ormgen.models.info import ModelInfo
from ormgen.models.saving import (
    Columns,
    inserted_columns,
    refresh_keys,
    refuse_unknown_key,
    row_of,
    take,
    update,
)
from ormgen.query.expressions import Condition, Expression, Q
from ormgen.query.statements import Insert, KeyedUpdate, Select

ROWS_AT_ONCE: Final = 500


async def insert_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> None:
    """Store many new instances, the same columns at a time; `conflict` lends its rules for existing rows."""
    await await_defaults(info, instances)
    for statement, batch in inserts(connection, info, instances, batch_size, conflict):
        compiled, result = await connection.run(statement)
        if statement.conflict == "ignore":
            continue
        if statement.conflict == "update":
            await _take_keys(connection, info, statement, batch, compiled.extras, result.rows)
            continue
        if len(compiled.extras) == 1 and compiled.extras[0].decoder is None:  # the usual case, 0.15 us a row less
            for item, (value,) in zip(batch, result.rows, strict=True):
                setattr(item, compiled.extras[0].name, value)
        elif compiled.extras:
            for item, row in zip(batch, result.rows, strict=True):
                take(item, compiled.extras, row)
        else:
            _take_counted(info, batch, statement.returning, result.last_id)
        for item in batch:
            item._saved_in_db = True


def inserts(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> Iterator[tuple[Insert, list[Any]]]:
    """The statements that store new instances, each with those that it stores."""
    refresh_keys(info, instances)
    groups: dict[tuple[Columns, Columns], list[Any]] = {}
    for instance in instances:
        groups.setdefault(inserted_columns(info, instance), []).append(instance)
    _refuse_mixture(info, [made for _, made in groups])
    for (names, made), members in groups.items():
        if conflict is None:
            refuse_unknown_key(connection, info, made)
        row_from = row_of(info, names, True)
        size = rows_at_once(connection, len(names), batch_size)
        for start in range(0, len(members), size):
            batch = members[start : start + size]
            rows = tuple([row_from(item, connection) for item in batch])
            if conflict is None:
                yield Insert(info.path, names, rows, returning=made), batch
            else:
                told = _told(info, made) if conflict.conflict == "update" else ()
                yield Insert(info.path, names, rows, told, conflict.conflict, conflict.on, conflict.update), batch


def _told(info: ModelInfo, made: Columns) -> Columns:
    """What an upsert tells of each row: its key, if the database makes it."""
    pk = info.need().pk
    return (pk,) if pk in made else ()


async def _take_keys(
    connection: Connection, info: ModelInfo, statement: Insert, batch: list[Any], extras: Any, rows: Any
) -> None:
    """The keys of rows that were inserted or updated: told at once, or asked for by the unique columns."""
    known = all(name in statement.columns for name in info.need().pk_names)
    if not known and extras and len(rows) == len(batch):
        for item, row in zip(batch, rows, strict=True):
            take(item, extras, row)
    elif not known:
        await _ask_keys(connection, info, statement.on, batch)
    for item in batch:
        item._saved_in_db = item.pk is not None


async def _ask_keys(connection: Connection, info: ModelInfo, on: Columns, batch: list[Any]) -> None:
    pk = info.need().pk
    by_value = {tuple(getattr(item, name) for name in on): item for item in batch}
    where = tuple(
        Q.of((Condition(f"{name}__in", [values[at] for values in by_value]),), "AND") for at, name in enumerate(on)
    )
    output = tuple((name, name) for name in (*on, pk))
    compiled, rows = await connection.fetch(Select(info.path, where=where, output=output))
    for row in rows:
        values = [
            value if extra.decoder is None or value is None else extra.decoder(value)
            for extra, value in zip(compiled.extras, row, strict=True)
        ]
        item = by_value.get(tuple(values[:-1]))
        if item is not None:
            setattr(item, pk, values[-1])


def _take_counted(info: ModelInfo, batch: list[Any], made: Columns, last_id: int | None) -> None:
    """What the database made and does not tell: keys are counted from the first on, all else stays unset."""
    pk = info.need().pk
    for at, item in enumerate(batch):
        for name in made:
            delattr(item, name)
        if pk in made:
            setattr(item, pk, None if last_id is None else last_id + at)


def _refuse_mixture(info: ModelInfo, made: list[Columns]) -> None:
    """Refuse objects of which some leave a column to the database and others do not; the key alone may differ.

    Raises:
        OperationalError: there are such objects.
    """
    every = set(made[0]) if made else set()
    for other in made[1:]:
        mixed = sorted((every ^ set(other)) - {info.need().pk})
        if mixed:
            raise OperationalError(
                f"Cannot use bulk_create: some of the objects leave {info.model.__name__}.{mixed[0]} to the database "
                "and others have a value; give it to all of them, or store them in two calls"
            )


def rows_at_once(connection: Connection, width: int, batch_size: int) -> int:
    """How many rows of `width` values one statement may hold."""
    most = connection.compiler.dialect.max_parameters // width if width else 1
    return max(1, min(batch_size, most))


def keyed_updates(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: Columns, batch_size: int
) -> Iterator[KeyedUpdate]:
    """The statements that store columns of instances, each found by its key."""
    refresh_keys(info, instances)
    keys = info.need().pk_names
    row_from = row_of(info, (*keys, *names), False)
    size = rows_at_once(connection, len(names) + len(keys), batch_size)
    for start in range(0, len(instances), size):
        rows = tuple([row_from(item, connection) for item in instances[start : start + size]])
        yield KeyedUpdate(info.path, names, rows)


async def update_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: Columns, batch_size: int
) -> int:
    """Store columns of many instances that exist; the number of rows found."""
    computed = [item for item in instances if _computes(item, names)]
    plain = [item for item in instances if not _computes(item, names)] if computed else instances
    affected = 0
    for statement in keyed_updates(connection, info, plain, names, batch_size):
        _, result = await connection.run(statement)
        affected += result.affected
    for item in computed:
        affected += await update(connection, info, item, names)
    return affected


def _computes(instance: Any, names: Iterable[str]) -> bool:
    """Whether a new value is to be computed by the database."""
    return any(isinstance(getattr(instance, name, None), Expression) for name in names)
