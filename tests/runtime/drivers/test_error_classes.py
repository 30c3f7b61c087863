"""Every error of a driver, its library or Python beneath it has one class of ormgen, as the docs list them."""

import asyncio
import inspect
import socket
import sqlite3
import ssl
from collections.abc import Callable
from typing import Any

import asyncmy.errors
import asyncpg.exceptions
import pytest
from asyncmy.constants import CR, ER

from ormgen.drivers import mysql_errors, postgres_errors, sqlite_errors
from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
    UnSupportedError,
)

pytestmark = pytest.mark.feature(252)

LOST = frozenset("57P01 57P02 57P03 57P04 57P05 25P03 25P04 53300 28000 28P01".split())
AGAIN = frozenset("40001 40P01 55P03 57P03 53300".split())
OF_ASYNCPG: dict[str, tuple[type[BaseORMException], bool]] = {
    "ClientConfigurationError": (ConfigurationError, False),
    "InFailedSQLTransactionError": (TransactionManagementError, False),
    "InvalidCachedStatementError": (OperationalError, True),
    "OutdatedSchemaCacheError": (OperationalError, True),
    "TargetServerAttributeNotMatched": (DBConnectionError, True),
    "TransactionIntegrityConstraintViolationError": (IntegrityError, False),
    "UnsupportedClientFeatureError": (UnSupportedError, False),
    "UnsupportedServerFeatureError": (UnSupportedError, False),
}
ASYNCPG = sorted(
    name
    for name, kind in vars(asyncpg.exceptions).items()
    if inspect.isclass(kind) and issubclass(kind, Exception) and not name.startswith("_")
)


def same(found: Any, kind: type[Any], retryable: bool, state: str | None) -> None:
    assert type(found) is kind
    assert getattr(found, "retryable", False) is retryable
    if kind not in (ConfigurationError, TransactionManagementError, UnSupportedError):
        assert found.sqlstate == state


@pytest.mark.parametrize("name", ASYNCPG)
def test_asyncpg(name: str) -> None:
    kind = getattr(asyncpg.exceptions, name)
    state = getattr(kind, "sqlstate", None)
    usual: type[BaseORMException] = OperationalError
    if state is not None and state.startswith("23"):
        usual = IntegrityError
    if state is not None and (state.startswith("08") or state in LOST):
        usual = DBConnectionError
    expected, retryable = OF_ASYNCPG.get(name, (usual, state in AGAIN))
    state = "08001" if name == "TargetServerAttributeNotMatched" else state
    same(postgres_errors.translate(kind("it went wrong")), expected, retryable, state)


def test_there_are_as_many_as_we_know() -> None:
    assert len(ASYNCPG) > 240
    assert set(OF_ASYNCPG) <= set(ASYNCPG)


NUMBERS = {value: name for name, value in vars(ER).items() if isinstance(value, int)}
VIOLATIONS = {
    "23505": "DUP_KEY DUP_ENTRY DUP_UNIQUE",
    "23502": "BAD_NULL_ERROR WARN_NULL_TO_NOTNULL NO_DEFAULT_FOR_FIELD INVALID_USE_OF_NULL",
    "23503": "NO_REFERENCED_ROW ROW_IS_REFERENCED NO_REFERENCED_ROW_2 ROW_IS_REFERENCED_2",
    "23514": "CONSTRAINT_FAILED",
}
UNREACHABLE = """CON_COUNT_ERROR BAD_HOST_ERROR HANDSHAKE_ERROR ACCESS_DENIED_ERROR UNKNOWN_COM_ERROR SERVER_SHUTDOWN
NORMAL_SHUTDOWN SHUTDOWN_COMPLETE FORCING_CLOSE HOST_IS_BLOCKED HOST_NOT_PRIVILEGED ABORTING_CONNECTION NET_READ_ERROR
NET_READ_INTERRUPTED NET_ERROR_ON_WRITE NET_WRITE_INTERRUPTED NEW_ABORTING_CONNECTION TOO_MANY_USER_CONNECTIONS
USER_LIMIT_REACHED NOT_SUPPORTED_AUTH_MODE SERVER_IS_IN_SECURE_AUTH_MODE""".split()
REPEATED = {"LOCK_WAIT_TIMEOUT": "55P03", "LOCK_DEADLOCK": "40P01", "CHECKREAD": "40001"}


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_mysql(number: int) -> None:
    name = NUMBERS[number]
    error = raised(number)
    violated = next((state for state, names in VIOLATIONS.items() if name in names.split()), None)
    found: Any = mysql_errors.translate(error)
    if violated is not None:
        same(found, IntegrityError, False, violated)
    elif name in UNREACHABLE:
        same(found, DBConnectionError, False, found.sqlstate)
    else:
        same(found, OperationalError, name in REPEATED, REPEATED.get(name, found.sqlstate))
    assert found.sqlstate is not None
    assert len(found.sqlstate) == 5


def raised(number: int) -> Exception:
    """What asyncmy makes of that number from a server that has no better SQLSTATE."""
    try:
        asyncmy.errors.raise_mysql_exception(b"\xff" + number.to_bytes(2, "little") + b"#HY000it went wrong")
    except asyncmy.errors.MySQLError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("number", sorted({value for value in vars(CR).values() if isinstance(value, int)}))
def test_the_numbers_of_asyncmy_itself(number: int) -> None:
    same(
        mysql_errors.translate(asyncmy.errors.OperationalError(number, "it went wrong")),
        DBConnectionError,
        False,
        "08006",
    )


@pytest.mark.parametrize(
    "name", [name for name, kind in vars(asyncmy.errors).items() if inspect.isclass(kind) and "Error" in name]
)
def test_classes_of_asyncmy_without_a_number(name: str) -> None:
    kind = getattr(asyncmy.errors, name)
    expected = UnSupportedError if name == "NotSupportedError" else OperationalError
    same(mysql_errors.translate(kind("it went wrong")), expected, False, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Duplicate entry 'for key 'evil'' for key 'team.name'", "name"),
        ("Duplicate entry 'CONSTRAINT `evil`' for key 'name'", "name"),
        ("CONSTRAINT `score_range` failed for `a`.`team`", "score_range"),
        ("Check constraint 'score_range' is violated.", "score_range"),
        ("a foreign key constraint fails (`a`.`hero`, CONSTRAINT `hero_team` FOREIGN KEY (`t`) …)", "hero_team"),
        ("Column 'name' cannot be null", "name"),
        ("Field 'name' doesn't have a default value", "name"),
        ("something else", None),
    ],
)
def test_names_of_constraints_on_mysql(text: str, name: str | None) -> None:
    assert mysql_errors.constraint_name(text) == name


# the primary codes of https://www.sqlite.org/rescode.html, and the extended ones that mean something of their own
PRIMARY: dict[int, tuple[type[BaseORMException], bool, str]] = {
    1: (OperationalError, False, "42000"),
    2: (OperationalError, False, "XX000"),
    3: (OperationalError, False, "42501"),
    4: (OperationalError, False, "40000"),
    5: (OperationalError, True, "55P03"),
    6: (OperationalError, True, "55P03"),
    7: (OperationalError, False, "53200"),
    8: (OperationalError, False, "25006"),
    9: (OperationalError, False, "57014"),
    10: (OperationalError, False, "58030"),
    11: (OperationalError, False, "XX001"),
    12: (OperationalError, False, "XX000"),
    13: (OperationalError, False, "53100"),
    14: (DBConnectionError, False, "08001"),
    15: (OperationalError, True, "55P03"),
    16: (OperationalError, False, "XX000"),
    17: (OperationalError, False, "55000"),
    18: (OperationalError, False, "54000"),
    19: (IntegrityError, False, "23000"),
    20: (OperationalError, False, "42804"),
    21: (OperationalError, False, "XX000"),
    22: (OperationalError, False, "58030"),
    23: (OperationalError, False, "42501"),
    24: (OperationalError, False, "XX000"),
    25: (OperationalError, False, "22023"),
    26: (DBConnectionError, False, "08001"),
}
OF_THEIR_OWN = {517: "40001", 275: "23514", 787: "23503", 1299: "23502", 1555: "23505", 2067: "23505", 2579: "23505"}
RESULTS = """ABORT AUTH BUSY CANTOPEN CONSTRAINT CORRUPT EMPTY ERROR FORMAT FULL INTERNAL INTERRUPT IOERR LOCKED
MISMATCH MISUSE NOLFS NOMEM NOTADB NOTFOUND PERM PROTOCOL RANGE READONLY SCHEMA TOOBIG"""
SQLITE = sorted(
    {
        getattr(sqlite3, name)
        for name in dir(sqlite3)
        if name.startswith(tuple(f"SQLITE_{word}" for word in RESULTS.split()))
    }
    | set(PRIMARY)
    | {3091}  # a value of another type in a STRICT table, which Python 3.11 has no name for
)


@pytest.mark.parametrize("code", SQLITE)
def test_sqlite(code: int) -> None:
    error = sqlite3.DatabaseError("it went wrong")
    error.sqlite_errorcode = code
    kind, retryable, state = PRIMARY[code & 255]
    same(sqlite_errors.translate(error), kind, retryable, OF_THEIR_OWN.get(code, state))
    connecting = sqlite_errors.translate_connecting(error, "a file")
    same(connecting, DBConnectionError, retryable, OF_THEIR_OWN.get(code, state))


OF_PYTHON: list[tuple[Exception, type[BaseORMException], str | None]] = [
    (ConnectionResetError("reset"), DBConnectionError, "08006"),
    (ConnectionRefusedError("refused"), DBConnectionError, "08006"),
    (ConnectionAbortedError("aborted"), DBConnectionError, "08006"),
    (BrokenPipeError("pipe"), DBConnectionError, "08006"),
    (socket.gaierror(-2, "no such host"), DBConnectionError, "08006"),
    (socket.herror(1, "no such host"), DBConnectionError, "08006"),
    (OSError(24, "too many open files"), DBConnectionError, "08006"),
    (ssl.SSLError(1, "handshake"), DBConnectionError, "08006"),
    (ssl.SSLCertVerificationError(1, "not trusted"), DBConnectionError, "08006"),
    (ssl.SSLZeroReturnError(6, "closed"), DBConnectionError, "08006"),
    (EOFError("end"), DBConnectionError, "08006"),
    (asyncio.IncompleteReadError(b"", 4), DBConnectionError, "08006"),
    (TimeoutError(), OperationalError, "57014"),
    (TimeoutError(), OperationalError, "57014"),
    (OverflowError("too large"), OperationalError, "22003"),
    (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), OperationalError, "22021"),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "start"), OperationalError, "22021"),
    (TypeError("a dict cannot be a parameter"), OperationalError, "22023"),
    (ValueError("no"), OperationalError, "22023"),
    (ZeroDivisionError(), OperationalError, "22012"),
    (MemoryError(), OperationalError, "53200"),
    (RecursionError(), OperationalError, "54001"),
    (RuntimeError("anything else"), OperationalError, None),
]
TRANSLATE = {module.__name__: module.translate for module in (postgres_errors, mysql_errors, sqlite_errors)}


@pytest.mark.parametrize("translate", TRANSLATE.values(), ids=TRANSLATE)
@pytest.mark.parametrize(("error", "kind", "state"), OF_PYTHON, ids=lambda value: type(value).__name__)
def test_python(translate: Callable[..., Any], error: Exception, kind: Any, state: str | None) -> None:
    same(translate(error), kind, False, state)


@pytest.mark.parametrize("translate", TRANSLATE.values(), ids=TRANSLATE)
def test_what_is_no_error_of_a_driver_stays(translate: Callable[..., Any]) -> None:
    for error in (IntegrityError("ours"), asyncio.CancelledError(), KeyboardInterrupt(), GeneratorExit()):
        assert translate(error) is error


@pytest.mark.parametrize(
    ("error", "kind", "state"),
    [
        (sqlite3.ProgrammingError("Cannot operate on a closed database."), DBConnectionError, "08006"),
        (ValueError("no active connection"), DBConnectionError, "08006"),
        (sqlite3.ProgrammingError("Incorrect number of bindings supplied."), OperationalError, "22023"),
        (sqlite3.InterfaceError("bad parameter or other API misuse"), OperationalError, "22023"),
        (sqlite3.DataError("string or blob too big"), OperationalError, "54000"),
        (sqlite3.NotSupportedError("not here"), UnSupportedError, None),
        (sqlite3.Warning("one statement at a time"), OperationalError, None),
    ],
)
def test_what_sqlite3_says_without_a_code(error: Exception, kind: Any, state: str | None) -> None:
    same(sqlite_errors.translate(error), kind, False, state)
