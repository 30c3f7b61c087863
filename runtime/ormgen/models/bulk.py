"""Many instances → rows: as few statements as the database's limit of parameters allows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from operator import attrgetter
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.database.together import MOST, outside, run_together
from ormgen.exceptions import OperationalError
from ormgen.models.construct import await_defaults, explain_missing
from ormgen.models.info import ModelInfo
from ormgen.models.parameters import Computed, computed_in, parameters_of_many, stored_rows
from ormgen.models.saving import (
    Columns,
    Insertion,
    insert_computed,
    insertion,
    left_out,
    refresh_keys,
    refuse_unknown_key,
    take,
    usual_insertion,
)
from ormgen.query.expressions import Condition, Expression, Q
from ormgen.query.statements import Insert, Select
from ormgen.schema.generate import generated
from ormgen.schema.lookups import Family

ROWS_AT_ONCE: Final = 500  # of wide rows; servers keep what they have prepared
NARROW: Final = 12
MANY: Final = 50  # rows whose keys come as one array: fewer are not worth another statement to read in logs
NOT_INSIDE_WITH: Final = "0A000"  # feature_not_supported
LOADED: Final = attrgetter("__loaded__")


async def insert_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> None:
    """Store many new instances, the same columns at a time; `conflict` lends its rules for existing rows."""
    await await_defaults(info, instances)
    stored: list[tuple[Insertion, Sequence[Any], Any, Any]] = []
    for chosen, batch in batches(connection, info, instances, batch_size, conflict):
        try:
            parameters = parameters_of_many(connection, info, chosen.names, True)(batch, connection)
        except Computed:
            await _insert_computed(connection, info, chosen, batch, conflict)
            continue
        shape, made = _new_rows(info, chosen, len(batch), conflict)
        compiled, running = connection.run_stored(shape, made, parameters)
        result = await running
        if conflict is None:
            stored.append((chosen, batch, compiled.extras, result))
        elif conflict.conflict == "update":
            await _take_keys(connection, info, made(), batch, compiled.extras, result.rows)
    for each in stored:  # once all are there: what failed is undone, and would say that it was saved
        _take(info, *each)


def _new_rows(
    info: ModelInfo, chosen: Insertion, size: int, conflict: Insert | None, gathered: bool = False
) -> tuple[Hashable, Callable[[], Insert]]:
    """The shape of an insert of so many rows, and what makes the statement the first time."""
    made = partial(_insert, info, chosen, ((None,) * len(chosen.names),) * size, conflict, gathered)
    return (chosen, size, gathered, None if conflict is None else conflict[4:7]), made


async def insert_together(connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int) -> bool:
    """Store new instances as `insert_many` does, in one go; False where that takes a transaction of several steps.

    Nothing is stored and no instance is touched where one of the values is refused.
    """
    database = outside(connection)
    if database is None:
        return False
    await await_defaults(info, instances)
    found = list(batches(connection, info, instances, batch_size, None))
    if not 0 < len(found) <= MOST:
        return False
    statements, takers = [], []
    for chosen, batch in found:
        try:
            parameters = parameters_of_many(connection, info, chosen.names, True)(batch, connection)
        except Computed:
            return False
        gathered = gathers(connection, info, chosen, len(batch))
        shape, made = _new_rows(info, chosen, len(batch), None, gathered)
        compiled, parameters = connection.compiler.prepare_stored(shape, made, parameters)
        statements.append((compiled.sql, parameters))
        takers.append(partial(_take_array if gathered else _take, info, chosen, batch, compiled.extras))
    try:
        results = await run_together(database, statements)
    except OperationalError as error:
        if error.sqlstate != NOT_INSIDE_WITH or info.memo.get("rows apart"):
            raise
        info.memo["rows apart"] = True
        return await insert_together(connection, info, instances, batch_size)
    for take_from, result in zip(takers, results, strict=True):
        take_from(result)
    return True


def gathers(connection: Connection, info: ModelInfo, chosen: Insertion, size: int) -> bool:
    """Whether the keys of so many new rows come as one array: 0.19 us a row less than as rows of their own.

    Not where a table has rules, which PostgreSQL does not apply to an INSERT inside of WITH.
    """
    if size < MANY or not connection.compiler.dialect.returning_array or info.memo.get("rows apart"):
        return False
    key = info.need().pk_column
    return chosen.made == (key.name,) and key.family is Family.INTEGER


def _take_array(info: ModelInfo, chosen: Insertion, batch: Sequence[Any], extras: Any, result: Any) -> None:
    """As `_take`, where what the rows tell is one array."""
    keys = result.rows[0][0] or ()
    if extras[0].decoder is None and len(keys) == len(batch):
        taker(info, extras[0].name, "__row")(batch, keys)
    else:
        result.rows = [(key,) for key in keys]
        _take(info, chosen, batch, extras, result)


async def _insert_computed(
    connection: Connection, info: ModelInfo, chosen: Insertion, batch: Sequence[Any], conflict: Insert | None
) -> None:
    """One statement of those in which the database computes values. Where nobody tells what became of a row, these are
    not loaded afterwards."""
    if conflict is None:
        await insert_computed(connection, info, chosen, batch)
        return
    statement = _insert(info, chosen, stored_rows(info, chosen.names, batch, connection, True), conflict)
    compiled, result = await connection.run(statement)
    if conflict.conflict == "update":
        await _take_keys(connection, info, statement, batch, compiled.extras, result.rows)
    explain_missing(info.model)
    for item in batch:
        for name in chosen.names:
            if computes(item, (name,)):
                delattr(item, name)


def _take(info: ModelInfo, chosen: Insertion, batch: Sequence[Any], extras: Any, result: Any) -> None:
    """What the database made of new rows.

    Raises:
        OperationalError: it left some of them out.
    """
    if extras and len(result.rows) != len(batch):
        raise left_out(info, len(result.rows), len(batch))
    if len(extras) == 1 and extras[0].decoder is None:  # the usual case, 0.3 us a row less
        taker(info, extras[0].name)(batch, result.rows)
        return
    if extras:
        for item, row in zip(batch, result.rows, strict=True):
            take(item, extras, row)
    else:
        _take_counted(info, batch, chosen.made, result.last_id)
    for item in batch:
        item._saved_in_db = True


def taker(info: ModelInfo, name: str, key: str = "__row[0]") -> Callable[[Sequence[Any], Any], None]:
    """A function that gives instances their keys, which are `key` of one row for each."""
    made: Callable[[Sequence[Any], Any], None] | None = info.memo.get(("taker", name, key))
    if made is None:
        lines = ["def taker(__batch, __rows):", "    for __item, __row in zip(__batch, __rows, strict=True):"]
        lines += [f"        __item.{name} = {key}", "        __item._saved_in_db = True"]
        made = info.memo["taker", name, key] = generated("taker", lines, {})
    return made


def batches(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> Iterator[tuple[Insertion, Sequence[Any]]]:
    """New instances, as many at a time as one statement stores."""
    groups = insertions(info, instances)
    _refuse_mixture(info, [chosen.made for chosen in groups])
    for chosen, members in groups.items():
        if conflict is None:
            refuse_unknown_key(connection, info, chosen.made)
        size = rows_at_once(connection, len(chosen.names), batch_size)
        for start in range(0, len(members), size):
            yield chosen, members[start : start + size]


def insertions(info: ModelInfo, instances: Sequence[Any]) -> dict[Insertion, Sequence[Any]]:
    """New instances by what has to be inserted of them.

    The usual case takes 0.01 us for each instead of 0.4: nothing but a key is to be made, which none of them has.
    """
    usual = info.memo.get("usual insertion")
    if usual is None:
        usual = usual_insertion(info)
    with suppress(AttributeError):  # a key that was not loaded
        if usual and instances and untouched(info, usual[0])(instances):
            return {usual[1]: instances}
    if any(map(LOADED, instances)):
        refresh_keys(info, instances)
    with suppress(AttributeError):
        if usual and instances and keyless(usual[0], instances):
            return {usual[1]: instances}
    groups: dict[Insertion, list[Any]] = {}
    for instance in instances:
        groups.setdefault(insertion(info, instance), []).append(instance)
    return {**groups}


def untouched(info: ModelInfo, key: str) -> Callable[[Sequence[Any]], bool]:
    """A function that tells whether all instances are without a key and without related objects, in one look."""
    made: Callable[[Sequence[Any]], bool] | None = info.memo.get("untouched")
    if made is None:
        lines = ["def untouched(__batch):", "    for __item in __batch:"]
        lines += [f"        if __item.__loaded__ is not None or __item.{key} is not None:", "            return False"]
        made = info.memo["untouched"] = generated("untouched", [*lines, "    return True"], {})
    return made


def keyless(key: str, instances: Sequence[Any]) -> bool:
    """Whether none of the instances has a key."""
    return list(map(attrgetter(key), instances)).count(None) == len(instances)


def _insert(
    info: ModelInfo,
    chosen: Insertion,
    rows: tuple[tuple[Any, ...], ...],
    conflict: Insert | None,
    gathered: bool = False,
) -> Insert:
    computed = computed_in(chosen.names, rows)
    if conflict is None:
        told = (*chosen.made, *computed)
        return Insert(info.path, chosen.names, rows, told, computed=bool(computed), gathered=gathered)
    told = _told(info, chosen.made) if conflict.conflict == "update" else ()
    rules = conflict.conflict, conflict.on, conflict.update
    return Insert(info.path, chosen.names, rows, told, *rules, bool(computed))


def inserts(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> Iterator[Insert]:
    """The statements that store new instances, with their values."""
    for chosen, batch in batches(connection, info, instances, batch_size, conflict):
        yield _insert(info, chosen, stored_rows(info, chosen.names, batch, connection, True), conflict)


def _told(info: ModelInfo, made: Columns) -> Columns:
    """What an upsert tells of each row: its key, if the database makes it."""
    pk = info.need().pk
    return (pk,) if pk in made else ()


async def _take_keys(
    connection: Connection, info: ModelInfo, statement: Insert, batch: Sequence[Any], extras: Any, rows: Any
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


async def _ask_keys(connection: Connection, info: ModelInfo, on: Columns, batch: Sequence[Any]) -> None:
    pk = info.need().pk
    known = [item for item in batch if not computes(item, on)]  # nobody tells what the database computed of others
    by_value = {tuple(getattr(item, name) for name in on): item for item in known}
    if not by_value:
        return
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


def _take_counted(info: ModelInfo, batch: Sequence[Any], made: Columns, last_id: int | None) -> None:
    """What the database made and does not tell: keys are counted from the first on, all else stays unset."""
    pk = info.need().pk
    explain_missing(info.model)
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
    """How many rows of `width` values one statement holds: `batch_size`, where the database takes as many; as many as
    are quick together where that is 0."""
    dialect = connection.compiler.dialect
    usual = ROWS_AT_ONCE if width > NARROW else dialect.rows_at_once
    most = dialect.max_parameters // width if width else 1
    return max(1, min(batch_size or usual, most))


def computes(instance: Any, names: Iterable[str]) -> bool:
    """Whether a new value is to be computed by the database."""
    return any(isinstance(getattr(instance, name, None), Expression) for name in names)
