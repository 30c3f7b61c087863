"""What asyncpg raises, as exceptions of ormgen."""

from __future__ import annotations

import ssl

import asyncpg

from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
RETRYABLE = frozenset(("40001", "40P01", "55P03"))
DISCONNECTED = frozenset(("57P01", "57P02", "57P03", "57P05", "25P03", "53300"))
PREPARED_ELSEWHERE = frozenset(("26000", "42P05"))
IN_FAILED_TRANSACTION = "25P02"
COME_BACK_LATER = frozenset(("57P03", "53300"))


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
    if state.startswith("23"):
        return IntegrityError(text, sqlstate=state, constraint=getattr(error, "constraint_name", None))
    if state.startswith("08") or state in DISCONNECTED:
        return DBConnectionError(text, sqlstate=state)
    if state == IN_FAILED_TRANSACTION:
        return TransactionManagementError(text)
    return OperationalError(text, sqlstate=state, retryable=state in RETRYABLE)


def translate_without_state(error: Exception, text: str) -> BaseORMException:
    if isinstance(error, TimeoutError):
        return OperationalError("the statement took longer than `command_timeout`", sqlstate="57014")
    if isinstance(error, OSError):
        return DBConnectionError(text)
    if isinstance(error, asyncpg.InterfaceError) and "connection is closed" in text:
        return DBConnectionError(text)
    if isinstance(error, asyncpg.InternalClientError) and "cannot switch to state" in text:
        # The server has said that it ends the session, and asyncpg did not send the statement.
        return DBConnectionError("the server is closing this connection", retryable=True)
    return OperationalError(text)


def translate_connecting(error: Exception, target: str) -> BaseORMException:
    """The exception for a connection that could not be opened; `target` names it without a password."""
    if isinstance(error, ssl.SSLError):  # a certificate that is not trusted is a ValueError, too
        return DBConnectionError(f"cannot connect to {target}: {error}")
    if isinstance(error, asyncpg.ClientConfigurationError | TypeError | ValueError):
        return ConfigurationError(f"cannot connect to {target}: {error}")
    state: str | None = getattr(error, "sqlstate", None)
    later = isinstance(error, OSError) or state in COME_BACK_LATER or (state or "").startswith("08")
    text = str(error) or type(error).__name__
    return DBConnectionError(f"cannot connect to {target}: {text}", sqlstate=state, retryable=later)
