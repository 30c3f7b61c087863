"""Warns of statements that take long, and of connections that are waited for."""

from __future__ import annotations

import logging
from typing import Final

from ormgen.database.call_site import call_site
from ormgen.database.hooks import AcquireEvent, Hooks, QueryEvent

LOGGER: Final = logging.getLogger("ormgen.slow")


def log_slow(hooks: Hooks, *, query: float = 0.5, acquire: float = 0.1) -> None:
    """Warn, on the logger `ormgen.slow`, of statements of `query` seconds or more and of waits of `acquire` or more.

    The line of the program is told, values are not. `log_slow(ORM.hooks)` after `ORM.init`.
    """

    def tell_query(event: QueryEvent) -> None:
        if event.seconds >= query:
            LOGGER.warning("%s: %.3f s for %s at %s", event.connection, event.seconds, event.sql, call_site())

    def tell_acquire(event: AcquireEvent) -> None:
        if event.seconds >= acquire:
            text = "%s: waited %.3f s for a connection at %s; see statistics() of the connection"
            LOGGER.warning(text, event.connection, event.seconds, call_site())

    hooks.on_query(tell_query)
    hooks.on_acquire(tell_acquire)
