"""Watching statements and transactions: `from ormgen.hooks import QueryEvent`."""

from ormgen.database.hooks import AcquireEvent, Hooks, QueryEvent, TransactionEvent

__all__ = ["AcquireEvent", "Hooks", "QueryEvent", "TransactionEvent"]
