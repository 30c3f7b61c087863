"""Time zones of the current context: `from ormgen import timezone`."""

from datetime import UTC

from ormgen.database.moments import (
    get_default_timezone,
    get_timezone,
    get_use_tz,
    is_aware,
    is_naive,
    localtime,
    make_aware,
    make_naive,
    now,
    parse_timezone,
)

__all__ = [
    "UTC",
    "get_default_timezone",
    "get_timezone",
    "get_use_tz",
    "is_aware",
    "is_naive",
    "localtime",
    "make_aware",
    "make_naive",
    "now",
    "parse_timezone",
]
