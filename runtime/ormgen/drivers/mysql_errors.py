"""What asyncmy raises, as exceptions of ormgen; SQLSTATEs are made as fine as PostgreSQL's."""

from __future__ import annotations

import re
import ssl
from typing import Final

from asyncmy.errors import NotSupportedError

from ormgen.drivers.python_errors import LOST, UNREACHED, translate_python
from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    UnSupportedError,
)

# MySQL says 23000 for every violated constraint, and HY000 or 01000 for much else.
INTEGRITY: Final = {
    1022: "23505", 1062: "23505", 1169: "23505", 1586: "23505", 1859: "23505",
    1048: "23502", 1263: "23502", 1364: "23502", 1138: "23502",
    1216: "23503", 1217: "23503", 1451: "23503", 1452: "23503", 1557: "23503", 1761: "23503", 1762: "23503",
    1526: "23514", 3819: "23514", 4025: "23514",
}  # fmt: skip
STATES: Final = {
    1205: "55P03", 3572: "55P03", 1213: "40P01", 1020: "40001", 1180: "40000",
    1317: "57014", 1969: "57014", 3024: "57014",
    1207: "25006", 1290: "25006", 1792: "25006", 1836: "25006",
    1021: "53100", 1114: "53100", 1037: "53200", 1038: "53200", 1041: "53200", 1135: "53200", 1206: "53200",
    1040: "53300", 1203: "53300", 1226: "53300", 1461: "53400", 1153: "54000", 1301: "54000", 1436: "54001",
    1264: "22003", 1690: "22003", 1365: "22012", 1406: "22001", 1265: "22001", 1366: "22018", 1300: "22021",
    1292: "22007", 1411: "22007", 1441: "22008", 1139: "2201B", 1369: "44000", 1194: "XX001", 1195: "XX001",
    1044: "42501", 1142: "42501", 1143: "42501", 1227: "42501", 1370: "42501",
    1105: "XX000", 1049: "3D000", 1046: "3D000",
}  # fmt: skip
RETRYABLE: Final = frozenset(("40001", "40P01", "55P03"))
ROLLED_BACK: Final = frozenset((1213, 1020))
DISCONNECTED: Final = frozenset(
    (
        1040, 1042, 1043, 1045, 1047, 1053, 1077, 1079, 1080, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1184, 1203,
        1226, 1251, 1275, 1698, 1927, 4031,
    )
)  # fmt: skip
READ_ONLY_SERVER: Final = frozenset((1290, 1836))
HANGS_UP: Final = frozenset((1153,))  # errors of a statement after which the server ends the session
NEVER_LATER: Final = frozenset((1044, 1045, 1049, 1130, 1251, 1275, 1698, 2059))
# the last one in the text: what stands before it may hold values of the row
CONSTRAINT: Final = re.compile(
    r".*(?:for key '(?P<key>[^']+)'|CONSTRAINT `(?P<name>[^`]+)`|constraint '(?P<check>[^']+)'"
    r"|(?:Column|Field) '(?P<column>[^']+)')",
    re.IGNORECASE | re.DOTALL,
)


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
    if number is None:
        if isinstance(error, NotSupportedError):
            return UnSupportedError(text)
        return translate_python(error) or OperationalError(text)
    state: str | None = STATES.get(number) or getattr(error, "sqlstate", None)
    if number in INTEGRITY:
        return IntegrityError(text, sqlstate=INTEGRITY[number], constraint=constraint_name(text))
    if number in DISCONNECTED or lost_connection(error):
        return DBConnectionError(text, sqlstate=state or LOST)
    return OperationalError(text, sqlstate=state, retryable=state in RETRYABLE)


def lost_connection(error: BaseException) -> bool:
    """Whether asyncmy says that the connection is gone (0 and 2000 to 2999 are its own numbers)."""
    number = error_number(error)
    return number is not None and (number == 0 or 2000 <= number < 3000)


def constraint_name(text: str) -> str | None:
    match = CONSTRAINT.search(text)
    if match is None:
        return None
    return match["name"] or (match["key"] or match["check"] or match["column"]).rpartition(".")[2]


def translate_connecting(error: Exception, target: str) -> BaseORMException:
    """The exception for a connection that could not be opened; `target` names it without a password."""
    text = f"cannot connect to {target}: {error_text(error)}"
    if isinstance(error, ssl.SSLError):  # a certificate that is not trusted is a ValueError, too
        return DBConnectionError(text, sqlstate=UNREACHED)
    if isinstance(error, TypeError | ValueError | NotImplementedError):
        return ConfigurationError(text)
    number = error_number(error)
    state: str | None = (None if number is None else STATES.get(number)) or getattr(error, "sqlstate", None)
    return DBConnectionError(text, sqlstate=state or UNREACHED, retryable=number not in NEVER_LATER)
