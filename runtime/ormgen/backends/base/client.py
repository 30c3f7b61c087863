"""Connections for annotations: `from ormgen.backends.base.client import BaseDBAsyncClient`."""

from ormgen.database.capabilities import Capabilities
from ormgen.database.connection import Connection as BaseDBAsyncClient
from ormgen.database.connection import TransactionConnection as TransactionalDBClient
from ormgen.database.transaction import in_transaction as TransactionContext

__all__ = ["BaseDBAsyncClient", "Capabilities", "TransactionContext", "TransactionalDBClient"]
