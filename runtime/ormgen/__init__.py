"""ormgen: an async ORM whose stubs tell type checkers everything a query can say."""

from ormgen.database.config import ORMConfig
from ormgen.database.connection import Connection as BaseDBAsyncClient
from ormgen.database.context import ORMContext
from ormgen.database.transaction import atomic, in_transaction, run_transaction
from ormgen.exceptions import ConfigurationError
from ormgen.models.model import Model
from ormgen.models.n_plus_one import detect_n_plus_one
from ormgen.models.orm import ORM, connections, get_connection, run_async
from ormgen.models.prefetch import Prefetch
from ormgen.models.queryset import Manager, QuerySet
from ormgen.models.relations import BackwardOneToOneRelation
from ormgen.models.relations import ReverseRelation as BackwardFKRelation
from ormgen.query.expressions import F, Q, Value
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance
from ormgen.schema.version import __version__

__all__ = [
    "BackwardFKRelation",
    "BackwardOneToOneRelation",
    "BaseDBAsyncClient",
    "ConfigurationError",
    "F",
    "ForeignKeyFieldInstance",
    "Manager",
    "ManyToManyFieldInstance",
    "Model",
    "ORM",
    "ORMConfig",
    "ORMContext",
    "OneToOneFieldInstance",
    "Prefetch",
    "Q",
    "QuerySet",
    "Value",
    "__version__",
    "atomic",
    "connections",
    "detect_n_plus_one",
    "get_connection",
    "in_transaction",
    "run_async",
    "run_transaction",
]
