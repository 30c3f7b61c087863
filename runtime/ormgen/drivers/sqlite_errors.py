"""What sqlite3 raises, as exceptions of ormgen; SQLSTATEs are those PostgreSQL has for the same."""

from __future__ import annotations

import sqlite3
from typing import Final

from ormgen.drivers.python_errors import LOST, UNREACHED, translate_python
from ormgen.exceptions import (
    BaseORMException,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    UnSupportedError,
)

# https://www.sqlite.org/rescode.html: an extended code ends in its primary one; Python does not know all their names
BUSY, LOCKED, READ_ONLY, CONSTRAINT, PROTOCOL = 5, 6, 8, 19, 15
CANNOT_OPEN, NO_DATABASE = 14, 26
IN_WAL_MODE: Final = (
    "a file in WAL mode is read where its folder may be written, or with `immutable=1` where nobody writes to it"
)
STATES: Final = {
    1: "42000", 2: "XX000", 3: "42501", 4: "40000", BUSY: "55P03", LOCKED: "55P03", 7: "53200", READ_ONLY: "25006",
    9: "57014", 10: "58030", 11: "XX001", 12: "XX000", 13: "53100", CANNOT_OPEN: UNREACHED, PROTOCOL: "55P03",
    16: "XX000", 17: "55000", 18: "54000", CONSTRAINT: "23000", 20: "42804", 21: "XX000", 22: "58030", 23: "42501",
    24: "XX000", 25: "22023", NO_DATABASE: UNREACHED,
}  # fmt: skip
EXTENDED: Final = {
    517: "40001",  # BUSY_SNAPSHOT: another transaction has written what this one has read
    275: "23514", 787: "23503", 1299: "23502", 1555: "23505", 2067: "23505", 2579: "23505",
}  # fmt: skip
# what SQLite says with its code for anything wrong with a statement, by its text
TEXTS: Final = (
    ("no such table", "42P01"), ("no such column", "42703"), ("has no column named", "42703"),
    ("syntax error", "42601"), ("incomplete input", "42601"), ("unrecognized token", "42601"),
    ("no such function", "42883"), ("wrong number of arguments", "42883"), ("ambiguous column name", "42702"),
    ("already exists", "42P07"), ("too many SQL variables", "54023"), ("integer overflow", "22003"),
    ("malformed JSON", "22032"), ("JSON path error", "22032"), ("no such savepoint", "3B001"),
    ("within a transaction", "25001"), ("no transaction is active", "25P01"), ("no such collation", "42704"),
    ("parser stack overflow", "54001"), ("Expression tree is too large", "54001"), ("too many terms", "54001"),
)  # fmt: skip
WAITING: Final = frozenset((BUSY, LOCKED, PROTOCOL))
UNREACHABLE: Final = frozenset((CANNOT_OPEN, NO_DATABASE))
CLOSED: Final = ("closed database", "no active connection", "Connection closed")


def error_code(error: BaseException) -> int:
    """The extended result code; 0 where SQLite has not spoken."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def is_waiting(error: BaseException) -> bool:
    """Whether somebody else holds a lock."""
    return error_code(error) & 255 in WAITING


def translate(error: BaseException) -> BaseException:
    """The exception of ours; one of ours already, a cancellation or an exit stays what it is.

    `constraint` is what SQLite names: the name of a CHECK, the columns of a UNIQUE or NOT NULL.
    """
    if isinstance(error, BaseORMException) or not isinstance(error, Exception):
        return error
    text = str(error) or type(error).__name__
    code = error_code(error)
    if not code:
        return translate_without_code(error, text)
    base = code & 255
    state = EXTENDED.get(code) or STATES.get(base)
    if base == CONSTRAINT:
        return IntegrityError(text, sqlstate=state, constraint=text.partition(" failed: ")[2] or None)
    if base in UNREACHABLE:
        return DBConnectionError(text, sqlstate=state)
    if base == 1:
        state = next((found for part, found in TEXTS if part in text), state)
    return OperationalError(text, sqlstate=state, retryable=base in WAITING)


def translate_without_code(error: Exception, text: str) -> BaseORMException:
    """The exception for what Python says of a call, before SQLite hears of it."""
    if any(part in text for part in CLOSED):
        return DBConnectionError(text, sqlstate=LOST)
    if isinstance(error, sqlite3.NotSupportedError):
        return UnSupportedError(text)
    if isinstance(error, sqlite3.DataError):
        return OperationalError(text, sqlstate="54000")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return OperationalError(text, sqlstate="22023")
    return translate_python(error) or OperationalError(text)


def translate_connecting(error: Exception, path: str) -> BaseORMException:
    """The exception for a database that could not be opened."""
    known = translate(error)
    told = known if isinstance(known, OperationalError) else OperationalError()
    hint = f"; {IN_WAL_MODE}" if error_code(error) & 255 == READ_ONLY and "immutable=1" not in path else ""
    return DBConnectionError(
        f"cannot open the SQLite database {path}: {error}{hint}",
        sqlstate=told.sqlstate or UNREACHED,
        retryable=told.retryable,
    )
