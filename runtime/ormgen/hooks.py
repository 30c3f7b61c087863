"""Watching statements and transactions: `from ormgen.hooks import QueryEvent`."""

from ormgen.database.hooks import Hooks, QueryEvent, TransactionEvent

__all__ = ["Hooks", "QueryEvent", "TransactionEvent"]
