"""What asyncmy raises, as exceptions of ormgen; SQLSTATEs are made as fine as PostgreSQL's."""

from __future__ import annotations

import re
import ssl

from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
)

# MySQL says 23000 for every violated constraint, and HY000 for much else.
INTEGRITY = {
    1022: "23505", 1062: "23505", 1169: "23505", 1586: "23505", 1859: "23505",
    1048: "23502", 1364: "23502", 1138: "23502",
    1216: "23503", 1217: "23503", 1451: "23503", 1452: "23503", 1557: "23503", 1761: "23503", 1762: "23503",
    3819: "23514", 4025: "23514",
}  # fmt: skip
STATES = {1205: "55P03", 3572: "55P03", 1213: "40P01", 1020: "40001", 1317: "57014", 1969: "57014", 3024: "57014"}
RETRYABLE = frozenset(("40001", "40P01", "55P03"))
ROLLED_BACK = frozenset((1213, 1020))
DISCONNECTED = frozenset((1040, 1053, 1077, 1080, 1152, 1159, 1161, 1184, 1203, 1226, 1927, 4031))
NEVER_LATER = frozenset((1044, 1045, 1049, 1130, 1251, 1698, 2059))
CONSTRAINT = re.compile(r"for key '(?P<key>[^']+)'|CONSTRAINT `(?P<name>[^`]+)`|constraint '(?P<check>[^']+)'", re.I)


def error_number(error: BaseException) -> int | None:
    """The number of an error of the server (below 2000 or so) or of asyncmy (from 2000), if it has one."""
    number = error.args[0] if error.args else None
    return number if isinstance(number, int) and not isinstance(error, OSError) else None


def error_text(error: BaseException) -> str:
    """What went wrong; never the value it went wrong with, which a UnicodeError carries and may be a password."""
    if error_number(error) is not None and len(error.args) > 1:
        return str(error.args[1])
    return str(error) or type(error).__name__


def translate(error: BaseException) -> BaseException:
    """The exception of ours; one of ours already, a cancellation or an exit stays what it is."""
    if isinstance(error, BaseORMException) or not isinstance(error, Exception):
        return error
    number, text = error_number(error), error_text(error)
    if "(read timeout)" in text and number is not None:
        return OperationalError("the statement took longer than `command_timeout`", sqlstate="57014")
    if isinstance(error, OSError) or number in DISCONNECTED or lost_connection(error):
        return DBConnectionError(text)
    if number is None:
        return OperationalError(text)
    if number in INTEGRITY:
        return IntegrityError(text, sqlstate=INTEGRITY[number], constraint=constraint_name(text))
    state = STATES.get(number) or getattr(error, "sqlstate", None)
    return OperationalError(text, sqlstate=state, retryable=state in RETRYABLE)


def lost_connection(error: BaseException) -> bool:
    """Whether asyncmy says that the connection is gone (0 and 2000 to 2999 are its own numbers)."""
    number = error_number(error)
    return number is not None and (number == 0 or 2000 <= number < 3000)


def constraint_name(text: str) -> str | None:
    match = CONSTRAINT.search(text)
    if match is None:
        return None
    key = match["key"]
    return key.rpartition(".")[2] if key else match["name"] or match["check"].rpartition(".")[2]


def translate_connecting(error: Exception, target: str) -> BaseORMException:
    """The exception for a connection that could not be opened; `target` names it without a password."""
    text = error_text(error)
    if isinstance(error, ssl.SSLError):  # a certificate that is not trusted is a ValueError, too
        return DBConnectionError(f"cannot connect to {target}: {text}")
    if isinstance(error, TypeError | ValueError | NotImplementedError):
        return ConfigurationError(f"cannot connect to {target}: {text}")
    return DBConnectionError(
        f"cannot connect to {target}: {text}",
        sqlstate=getattr(error, "sqlstate", None),
        retryable=error_number(error) not in NEVER_LATER,
    )
