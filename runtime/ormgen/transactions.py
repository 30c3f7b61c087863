"""Transactions: `from ormgen.transactions import atomic, in_transaction`."""

from ormgen.database.transaction import atomic, in_transaction

__all__ = ["atomic", "in_transaction"]
