"""Instances → rows: the values of a new or changed instance, checked, and the statements that store them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.exceptions import IncompleteInstanceError, OperationalError, ValidationError
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Condition, Expression, Q
from ormgen.query.statements import Insert, KeyedUpdate, Select, Update
from ormgen.schema.field import MISSING, FieldSchema
from ormgen.schema.graph import LinkedModel

ROWS_AT_ONCE: Final = 500


def now(connection: Connection, column: FieldSchema) -> datetime | time:
    """The value of an `auto_now` column."""
    moment = connection.compiler.codec.zone.from_utc(datetime.now(UTC))
    return moment.time() if column.type == "TimeField" else moment


def stored_value(instance: Any, column: FieldSchema, connection: Connection, creating: bool) -> Any:
    """The checked value of one column; sets what the field sets by itself.

    Raises:
        ValidationError: the value does not fit the field.
        IncompleteInstanceError: the column was not loaded.
    """
    if column.auto == "now" or (column.auto == "now_add" and creating and getattr(instance, column.name, None) is None):
        setattr(instance, column.name, now(connection, column))
    try:
        value = object.__getattribute__(instance, column.name)
    except AttributeError:
        raise IncompleteInstanceError(
            f"{type(instance).__name__} is a partial model: {column.name} was not loaded; save with update_fields"
        ) from None
    if isinstance(value, Expression):
        return value
    if value is None:
        if not column.null and not (column.generated and creating):
            _refuse_none(instance, column)
        return value
    field = column.field
    try:
        converted = field.to_python_value(value)
        field.validate(converted)
    except ValidationError as error:
        raise ValidationError(f"{type(instance).__name__}.{column.name}: {error}") from error
    return converted


def _refuse_none(instance: Any, column: FieldSchema) -> None:
    name = type(instance).__name__
    if column.relation is not None:
        loaded = (instance.__loaded__ or {}).get(column.relation)
        if loaded is not None:
            raise OperationalError(f"You should first call .save() on {loaded!r}")
        raise ValidationError(f"{name}.{column.relation} is required: give {column.relation}= or {column.name}=")
    raise ValidationError(f"{name}.{column.name}: {column.name} is non nullable field, but null was passed")


def refresh_keys(info: ModelInfo, instances: Iterable[Any]) -> None:
    """Take over the keys of related objects that were saved after they had been assigned."""
    relations = [relation for relation in info.need().relations.values() if relation.kind.forward]
    for instance in instances:
        loaded = instance.__loaded__
        for relation in relations if loaded else ():
            value = loaded.get(relation.name)
            if value is not None and getattr(instance, relation.near, None) is None:
                setattr(instance, relation.near, getattr(value, relation.far))


def inserted_columns(linked: LinkedModel, instance: Any) -> tuple[str, ...]:
    """The columns that an INSERT names: not the key that the database makes, nor what it has a default for."""
    return tuple(
        name
        for name, column in linked.columns.items()
        if not (column.generated and getattr(instance, name) is None) and getattr(instance, name) is not MISSING
    )


async def insert(connection: Connection, info: ModelInfo, instance: Any) -> None:
    """Store a new instance and take over what the database made: its key and its defaults."""
    linked = info.need()
    refresh_keys(info, [instance])
    names = inserted_columns(linked, instance)
    row = tuple(stored_value(instance, linked.columns[name], connection, True) for name in names)
    made = tuple(name for name in linked.columns if name not in names)
    compiled, result = await connection.run(Insert(info.path, names, (row,), returning=made))
    if compiled.extras and result.rows:
        for extra in compiled.extras:
            value = result.rows[0][extra.position]
            setattr(instance, extra.name, value if value is None or extra.decoder is None else extra.decoder(value))
    elif made:
        await take_made(connection, info, instance, made, result.last_id)
    instance._saved_in_db = True


async def take_made(
    connection: Connection, info: ModelInfo, instance: Any, made: tuple[str, ...], last_id: int | None
) -> None:
    """What the database made, where INSERT returns no rows."""
    linked = info.need()
    if linked.pk in made:
        setattr(instance, linked.pk, last_id)
    rest = tuple(name for name in made if name != linked.pk)
    if rest:
        await reload(connection, info, instance, rest)


async def reload(connection: Connection, info: ModelInfo, instance: Any, names: tuple[str, ...]) -> None:
    """Read columns of an instance again.

    Raises:
        OperationalError: the row is gone.
    """
    linked = info.need()
    output = tuple((name, name) for name in names)
    compiled, rows = await connection.fetch(Select(info.path, where=(by_key(linked, instance),), output=output))
    if not rows:
        raise OperationalError(f"{type(instance).__name__} with {linked.pk}={instance.pk!r} does not exist any more")
    for extra in compiled.extras:
        value = rows[0][extra.position]
        setattr(instance, extra.name, value if value is None or extra.decoder is None else extra.decoder(value))


def by_key(linked: LinkedModel, instance: Any) -> Q:
    """The condition that chooses the row of an instance."""
    return Q.of((Condition(linked.pk, getattr(instance, linked.pk)),), "AND")


async def update(connection: Connection, info: ModelInfo, instance: Any, names: Sequence[str]) -> int:
    """Store columns of an instance that exists; the number of rows found."""
    linked = info.need()
    refresh_keys(info, [instance])
    changes = tuple(
        (name, stored_value(instance, linked.columns[name], connection, False)) for name in names if name != linked.pk
    )
    if not changes:
        return 1
    chosen = Select(info.path, where=(by_key(linked, instance),))
    _, result = await connection.run(Update(chosen, changes))
    computed = tuple(name for name, value in changes if isinstance(value, Expression))
    if computed and result.affected:
        await reload(connection, info, instance, computed)
    return result.affected


async def insert_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], batch_size: int, conflict: Insert | None
) -> None:
    """Store many new instances, the same columns at a time; `conflict` lends its rules for existing rows."""
    linked = info.need()
    refresh_keys(info, instances)
    groups: dict[tuple[str, ...], list[Any]] = {}
    for instance in instances:
        groups.setdefault(inserted_columns(linked, instance), []).append(instance)
    for names, members in groups.items():
        size = rows_at_once(connection, len(names), batch_size)
        for start in range(0, len(members), size):
            await _insert_batch(connection, info, names, members[start : start + size], conflict)


async def _insert_batch(
    connection: Connection, info: ModelInfo, names: tuple[str, ...], batch: list[Any], conflict: Insert | None
) -> None:
    linked = info.need()
    columns = [linked.columns[name] for name in names]
    rows = tuple(tuple(stored_value(item, column, connection, True) for column in columns) for item in batch)
    key_made = linked.pk not in names
    returning = (linked.pk,) if key_made and conflict is None else ()
    statement = Insert(info.path, names, rows, returning=returning)
    if conflict is not None:
        statement = Insert(info.path, names, rows, (), conflict.conflict, conflict.on, conflict.update)
    _, result = await connection.run(statement)
    if conflict is not None:
        return
    if key_made and result.rows:
        for item, row in zip(batch, result.rows, strict=True):
            setattr(item, linked.pk, row[0])
    elif key_made and result.last_id is not None:
        for at, item in enumerate(batch):
            setattr(item, linked.pk, result.last_id + at)
    for item in batch:
        item._saved_in_db = True


def rows_at_once(connection: Connection, width: int, batch_size: int) -> int:
    """How many rows of `width` values one statement may hold."""
    return max(1, min(batch_size, connection.compiler.dialect.max_parameters // max(1, width)))


async def update_many(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], names: tuple[str, ...], batch_size: int
) -> int:
    """Store columns of many instances that exist; the number of rows found."""
    linked = info.need()
    refresh_keys(info, instances)
    columns = [linked.pk_column, *[linked.columns[name] for name in names]]
    size = rows_at_once(connection, len(columns), batch_size)
    affected = 0
    for start in range(0, len(instances), size):
        batch = instances[start : start + size]
        rows = tuple(tuple(stored_value(item, column, connection, False) for column in columns) for item in batch)
        _, result = await connection.run(KeyedUpdate(info.path, names, rows))
        affected += result.affected
    return affected
