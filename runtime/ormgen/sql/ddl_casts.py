"""How stored values of one column type become those of another, and which values cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ormgen.exceptions import UnSupportedError
from ormgen.records import dataclass
from ormgen.schema.column_types import PRODUCTS, column_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.field_types import DecimalField, IntField
from ormgen.schema.native_enums import NativeEnum
from ormgen.sql.ddl_enums import column_enum
from ormgen.sql.ddl_text import quote_text

_WHOLE: Final = "^[+-]?[0-9]+$"
_NUMBER: Final = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$"
_UUID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_KINDS: Final = {
    "CharField": "text",
    "TextField": "text",
    "CharEnumField": "text",
    "IntField": "whole",
    "BigIntField": "whole",
    "SmallIntField": "whole",
    "IntEnumField": "whole",
    "TimeDeltaField": "whole",
    "BooleanField": "bool",
    "FloatField": "float",
    "DecimalField": "decimal",
    "DateField": "date",
    "DatetimeField": "datetime",
    "TimeField": "time",
    "UUIDField": "uuid",
    "JSONField": "json",
    "BinaryField": "bytes",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """`expression` makes the new value of the old one; `bad` is true for values that have none, "" if all have one."""

    expression: str = "{}"
    bad: str = ""


def cast_of(before: FieldSchema, after: FieldSchema, dialect: str, label: str) -> Cast:
    """How values of `before` become values of `after`.

    Raises:
        UnSupportedError: nothing says how.
    """
    old, new = column_type(before, dialect), column_type(after, dialect)
    enums = column_enum(before, dialect), column_enum(after, dialect)
    textual = {_KINDS.get(before.type), _KINDS.get(after.type)} == {"text"}
    if (enums[0] or enums[1]) and textual:
        return _enums(before, after, dialect, *enums)
    if enums[0] or enums[1]:
        raise _unknown(before, after, dialect, label)
    kinds = _KINDS.get(before.type, before.type), _KINDS.get(after.type, after.type)
    found = _CASTS.get(kinds)
    if found is not None:
        return found(before, after, dialect)
    if before.type == after.type or (old == new and "enum" not in kinds):
        return Cast()
    raise _unknown(before, after, dialect, label)


def _unknown(before: FieldSchema, after: FieldSchema, dialect: str, label: str) -> UnSupportedError:
    old, new = column_type(before, dialect), column_type(after, dialect)
    return UnSupportedError(
        f"{label}: nothing says how {before.type} ({old}) becomes {after.type} ({new}) on {PRODUCTS[dialect]}; "
        "add another field, fill it with RunPython, and remove this one"
    )


def _enums(
    before: FieldSchema, after: FieldSchema, dialect: str, old: NativeEnum | None, new: NativeEnum | None
) -> Cast:
    """Text from and to enum types of the database, and from one to another."""
    written = "{}::text" if dialect == "postgres" else "{}"
    if new is None:
        limit, longest = _length(after), max(map(len, old.values), default=0) if old is not None else 0
        bad = "" if limit is None or longest <= limit else f"{_characters(dialect)}({written}) > {limit}"
        return Cast(written, bad)
    made = f"{{}}::text::{column_type(after, dialect)}" if dialect == "postgres" else "{}"
    if old is None:
        return Cast(made, _outside_of(new.values, written, "NOT IN", dialect))
    gone = [value for value in old.values if value not in new.values]
    return Cast(made, _outside_of(gone, written, "IN", dialect) if gone else "")


def _outside_of(values: Sequence[str], term: str, operator: str, dialect: str) -> str:
    binary = "BINARY " if dialect == "mysql" else ""
    listed = ", ".join(quote_text(value, dialect) for value in values) or "NULL"
    listed = listed.replace("{}", "{'\n'}")  # the same text, without the mark of the column
    return f"{binary}{term} {operator} ({listed})"


def _matches(pattern: str, dialect: str) -> str:
    operator = "~" if dialect == "postgres" else "REGEXP"
    return f"{{}} {operator} '{pattern}'"


def _length(column: FieldSchema) -> int | None:
    found = dict(column.options).get("max_length")
    return found if isinstance(found, int) else None


def _text(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    limit, now = _length(after), _length(before)
    if limit is None or (now is not None and now <= limit):
        return Cast()
    return Cast(bad=f"{_characters(dialect)}({{}}) > {limit}")


def _characters(dialect: str) -> str:
    return "CHAR_LENGTH" if dialect == "mysql" else "LENGTH"


def _bounds(column: FieldSchema) -> tuple[int, int]:
    found = getattr(column.field, "bounds", IntField.bounds)
    return found if column.type != "TimeDeltaField" else (-(2**63), 2**63 - 1)


def _outside(term: str, bounds: tuple[int, int]) -> str:
    return f"{term} NOT BETWEEN {bounds[0]} AND {bounds[1]}"


def _whole(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    low, high = _bounds(after)
    if low <= _bounds(before)[0] and _bounds(before)[1] <= high:
        return Cast()
    return Cast(bad=_outside("{}", (low, high)))


def _as_text(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    written = {"postgres": "{}::text", "sqlite": "CAST({} AS TEXT)", "mysql": "{}"}[dialect]
    limit = _length(after)
    measured = "CAST({} AS CHAR)" if dialect == "mysql" else written
    return Cast(written, "" if limit is None else f"{_characters(dialect)}({measured}) > {limit}")


def _text_whole(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    number = {"postgres": "{}::numeric", "sqlite": "CAST({} AS REAL)", "mysql": "CAST({} AS DECIMAL(65))"}[dialect]
    low, high = _bounds(after)
    if dialect == "sqlite" and high == 2**63 - 1:
        high -= 1023  # what is more is no longer exact as a float
    bad = f"CASE WHEN {_matches(_WHOLE, dialect)} THEN {_outside(number, (low, high))} ELSE TRUE END"
    made = {"postgres": f"{{}}::{column_type(after, dialect)}", "sqlite": "CAST({} AS INTEGER)", "mysql": "{}"}
    return Cast(made[dialect], bad)


def _to_float(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    made = {"postgres": "{}::double precision", "sqlite": "CAST({} AS REAL)", "mysql": "{}"}[dialect]
    is_text = _KINDS.get(before.type) == "text"
    return Cast(made, f"NOT ({_matches(_NUMBER, dialect)})" if is_text else "")


def _to_decimal(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    field = after.field
    assert isinstance(field, DecimalField)
    made = {
        "postgres": f"{{}}::{column_type(after, dialect)}",
        "sqlite": f"ormgen_decimal({{}}, {field.decimal_places})",
        "mysql": "{}",
    }[dialect]
    number = {"postgres": "{}::numeric", "sqlite": "CAST({} AS REAL)", "mysql": "CAST({} AS DECIMAL(65, 30))"}[dialect]
    big = f"ABS({number}) >= 1e{field.max_digits - field.decimal_places}"
    kind = _KINDS.get(before.type)
    if kind == "decimal":
        big += f" OR ROUND({number}, {field.decimal_places}) <> {number}"
    if kind != "text":
        return Cast(made, big)
    return Cast(made, f"CASE WHEN {_matches(_NUMBER, dialect)} THEN {big} ELSE TRUE END")


def _number_whole(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    number = {"postgres": "{}::numeric", "sqlite": "CAST({} AS REAL)", "mysql": "{}"}[dialect]
    bad = f"ROUND({number}) <> {number} OR {_outside(number, _bounds(after))}"
    made = {"postgres": f"{{}}::{column_type(after, dialect)}", "sqlite": "CAST({} AS INTEGER)", "mysql": "{}"}
    return Cast(made[dialect], bad)


def _whole_bool(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    return Cast("({} <> 0)" if dialect == "postgres" else "{}", "{} NOT IN (0, 1)")


def _bool_whole(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    return Cast(f"{{}}::int::{column_type(after, dialect)}" if dialect == "postgres" else "{}")


def _text_uuid(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    return Cast("{}::uuid" if dialect == "postgres" else "{}", f"NOT ({_matches(_UUID, dialect)})")


def _text_date(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    bad = f"NOT ({_matches(_DATE, dialect)})" + (" OR date({}) IS NULL" if dialect == "sqlite" else "")
    return Cast("{}::date" if dialect == "postgres" else "{}", bad)


def _text_json(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    if dialect == "postgres":
        return Cast("{}::jsonb")
    return Cast(bad=f"NOT {'JSON_VALID' if dialect == 'mysql' else 'json_valid'}({{}})")


def _date_datetime(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    made = {"postgres": "{}::timestamp AT TIME ZONE 'UTC'", "sqlite": "{} || ' 00:00:00+00:00'", "mysql": "{}"}
    return Cast(made[dialect])


def _datetime_date(before: FieldSchema, after: FieldSchema, dialect: str) -> Cast:
    made = {"postgres": "({} AT TIME ZONE 'UTC')::date", "sqlite": "substr({}, 1, 10)", "mysql": "{}"}
    late = {
        "postgres": "({} AT TIME ZONE 'UTC')::time <> '00:00'",
        "sqlite": "substr({}, 12) NOT IN ('00:00:00+00:00', '')",
        "mysql": "TIME({}) <> CAST('00:00:00' AS TIME)",
    }
    return Cast(made[dialect], late[dialect])


_CASTS: Final[dict[tuple[str, str], Callable[[FieldSchema, FieldSchema, str], Cast]]] = {
    ("text", "text"): _text,
    ("whole", "whole"): _whole,
    ("whole", "text"): _as_text,
    ("whole", "float"): _to_float,
    ("whole", "decimal"): _to_decimal,
    ("whole", "bool"): _whole_bool,
    ("bool", "whole"): _bool_whole,
    ("text", "whole"): _text_whole,
    ("text", "float"): _to_float,
    ("text", "decimal"): _to_decimal,
    ("text", "uuid"): _text_uuid,
    ("text", "date"): _text_date,
    ("text", "json"): _text_json,
    ("uuid", "text"): _as_text,
    ("date", "text"): _as_text,
    ("json", "text"): _as_text,
    ("decimal", "text"): _as_text,
    ("decimal", "decimal"): _to_decimal,
    ("decimal", "float"): _to_float,
    ("float", "decimal"): _to_decimal,
    ("float", "whole"): _number_whole,
    ("decimal", "whole"): _number_whole,
    ("date", "datetime"): _date_datetime,
    ("datetime", "date"): _datetime_date,
}
