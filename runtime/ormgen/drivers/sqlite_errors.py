"""What sqlite3 raises, as exceptions of ormgen; SQLSTATEs are those PostgreSQL has for the same."""

from __future__ import annotations

from ormgen.exceptions import BaseORMException, DBConnectionError, IntegrityError, OperationalError

STATES = {
    "SQLITE_CONSTRAINT_UNIQUE": "23505",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "23505",
    "SQLITE_CONSTRAINT_ROWID": "23505",
    "SQLITE_CONSTRAINT_NOTNULL": "23502",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "23503",
    "SQLITE_CONSTRAINT_CHECK": "23514",
    "SQLITE_CONSTRAINT": "23000",
    "SQLITE_BUSY": "55P03",
    "SQLITE_LOCKED": "55P03",
    "SQLITE_INTERRUPT": "57014",
    "SQLITE_READONLY": "25006",
    "SQLITE_FULL": "53100",
}
UNREACHABLE = frozenset(("SQLITE_CANTOPEN", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_IOERR"))


def error_name(error: BaseException) -> str:
    name: str = getattr(error, "sqlite_errorname", None) or ""
    return name


def base_name(name: str) -> str:
    """The primary result code in an extended one: SQLITE_BUSY in SQLITE_BUSY_SNAPSHOT."""
    return "_".join(name.split("_")[:2])


def translate(error: BaseException) -> BaseException:
    """The exception of ours; one of ours already, a cancellation or an exit stays what it is.

    `constraint` is what SQLite names: the name of a CHECK, the columns of a UNIQUE or NOT NULL.
    """
    if isinstance(error, BaseORMException) or not isinstance(error, Exception):
        return error
    text = str(error) or type(error).__name__
    name = error_name(error)
    base = base_name(name)
    state = STATES.get(name) or STATES.get(base)
    if base == "SQLITE_CONSTRAINT":
        return IntegrityError(text, sqlstate=state, constraint=text.partition(" failed: ")[2] or None)
    if base in UNREACHABLE:
        return DBConnectionError(text, sqlstate=state)
    return OperationalError(text, sqlstate=state, retryable=base in ("SQLITE_BUSY", "SQLITE_LOCKED"))


def translate_connecting(error: Exception, path: str) -> BaseORMException:
    """The exception for a database that could not be opened."""
    translated = translate(error)
    retryable = isinstance(translated, OperationalError) and translated.retryable
    return DBConnectionError(f"cannot open the SQLite database {path}: {error}", retryable=retryable)
