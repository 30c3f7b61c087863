"""What conditions and assignments are made of: `from ormgen.expressions import F, Q`."""

from ormgen.query.expressions import Combined, Expression, F, Q, RawSQL, Value
from ormgen.query.functions import Aggregate, Function
from ormgen.query.path_expressions import Order, Path
from ormgen.query.statements import Subquery

__all__ = ["Aggregate", "Combined", "Expression", "F", "Function", "Order", "Path", "Q", "RawSQL", "Subquery", "Value"]
