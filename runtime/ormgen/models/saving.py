"""Instances → rows: the values of a new or changed instance, checked, and the statements that store them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any

from ormgen.database.connection import Connection
from ormgen.exceptions import (
    IncompleteInstanceError,
    MissingValueError,
    OperationalError,
    UnSupportedError,
    ValidationError,
    located,
)
from ormgen.models.construct import await_defaults, plain_type
from ormgen.models.generate import generated
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Condition, Expression, Q
from ormgen.query.layout import Extra
from ormgen.query.statements import Insert, Select, Update
from ormgen.schema.db_defaults import DatabaseDefault
from ormgen.schema.field import MISSING, Field, FieldSchema, base_type
from ormgen.schema.field_types import DecimalField
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.schema.lookups import Family


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
    if column.auto == "now" or (column.auto == "now_add" and getattr(instance, column.name, MISSING) is None):
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
        raise located(f"{type(instance).__name__}.{column.name}", error) from error
    if isinstance(field, DecimalField) and (kept := field.rounded(converted)) != converted:
        setattr(instance, column.name, kept)  # as it will be read back
        return kept
    return converted


def _refuse_none(instance: Any, column: FieldSchema) -> None:
    name = type(instance).__name__
    if column.relation is not None:
        raise MissingValueError(f"{name}.{column.relation} is required: give {column.relation}= or {column.name}=")
    raise MissingValueError(f"{name}.{column.name}: {column.name} is non nullable field, but null was passed")


def refresh_keys(info: ModelInfo, instances: Iterable[Any]) -> None:
    """Take over the keys of related objects that were saved after they had been assigned.

    Raises:
        OperationalError: one of them has not been saved.
    """
    relations: list[Relation] | None = None
    for instance in instances:
        loaded = instance.__loaded__
        if not loaded:
            continue
        if relations is None:
            relations = [relation for relation in info.need().relations.values() if relation.kind.forward]
        for relation in relations:
            value = loaded.get(relation.near)
            if value is not None and getattr(instance, relation.near, None) is None:
                key = getattr(value, relation.far)
                if key is None:
                    raise OperationalError(f"You should first call .save() on {value!r}")
                setattr(instance, relation.near, key)
                loaded[relation.near] = None


Columns = tuple[str, ...]


def inserted_columns(info: ModelInfo, instance: Any) -> tuple[Columns, Columns]:
    """The columns that an INSERT names, and the others: the key that the database makes, what it has a default for."""
    missing: Columns = ()
    for column in optional_columns(info):
        value = getattr(instance, column.name, None)
        computed = column.generated and (value is None or not column.primary_key)
        if computed or type(value) is DatabaseDefault:
            missing += (column.name,)
    split: tuple[Columns, Columns] | None = info.memo.get(("inserted", missing))
    if split is None:
        named = tuple(name for name in info.columns if name not in missing)
        split = info.memo["inserted", missing] = named, missing
    return split


def optional_columns(info: ModelInfo) -> list[FieldSchema]:
    """The columns that the database can fill in."""
    found: list[FieldSchema] | None = info.memo.get("optional")
    if found is None:
        columns = info.columns.values()
        found = [column for column in columns if column.generated or column.db_default.kind != "none"]
        info.memo["optional"] = found
    return found


def updated_columns(info: ModelInfo, instance: Any, names: Sequence[str]) -> Columns:
    """Those of `names` that an UPDATE sets: neither the key, nor what the database computes or has yet to tell."""
    left_out = {*info.need().pk_names}
    for column in optional_columns(info):
        if column.generated or type(getattr(instance, column.name, None)) is DatabaseDefault:
            left_out.add(column.name)
    return tuple([name for name in names if name not in left_out])


def refuse_unknown_key(connection: Connection, info: ModelInfo, made: Columns) -> None:
    """Refuse an INSERT after which nobody would know the key of the row.

    Raises:
        UnSupportedError: the database makes a key that is no counted number, and has no RETURNING.
    """
    key = info.need().pk_column
    if key.name in made and not connection.compiler.dialect.returning and key.family is not Family.INTEGER:
        raise UnSupportedError(
            f"{info.model.__name__}.{key.name} is made by the database, and MySQL and MariaDB do not tell it; "
            "give the key a default= instead of db_default="
        )


def row_of(info: ModelInfo, names: Columns, creating: bool) -> Callable[[Any, Connection], tuple[Any, ...]]:
    """A function that takes an instance and gives the `stored_value` of each of `names`; made once and kept.

    Generated: values of the field's own type are only checked, 0.1 us for a column instead of 0.9.
    """
    made: Callable[[Any, Connection], tuple[Any, ...]] | None = info.memo.get(("row", names, creating))
    if made is None:
        made = info.memo["row", names, creating] = _row_of([info.columns[name] for name in names], creating)
    return made


def _row_of(columns: list[FieldSchema], creating: bool) -> Callable[[Any, Connection], tuple[Any, ...]]:
    scope: dict[str, Any] = {"stored": stored_value, "refused": (ValidationError, AttributeError)}
    scope |= {"columns": columns}
    lines = ["def row(instance, connection):", "    try:"]
    for at, column in enumerate(columns):
        scope |= {f"column{at}": column, f"type{at}": plain_type(column.field)}
        stored = f"v{at} = stored(instance, column{at}, connection, {creating})"
        if column.auto is not None or custom_conversion(column.field):
            lines.append(f"        {stored}")
            continue
        lines += [f"        v{at} = instance.{column.name}", f"        if type(v{at}) is type{at}:"]
        scope[f"check{at}"] = check = checker(column.field)
        lines.append("            pass" if check is None else f"            check{at}(v{at})")
        if isinstance(column.field, DecimalField):
            lines.append(f"            if v{at}.as_tuple().exponent < -{column.field.decimal_places}: {stored}")
        lines += [f"        elif v{at} is not None:" if column.null else "        else:", f"            {stored}"]
    values = "".join(f"v{at}, " for at in range(len(columns)))
    lines += [
        f"        return ({values})",
        "    except refused:",
        "        pass",  # now with the name of the column, or from below a class attribute
        f"    return tuple([stored(instance, column, connection, {creating}) for column in columns])",
    ]
    return generated("row", lines, scope)


def custom_conversion(field: Field[Any]) -> bool:
    """Whether the user's own code converts values."""
    return type(field).to_python_value is not base_type(field).to_python_value


def checker(field: Field[Any]) -> Callable[[Any], None] | None:
    """The function that checks values of a field; None where every value is fine."""
    if field.validators or type(field).validate is not Field.validate:
        return field.validate
    return None if type(field).check is Field.check else field.check


async def insert(connection: Connection, info: ModelInfo, instance: Any) -> None:
    """Store a new instance and take over what the database made: its key and its defaults."""
    refresh_keys(info, (instance,))
    await await_defaults(info, (instance,))
    names, made = inserted_columns(info, instance)
    if made:
        refuse_unknown_key(connection, info, made)
    row = row_of(info, names, True)(instance, connection)
    compiled, result = await connection.run(Insert(info.path, names, (row,), returning=made))
    if compiled.extras and result.rows:
        take(instance, compiled.extras, result.rows[0])
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
    rest = tuple(name for name in made if name not in linked.pk_names)
    if rest and linked.meta.fetch_db_defaults:
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
    take(instance, compiled.extras, rows[0])


def take(instance: Any, extras: Iterable[Extra], row: Sequence[Any]) -> None:
    """Set the attributes that a row holds."""
    for extra in extras:
        value = row[extra.position]
        setattr(instance, extra.name, value if value is None or extra.decoder is None else extra.decoder(value))


def by_key(linked: LinkedModel, instance: Any) -> Q:
    """The condition that chooses the row of an instance."""
    return Q.of((Condition(linked.pk, getattr(instance, linked.pk)),), "AND")


async def update(connection: Connection, info: ModelInfo, instance: Any, names: Sequence[str]) -> int:
    """Store columns of an instance that exists; the number of rows found."""
    linked = info.need()
    refresh_keys(info, [instance])
    names = updated_columns(info, instance, names)
    changes = tuple(zip(names, row_of(info, names, False)(instance, connection), strict=True))
    if not changes:
        return 1
    chosen = Select(info.path, where=(by_key(linked, instance),))
    _, result = await connection.run(Update(chosen, changes))
    computed = tuple(name for name, value in changes if isinstance(value, Expression))
    if computed and result.affected:
        await reload(connection, info, instance, computed)
    return result.affected


def refuse_keys(info: ModelInfo, names: Iterable[str]) -> None:
    """Raise OperationalError where the primary key is among the columns to store: it is how the row is found."""
    for name in names:
        if info.columns[name].primary_key:
            model = info.model.__name__
            raise OperationalError(f"Can't update pk field {model}.{name}, use `{model}.create` instead")
