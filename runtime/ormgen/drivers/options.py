"""The options each driver understands, and their types in a URL or a settings dict."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ormgen.exceptions import ConfigurationError, ParamsError

ISOLATION_LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")

SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def text(value: str) -> Any:
    return value


def whole(value: str) -> Any:
    return int(value)


def number(value: str) -> Any:
    return int(value) if re.fullmatch(r"[+-]?\d+", value) else float(value)


def switch(value: str) -> Any:
    if value.lower() not in SWITCHES:
        raise ValueError(value)
    return SWITCHES[value.lower()]


def switch_or_text(value: str) -> Any:
    return SWITCHES.get(value.lower(), value)


def pragma(value: str) -> Any:
    """A PRAGMA takes a number or one word; nothing else may reach the SQL text."""
    if not re.fullmatch(r"[+-]?\d+|[A-Za-z][A-Za-z0-9_-]*", value):
        raise ValueError(value)
    return value if value[0].isalpha() else int(value)


Reader = Callable[[str], Any]

PRAGMAS: dict[str, Reader] = dict.fromkeys(
    (
        "busy_timeout", "page_size", "auto_vacuum", "encoding", "journal_mode", "journal_size_limit", "foreign_keys",
        "synchronous", "cache_size", "cache_spill", "temp_store", "mmap_size", "wal_autocheckpoint", "secure_delete",
        "recursive_triggers", "locking_mode", "trusted_schema", "threads", "analysis_limit", "cell_size_check",
        "checkpoint_fullfsync", "fullfsync", "automatic_index", "ignore_check_constraints", "reverse_unordered_selects",
        "hard_heap_limit", "soft_heap_limit", "max_page_count",
    ),
    pragma,
)  # fmt: skip

POOL: dict[str, Reader] = {
    "minsize": whole, "maxsize": whole, "min_size": whole, "max_size": whole, "acquire_timeout": number,
    "reconnect_timeout": number, "max_inactive_connection_lifetime": number, "pool_recycle": number,
}  # fmt: skip

SERVER: dict[str, Reader] = {
    "host": text, "port": whole, "user": text, "password": text, "database": text, "ssl": switch_or_text,
    "timeout": number, "command_timeout": number, **POOL,
}  # fmt: skip

OPTIONS: dict[str, dict[str, Reader]] = {
    "sqlite": {
        "acquire_timeout": number, "command_timeout": number, "readers": whole, "cached_statements": whole,
        "install_regexp_functions": switch, **PRAGMAS,
    },
    "postgres": {
        "schema": text, "application_name": text, "server_settings": text, "statement_cache_size": whole,
        "max_cached_statement_lifetime": whole, "max_cacheable_statement_size": whole, "passfile": text,
        "pooler": text, "direct_tls": switch, "target_session_attrs": text,
        "krbsrvname": text, "gsslib": text, "init": text, **SERVER,
    },
    "mysql": {
        "charset": text, "sql_mode": text, "init_command": text, "time_zone": text, "unix_socket": text,
        "connect_timeout": number, "read_timeout": number, "storage_engine": text, "local_infile": switch,
        "max_allowed_packet": whole, "program_name": text, "server_public_key": text, "stmt_cache_size": whole,
        "echo": switch, "db": text, **SERVER,
    },
}  # fmt: skip


def read_option(dialect: str, name: str, value: Any) -> Any:
    """`value` as the type of option `name`, when it is a text; an unknown option stays as it is.

    Raises ConfigurationError when the text does not fit; the message does not repeat it.
    """
    reader = OPTIONS[dialect].get(name)
    if reader is None or not isinstance(value, str):
        return value
    try:
        return reader(value)
    except ValueError:
        raise ConfigurationError(f"the option `{name}` of a {dialect} database cannot have this value") from None


def read_options(dialect: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a driver uses them.

    Raises ConfigurationError for a name that is not an option, with the nearest one that is.
    """
    for name in given:
        refuse_unknown(name, OPTIONS[dialect], f"option of a {dialect} database")
    return {name: read_option(dialect, name, value) for name, value in given.items()}


def refuse_unknown(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1)
        remedy = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(known))}"
        raise ConfigurationError(f"`{name}` is not an {what}: {remedy}")


def read_isolation(level: str | None) -> str | None:
    """An isolation level as SQL spells it; `repeatable_read` is understood too.

    Raises ParamsError for anything but ISOLATION_LEVELS: the word goes into SQL text.
    """
    if level is None:
        return None
    spelled = level.replace("_", " ").upper() if isinstance(level, str) else None
    if spelled not in ISOLATION_LEVELS:
        raise ParamsError(f"unknown isolation level, there are {', '.join(ISOLATION_LEVELS)}")
    return spelled
