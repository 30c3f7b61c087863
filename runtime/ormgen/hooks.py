"""Watching statements, transactions and pools: `from ormgen.hooks import QueryEvent`."""

from ormgen.database.hooks import AcquireEvent, Hooks, QueryEvent, ReleaseEvent, TransactionEvent
from ormgen.database.slow import log_slow
from ormgen.drivers.statistics import PoolStatistics

__all__ = ["AcquireEvent", "Hooks", "PoolStatistics", "QueryEvent", "ReleaseEvent", "TransactionEvent", "log_slow"]
