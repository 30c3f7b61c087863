"""Instances → parameters: the checked values of columns in the form in which a database takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time
from functools import partial
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.exceptions import IncompleteInstanceError, MissingValueError, ValidationError, located
from ormgen.models.construct import plain_type
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Expression
from ormgen.query.new_rows import for_new_row
from ormgen.schema.field import MISSING, Field, FieldSchema, base_type
from ormgen.schema.field_types import CharField, DecimalField, IntField, TextField, TimeField
from ormgen.schema.generate import generated

Parameters = Callable[[Iterable[Any], Connection], list[Any]]

# what the quick way raises for a value that needs care: the careful one finds out what it is and says so
REFUSED: Final = (ValidationError, AttributeError, TypeError, ValueError, ArithmeticError)
SHORT: Final = 2**30 - 1  # numbers of 30 bits are compared in half the time


class Computed(Exception):
    """A value is an expression, which the database computes."""


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
            f"{type(instance).__name__} is a partial model, field '{column.name}' is not available;"
            " load it, or name what is there in update_fields"
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


def stored_rows(
    info: ModelInfo, names: Sequence[str], instances: Iterable[Any], connection: Connection, creating: bool
) -> tuple[tuple[Any, ...], ...]:
    """The `stored_value` of each of `names`, for each instance.

    Raises:
        FieldError: an expression for a new row reads a column, which that does not have.
    """
    columns, rows = [info.columns[name] for name in names], []
    for item in instances:
        row = [stored_value(item, column, connection, creating) for column in columns]
        if creating and any(isinstance(value, Expression) for value in row):
            row = [_for_new_row(info, column, value) for column, value in zip(columns, row, strict=True)]
        rows.append(tuple(row))
    return tuple(rows)


def _for_new_row(info: ModelInfo, column: FieldSchema, value: Any) -> Any:
    if not isinstance(value, Expression):
        return value
    return for_new_row(value, info.need().names, f"{info.model.__name__}.{column.name}")


def computed_in(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, ...]:
    """Those of `names` that hold an expression in some of the rows."""
    found = [name for row in rows for name, value in zip(names, row, strict=True) if isinstance(value, Expression)]
    return tuple(dict.fromkeys(found))


def parameters_of(connection: Connection, info: ModelInfo, names: tuple[str, ...], creating: bool) -> Parameters:
    """A function that takes instances and gives the parameters of all of their `names`, one instance after the other;
    made once for each database and kept.

    Generated: a value of the field's own type costs 0.05 us where a function that converts, one that checks and one
    that encodes it took 0.6. It raises what `stored_value` does, and Computed for an expression.
    """
    kept = connection.compiler.made
    key = (info.path, names, creating)
    made: Parameters | None = kept.get(key)
    if made is None:
        made = _generated(connection, [info.columns[name] for name in names], creating)
        connection.compiler.keep_made(key, made)
    return made


def _generated(connection: Connection, columns: list[FieldSchema], creating: bool) -> Parameters:
    codec = connection.compiler.codec
    careful = [partial(_parameter, column, codec.encoder(column.field), creating) for column in columns]
    scope: dict[str, Any] = {"refused": REFUSED, "careful": careful}
    lines, values = [], ""
    for at, column in enumerate(columns):
        scope |= {f"column{at}": careful[at], f"type{at}": plain_type(column.field)}
        slow = f"v{at} = column{at}(instance, connection)"
        values += f"v{at}, "
        if column.auto is not None or custom_conversion(column.field) or codec.is_custom(column.field):
            lines.append(f"            {slow}")
            continue
        lines += [f"            v{at} = instance.{column.name}", f"            if type(v{at}) is type{at}:"]
        lines += [f"                {line}" for line in quick_lines(at, column.field, codec, scope)]
        lines += [f"            elif v{at} is not None:" if column.null else "            else:"]
        lines.append(f"                {slow}")
    text = ["def parameters(instances, connection):", "    out = []", "    for instance in instances:", "        try:"]
    text += [*lines, f"            out += ({values})", "        except refused:"]
    text += ["            out += [each(instance, connection) for each in careful]", "    return out"]
    return generated("parameters", text, scope)


def parameters_of_many(connection: Connection, info: ModelInfo, names: tuple[str, ...], creating: bool) -> Parameters:
    """As `parameters_of`, for a list of many instances: column by column, which are looked at as a whole where that
    suffices. 2,100 instructions a row of three columns instead of 3,350."""
    kept = connection.compiler.made
    key = (info.path, names, creating, "many")
    made: Parameters | None = kept.get(key)
    if made is None:
        made = parameters_of(connection, info, names, creating)
        columns, codec = [info.columns[name] for name in names], connection.compiler.codec
        odd = any(each.auto or custom_conversion(each.field) or codec.is_custom(each.field) for each in columns)
        if columns and not odd:
            made = _by_columns(columns, codec, made)
        connection.compiler.keep_made(key, made)
    return made


def _by_columns(columns: list[FieldSchema], codec: Any, careful: Parameters) -> Parameters:
    """What takes the values of all columns in one loop, looks at one column after the other, and leaves all to
    `careful` once a value is unusual. A loop for each column, with `attrgetter`, takes 0.04 us more for three columns:
    Python knows the slots that a loop reads, and the processor fetches each instance once.
    """
    scope: dict[str, Any] = {"refused": REFUSED, "careful": careful}
    places = range(len(columns))
    lines = [f"given{at} = []" for at in places]
    lines += [f"add{at} = given{at}.append" for at in places]
    lines += [
        "for instance in instances:",
        *[f"    add{at}(instance.{column.name})" for at, column in enumerate(columns)],
    ]
    for at, column in enumerate(columns):
        scope[f"type{at}"] = plain_type(column.field)
        loop = [f"taken, given{at} = given{at}, []", f"for v{at} in taken:", f"    if type(v{at}) is type{at}:"]
        loop += [f"        {line}" for line in quick_lines(at, column.field, codec, scope)]
        loop += [f"    elif v{at} is not None:" if column.null else "    else:"]
        loop += ["        return careful(instances, connection)", f"    given{at}.append(v{at})"]
        odd = _odd_column(at, column.field, codec)
        if odd is None:
            lines += loop
        else:
            lines += [f"if list(map(type, given{at})).count(type{at}) != size{f' or {odd}' if odd else ''}:"]
            lines += [f"    {line}" for line in loop]
        lines.append(f"out[{at}::{len(columns)}] = given{at}")
    text = [
        "def parameters(instances, connection):",
        "    size = len(instances)",
        f"    out = [None] * (size * {len(columns)})",
    ]
    text += ["    try:", *[f"        {line}" for line in lines], "    except refused:"]
    return generated("parameters", [*text, "        return careful(instances, connection)", "    return out"], scope)


def _odd_column(at: int, field: Field[Any], codec: Any) -> str | None:
    """The condition under which the values of a column, all of the field's own type, have to be looked at one by one;
    None where they have to be in any case."""
    check, encode, given = checker(field), codec.direct(field), f"given{at}"
    if check is None and encode is None:
        return ""
    if field.validators or check != field.check:
        return None
    if type(field).check is IntField.check and isinstance(field, IntField) and encode is None:
        low, high = field.bounds
        return f"min({given}) < {low:d} or max({given}) > {high:d}"
    odd = f'not (joined := "".join({given})).isascii() or "\\0" in joined'
    if type(field).check is CharField.check and isinstance(field, CharField):
        return f"max(map(len, {given})) > {field.max_length:d} or {odd}"
    return odd if type(field).check is TextField.check and isinstance(field, TextField) else None


def quick_lines(at: int, field: Field[Any], codec: Any, scope: dict[str, Any]) -> list[str]:
    """What is done with a value of the field's own type: the usual limits are written out, a call costs 0.1 us."""
    lines, encode, check = [], codec.direct(field), checker(field)
    scope |= {f"encode{at}": encode, f"check{at}": check, "UTC": UTC}
    if check is not None and not (isinstance(field, DecimalField) and encode is not None and check == field.check):
        unusual = _unusual(at, field, check)
        lines += [f"if {unusual}:", f"    check{at}(v{at})"] if unusual else [f"check{at}(v{at})"]
        if unusual and encode is not None and isinstance(field, CharField | TextField):  # finds what is odd itself
            return [*lines, f"    encode{at}(v{at})"]
    if encode is not None:
        lines.append(f"v{at} = {codec.direct_text(field, f'v{at}', f'encode{at}(v{at})')}")
    return lines or ["pass"]


def _unusual(at: int, field: Field[Any], check: Callable[[Any], None]) -> str:
    """The condition under which a value has to be checked at all; nothing where that is always."""
    if field.validators or check != field.check:
        return ""
    if type(field).check is IntField.check and isinstance(field, IntField):
        low, high = field.bounds
        return f"not {max(low, -SHORT):d} <= v{at} <= {min(high, SHORT):d}"
    if type(field).check is TimeField.check:
        return f"v{at}.tzinfo is not None"
    odd = f'not v{at}.isascii() or "\\0" in v{at}'
    if type(field).check is CharField.check and isinstance(field, CharField):
        return f"len(v{at}) > {field.max_length:d} or {odd}"
    return odd if type(field).check is TextField.check else ""


def _parameter(column: FieldSchema, encode: Callable[[Any], Any], creating: bool, instance: Any, where: Any) -> Any:
    """One parameter, whatever the value is."""
    value = stored_value(instance, column, where, creating)
    if isinstance(value, Expression):
        raise Computed
    return where.compiler.codec.encoded(encode, value, f"{type(instance).__name__}.{column.name}")


def custom_conversion(field: Field[Any]) -> bool:
    """Whether the user's own code converts values."""
    return type(field).to_python_value is not base_type(field).to_python_value


def checker(field: Field[Any]) -> Callable[[Any], None] | None:
    """The function that checks values of a field; None where every value is fine."""
    if field.validators or type(field).validate is not Field.validate:
        return field.validate
    return None if type(field).check is Field.check else field.check
