"""Transactions: `from ormgen.transactions import atomic, in_transaction, on_commit, on_rollback, run_transaction`."""

from ormgen.database.connection import Connection, TransactionConnection
from ormgen.database.transaction import atomic, in_transaction, on_commit, on_rollback, run_transaction

__all__ = [
    "Connection",
    "TransactionConnection",
    "atomic",
    "in_transaction",
    "on_commit",
    "on_rollback",
    "run_transaction",
]
