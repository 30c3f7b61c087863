"""Which statements change a session of PostgreSQL, and which of them a pooler in transaction mode cannot keep."""

from __future__ import annotations

import re
from typing import Final

from ormgen.exceptions import UnSupportedError

SESSION_COMMAND: Final = re.compile(
    r"\s*(SET|RESET|LISTEN|UNLISTEN|PREPARE|DEALLOCATE|DISCARD|DECLARE|LOAD|CREATE\s+(LOCAL\s+|GLOBAL\s+)?TEMP)\b",
    re.IGNORECASE,
)
SESSION_FUNCTION: Final = re.compile(r"pg_(try_)?advisory_(?!xact)|set_config", re.IGNORECASE)
# what lives no longer than the transaction, which a pooler keeps together
LOCAL: Final = re.compile(
    r"\s*(SET\s+(LOCAL|TRANSACTION|CONSTRAINTS)\b|DECLARE\b(?!.*\bWITH\s+HOLD\b)|CREATE\b.*\bON\s+COMMIT\s+DROP\b)",
    re.IGNORECASE | re.DOTALL,
)
LOCAL_SETTING: Final = re.compile(r"set_config\s*\([^()]*,\s*(true|\$\d+)\s*\)", re.IGNORECASE)
PASSED_OVER: Final = re.compile(
    r"'(?:[^']|'')*'|(?P<mark>\$\w*\$).*?(?P=mark)|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL
)


def changes_session(sql: str) -> bool:
    """Whether one statement leaves the session other than it was, as far as its text tells."""
    return SESSION_COMMAND.match(sql) is not None or (
        ("advisory" in sql or "set_config" in sql) and SESSION_FUNCTION.search(sql) is not None
    )


def refuse_lasting(sql: str, *, inside: bool) -> None:
    """Refuse what would outlive its transaction, and meet whoever the pooler gives that connection to.

    `inside` says that a transaction is open. Raises UnSupportedError.
    """
    for statement in PASSED_OVER.sub("''", sql).split(";"):
        if changes_session(statement) and not (inside and lasts_no_longer(statement)):
            raise UnSupportedError(
                "behind a pooler in transaction mode nothing of a session is kept: use SET LOCAL and "
                "pg_advisory_xact_lock in a transaction, or the server itself"
            )


def lasts_no_longer(statement: str) -> bool:
    """Whether what a statement changes ends with its transaction."""
    rest = LOCAL_SETTING.sub("", statement)
    return LOCAL.match(statement) is not None or (
        SESSION_COMMAND.match(rest) is None and SESSION_FUNCTION.search(rest) is None
    )
