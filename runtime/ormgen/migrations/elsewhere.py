"""What aerich and Tortoise ORM keep in a database about their migrations; only read, never written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from ormgen.drivers.driver import Session
from ormgen.records import dataclass, field
from ormgen.sql.compiling import DIALECTS
from ormgen.sql.introspect import LiveTable

AERICH: Final = "aerich"
TORTOISE: Final = "tortoise_migrations"
TABLES: Final = (AERICH, TORTOISE)
ADOPTED: Final = re.compile(r"\d{4,}_adopted")  # migrations that stand for what another tool has made


@dataclass(frozen=True)
class Elsewhere:
    """The migrations of other tools that a database has, as names by app, the oldest first.

    `contents` holds the models that old versions of aerich describe in their newest row, by app.
    """

    applied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


async def read_elsewhere(session: Session, dialect: str, tables: Mapping[str, LiveTable]) -> Elsewhere:
    """What other tools say that a database has."""
    applied: dict[str, list[str]] = {}
    contents: dict[str, Mapping[str, Any]] = {}
    quoted = DIALECTS[dialect].quoted
    if _has(tables, AERICH, "version", "app", "content"):
        listed = f"SELECT app, version, content FROM {quoted(AERICH)} ORDER BY id"
        for app, version, content in await session.fetch(listed, ()):
            applied.setdefault(app, []).append(version)
            read = _decoded(content)
            if read is not None:
                contents[app] = read
    if _has(tables, TORTOISE, "app", "name"):
        listed = f"SELECT app, name FROM {quoted(TORTOISE)} ORDER BY id"
        for app, name in await session.fetch(listed, ()):
            applied.setdefault(app, []).append(name)
    return Elsewhere({app: tuple(names) for app, names in applied.items()}, contents)


def _has(tables: Mapping[str, LiveTable], name: str, *columns: str) -> bool:
    return name in tables and set(columns) <= set(tables[name].columns)


def _decoded(content: Any) -> Mapping[str, Any] | None:
    """JSON that a driver has decoded or not; None where it holds no models."""
    found = content
    for _ in range(2):  # old versions wrote text into a column of JSON
        if isinstance(found, str | bytes):
            try:
                found = json.loads(found)
            except ValueError:
                return None
    return found if isinstance(found, dict) and found else None
