"""Names, literals and comments inside the text of a table definition, which cannot have parameters."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from ormgen.exceptions import ConfigurationError, UnSupportedError, ValidationError
from ormgen.schema.column_types import column_type
from ormgen.schema.db_defaults import Now, SqlDefault
from ormgen.schema.field import FieldSchema
from ormgen.schema.lookups import Family
from ormgen.sql.values import Codec
from ormgen.sql.zone import Zone

LONGEST_NAME = 63
_QUOTES = {"sqlite": '"', "postgres": '"', "mysql": "`"}
_COMMENT_LIMITS = {"table": 2048, "column": 1024}  # of MySQL and MariaDB, in characters
_ON_UPDATE = re.compile(r"(.+?)(\s+ON\s+UPDATE\s+[\w()]+)", re.IGNORECASE | re.DOTALL)
_PLAIN_DEFAULT = re.compile(r"[-+]?\w[\w.]*|'(?:[^']|'')*'|CURRENT_TIMESTAMP\(\d\)|\([^()]*\)", re.IGNORECASE)
_NEEDS_BRACKETS = frozenset({"TextField", "JSONField", "BinaryField"})


def quote_name(name: str, dialect: str) -> str:
    """`name` as an identifier, whatever characters are in it."""
    quote = _QUOTES[dialect]
    return f"{quote}{_without_nul(name).replace(quote, quote * 2)}{quote}"


def quote_names(names: Sequence[str], dialect: str) -> str:
    """Several identifiers, separated by commas."""
    return ", ".join(quote_name(name, dialect) for name in names)


def quote_text(text: str, dialect: str) -> str:
    """`text` as a string literal.

    On MySQL it counts on backslashes being escapes there, which only the mode NO_BACKSLASH_ESCAPES changes.
    """
    quoted = _without_nul(text).replace("'", "''")
    if "\\" not in text or dialect == "sqlite":
        return f"'{quoted}'"
    # In PostgreSQL E'' reads the same whatever standard_conforming_strings is.
    return ("E'" if dialect == "postgres" else "'") + quoted.replace("\\", "\\\\") + "'"


def quote_comment(text: str, kind: str) -> str:
    """`text` as MySQL's comment on a "table" or "column", cut where the server would refuse it."""
    return quote_text(text[: _COMMENT_LIMITS[kind]], "mysql")


def inline_comment(text: str) -> str:
    """`text` between the marks of an SQL comment, which it cannot end early."""
    return f"/* {_without_nul(text).replace('*/', '* /')} */"


def constraint_name(prefix: str, table: str, columns: Sequence[str], *more: str) -> str:
    """`prefix_table_columns_hash`: the same for the same input, different for another, at most 63 bytes long."""
    digest = hashlib.sha256("\0".join((table, *columns, *more)).encode()).hexdigest()[:8]
    readable = "_".join((prefix, table, *columns)).encode()[: LONGEST_NAME - len(digest) - 1]
    return f"{readable.decode(errors='ignore')}_{digest}"


def default_sql(column: FieldSchema, dialect: str) -> str:
    """The value that the database itself gives `column`, as SQL, in the form in which a written value is stored.

    Raises:
        ConfigurationError: it cannot be written as SQL, or cannot be a value of this column.
    """
    described = column.db_default
    default = described.value if described.kind == "value" else column.field.db_default
    if isinstance(default, Now):
        return _now(column.family, dialect)
    if isinstance(default, SqlDefault):
        return _computed(default.get_sql(dialect=dialect), dialect)
    try:
        stored = Codec(dialect, Zone(use_tz=False)).encoder(column.field)(default)
    except ValidationError as error:
        raise ConfigurationError(f"{column.name}: db_default: {error}") from error
    if isinstance(stored, list):
        items = ", ".join(literal_sql(column.name, item, dialect) for item in stored)
        return f"ARRAY[{items}]::{column_type(column, dialect)}"
    literal = literal_sql(column.name, stored, dialect)
    return f"({literal})" if dialect == "mysql" and column.type in _NEEDS_BRACKETS else literal


def _now(family: Family, dialect: str) -> str:
    """The moment of the INSERT in the form in which the column keeps moments, days or times of day."""
    if family is Family.DATE:
        return "(CURRENT_DATE)"
    if family is Family.TIME:
        return "(CURRENT_TIME)"
    if dialect == "mysql":
        return "CURRENT_TIMESTAMP(6)"
    if dialect == "postgres":
        return "CURRENT_TIMESTAMP"
    # Python writes no fraction where there is none, and moments are compared as text there.
    return "(replace(strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'), '.000000', ''))"


def _computed(sql: str, dialect: str) -> str:
    """SQL text as a default: what is more than a word stands in brackets, which SQLite and MySQL ask for.

    `ON UPDATE …` of MariaDB and MySQL, which sets a moment whenever a row changes, stays behind them.
    """
    text, behind = _without_nul(sql).strip(), ""
    if dialect == "mysql" and (updated := _ON_UPDATE.fullmatch(text)):
        text, behind = updated[1], updated[2]
    return (text if _PLAIN_DEFAULT.fullmatch(text) else f"({text})") + behind


def literal_sql(name: str, value: Any, dialect: str) -> str:
    """A stored value as SQL; `name` says in errors what it belongs to.

    Raises:
        ConfigurationError: it cannot be written as SQL.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper() if dialect == "postgres" else str(int(value))
        case float() if not math.isfinite(value):
            raise ConfigurationError(f"{name}: db_default is {value}, which is not a finite number")
        case int() | float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case Enum():
            return literal_sql(name, value.value, dialect)
        case str() | date() | time() | UUID():
            return quote_text(str(value), dialect)
        case bytes():
            return rf"'\x{value.hex()}'" if dialect == "postgres" else f"X'{value.hex()}'"
    raise ConfigurationError(f"{name}: db_default: {type(value).__name__} cannot be written as SQL")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ConfigurationError(f"{text!r}: SQL text cannot hold a NUL character")
    return text


def stored_name(name: str, dialect: str) -> str:
    """A name as the database keeps it: PostgreSQL cuts off what is behind 63 bytes."""
    return name.encode()[:63].decode(errors="ignore") if dialect == "postgres" else name


def refuse_long(names: Iterable[str], dialect: str, label: str) -> None:
    """Refuse names that MySQL and MariaDB do not take, before anything is run.

    Raises:
        UnSupportedError: there is one.
    """
    for name in names if dialect == "mysql" else ():
        if len(name) > 64:
            hint = "shorten it with Meta.table, through or source_field"
            raise UnSupportedError(f'{label}: "{name}" has {len(name)} letters; MySQL and MariaDB take 64; {hint}')
