"""What asyncpg raises, as exceptions of ormgen."""

from __future__ import annotations

import ssl
from typing import Final

import asyncpg

from ormgen.drivers.python_errors import LOST, UNREACHED, translate_python
from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
    UnSupportedError,
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
READ_ONLY: Final = "25006"
RETRYABLE: Final = frozenset(("40001", "40P01", "55P03"))
DISCONNECTED: Final = frozenset(
    ("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "53300", "28000", "28P01")
)
VIOLATED: Final = frozenset(("40002",))  # besides those that begin with 23
PREPARED_ELSEWHERE: Final = frozenset(("26000", "42P05"))
IN_FAILED_TRANSACTION: Final = "25P02"
COME_BACK_LATER: Final = frozenset(("57P03", "53300"))
STALE: Final = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
TYPE_GONE: Final = "cache lookup failed for type"  # of a statement prepared before the type was made anew
UNSUPPORTED: Final = (asyncpg.UnsupportedClientFeatureError, asyncpg.exceptions.UnsupportedServerFeatureError)


def translate(error: BaseException) -> BaseException:
    """The exception of ours; one of ours already, a cancellation or an exit stays what it is."""
    if isinstance(error, BaseORMException) or not isinstance(error, Exception):
        return error
    state: str | None = getattr(error, "sqlstate", None)
    text = str(error) or type(error).__name__
    if state is None:
        return translate_without_state(error, text)
    if state in PREPARED_ELSEWHERE:
        text = (
            f"{getattr(error, 'message', text)}"
            '; is there a pooler in transaction mode before the server? then set pooler="transaction"'
        )
    if state.startswith("23") or state in VIOLATED:
        return IntegrityError(text, sqlstate=state, constraint=constraint_of(error))
    if state.startswith("08") or state in DISCONNECTED:
        return DBConnectionError(text, sqlstate=state, retryable=state in COME_BACK_LATER)
    if state == IN_FAILED_TRANSACTION:
        return TransactionManagementError(text)
    return OperationalError(text, sqlstate=state, retryable=state in RETRYABLE or is_stale(error))


def is_stale(error: BaseException) -> bool:
    """Whether what the session knows of types or of results is out of date: it learns anew, and may be asked again."""
    return isinstance(error, STALE) or (isinstance(error, asyncpg.InternalServerError) and TYPE_GONE in str(error))


def constraint_of(error: Exception) -> str | None:
    """The name of the constraint; of a NOT NULL, which has none, the column."""
    name: str | None = getattr(error, "constraint_name", None)
    if name is None and getattr(error, "column_name", None):
        return f"{getattr(error, 'table_name', '')}.{getattr(error, 'column_name', '')}"
    return name


def translate_without_state(error: Exception, text: str) -> BaseORMException:
    """The exception for what asyncpg raises of itself, and Python beneath it."""
    if isinstance(error, asyncpg.ClientConfigurationError):
        return ConfigurationError(text)
    if isinstance(error, UNSUPPORTED):
        return UnSupportedError(text)
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return DBConnectionError(text, sqlstate=UNREACHED, retryable=True)
    if isinstance(error, asyncpg.InterfaceError) and "connection is closed" in text:
        return DBConnectionError(text, sqlstate=LOST)
    if isinstance(error, asyncpg.InternalClientError) and "cannot switch to state" in text:
        # The server has said that it ends the session, and asyncpg did not send the statement.
        return DBConnectionError("the server is closing this connection", sqlstate=LOST, retryable=True)
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return OperationalError(text, retryable=isinstance(error, STALE))
    return translate_python(error) or OperationalError(text)


def translate_connecting(error: Exception, target: str) -> BaseORMException:
    """The exception for a connection that could not be opened; `target` names it without a password."""
    text = f"cannot connect to {target}: {str(error) or type(error).__name__}"
    if isinstance(error, ssl.SSLError):  # a certificate that is not trusted is a ValueError, too
        return DBConnectionError(text, sqlstate=UNREACHED)
    if isinstance(error, asyncpg.ClientConfigurationError | TypeError | ValueError):
        return ConfigurationError(text)
    state: str | None = getattr(error, "sqlstate", None)
    later = (
        isinstance(error, OSError | asyncpg.TargetServerAttributeNotMatched)
        or state in COME_BACK_LATER
        or (state or "").startswith("08")
    )
    return DBConnectionError(text, sqlstate=state or UNREACHED, retryable=later)
