"""ormgen: an async ORM whose stubs tell type checkers everything a query can say."""

from ormgen.database.context import ORMContext
from ormgen.database.transaction import atomic, in_transaction, run_transaction
from ormgen.models.manager import Manager
from ormgen.models.model import Model
from ormgen.models.n_plus_one import detect_n_plus_one
from ormgen.models.orm import ORM, connections, get_connection, run_async
from ormgen.models.prefetch import Prefetch
from ormgen.models.queryset import QuerySet
from ormgen.query.expressions import F, Q, Value

__all__ = [
    "F",
    "Manager",
    "Model",
    "ORM",
    "ORMContext",
    "Prefetch",
    "Q",
    "QuerySet",
    "Value",
    "atomic",
    "connections",
    "detect_n_plus_one",
    "get_connection",
    "in_transaction",
    "run_async",
    "run_transaction",
]
