"""What stands before a statement to have it explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ormgen.exceptions import UnSupportedError
from ormgen.schema.names import did_you_mean

_FORMATS: Final = {"postgres": ("text", "json", "xml", "yaml"), "mysql": ("traditional", "json", "tree"), "sqlite": ()}
_OPTIONS: Final = {
    "postgres": (
        *("analyze", "verbose", "costs", "settings", "generic_plan", "buffers", "serialize", "wal"),
        *("timing", "summary", "memory"),
    ),
    "mysql": ("analyze",),
    "sqlite": (),
}


def explain_prefix(dialect: str, output_fmt: str | None, options: Mapping[str, Any], mariadb: bool = False) -> str:
    """The words before the statement; `mariadb` has another word for running what is explained.

    Raises:
        UnSupportedError: this database knows no such format or option.
    """
    chosen = None if output_fmt is None else str(output_fmt).lower()
    if chosen is not None and chosen not in _FORMATS[dialect]:
        known = f"; {did_you_mean(chosen, _FORMATS[dialect])}" if _FORMATS[dialect] else ""
        raise UnSupportedError(f"{dialect} does not support different explain formats such as {output_fmt!r}{known}")
    for name in options:
        if name not in _OPTIONS[dialect]:
            known = f"; {did_you_mean(name, _OPTIONS[dialect])}" if _OPTIONS[dialect] else ""
            raise UnSupportedError(f"{dialect} does not support explain options such as {name}={known}")
    if dialect == "sqlite":
        return "EXPLAIN QUERY PLAN "
    if dialect == "postgres":
        parts = [f"{name.upper()} {'TRUE' if value else 'FALSE'}" for name, value in options.items()]
        parts += [] if chosen is None else [f"FORMAT {chosen.upper()}"]
        return f"EXPLAIN ({', '.join(parts)}) " if parts else "EXPLAIN "
    words = "EXPLAIN"
    if options.get("analyze"):
        words = "ANALYZE" if mariadb else "EXPLAIN ANALYZE"
    return f"{words} " if chosen is None else f"{words} FORMAT={chosen.upper()} "
