"""What `select_for_update` becomes at the end of a SELECT."""

from __future__ import annotations

from collections.abc import Mapping

from ormgen.exceptions import FieldError
from ormgen.query.statements import Lock
from ormgen.schema.names import did_you_mean
from ormgen.sql.dialect import Dialect


def lock_clause(lock: Lock, aliases: Mapping[str, str], base: str, dialect: Dialect) -> str:
    """The text behind a SELECT that locks its rows; `aliases` are those of its tables, by what `of` may call them.

    The far side of an outer join cannot be locked, so that only the `base` is where there are joins. MySQL and MariaDB
    lock all tables, and know no lock that leaves the key to others.

    Raises:
        FieldError: `of` names no table of the question.
    """
    for name in lock.of:
        if name not in aliases:
            raise FieldError(f'select_for_update(of=…): "{name}" is no table here; {did_you_mean(name, aliases)}')
    postgres = dialect.name == "postgres"
    if lock.share:
        return "" if postgres else " LOCK IN SHARE MODE"
    text = " FOR NO KEY UPDATE" if lock.no_key and postgres else " FOR UPDATE"
    tables = dict.fromkeys(aliases[name] for name in lock.of)
    if not tables and len(set(aliases.values())) > 1:
        tables = {base: None}
    if tables and postgres:
        text += f" OF {', '.join(dialect.quoted(name) for name in tables)}"
    if lock.nowait:
        return f"{text} NOWAIT"
    return f"{text} SKIP LOCKED" if lock.skip_locked else text
