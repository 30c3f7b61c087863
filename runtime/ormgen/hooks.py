"""Watching statements and transactions: `from ormgen.hooks import QueryEvent`."""

from ormgen.database.hooks import AcquireEvent, Hooks, QueryEvent, TransactionEvent
from ormgen.database.slow import log_slow

__all__ = ["AcquireEvent", "Hooks", "QueryEvent", "TransactionEvent", "log_slow"]
