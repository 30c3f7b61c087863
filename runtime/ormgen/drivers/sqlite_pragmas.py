"""The settings of a new connection to SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ormgen.drivers.options import PRAGMAS

DEFAULT_PRAGMAS = {"busy_timeout": 5000, "foreign_keys": "ON"}


def in_memory(path: str) -> bool:
    """Whether a database lives as long as its connection."""
    return path in ("", ":memory:") or "mode=memory" in path


def ordered_pragmas(path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The PRAGMAs for a new connection, in an order that works: the page size, for one, before the journal mode."""
    pragmas: dict[str, Any] = dict(DEFAULT_PRAGMAS)
    if not in_memory(path) and "mode=ro" not in path and "immutable=1" not in path:
        pragmas["journal_mode"] = "WAL"
    pragmas |= {name: value for name, value in given.items() if name in PRAGMAS}
    return {name: pragmas[name] for name in PRAGMAS if name in pragmas}
