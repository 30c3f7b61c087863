"""What conditions and assignments are made of: `from ormgen.expressions import F, Q`."""

from ormgen.models.cte import CTE, With
from ormgen.query.conditional import Case, When
from ormgen.query.expressions import Combined, Expression, F, OrderBy, Predicate, Q, RawSQL, Value
from ormgen.query.functions import Aggregate, Function
from ormgen.query.nested import Exists, OuterRef
from ormgen.query.path_expressions import Order, Path
from ormgen.query.statements import Subquery
from ormgen.query.windows import RowRange, ValueRange, Window

CombinedExpression = Combined

__all__ = [
    "Aggregate",
    "CTE",
    "Case",
    "Combined",
    "CombinedExpression",
    "Exists",
    "Expression",
    "F",
    "Function",
    "Order",
    "OrderBy",
    "OuterRef",
    "Path",
    "Predicate",
    "Q",
    "RawSQL",
    "RowRange",
    "Subquery",
    "Value",
    "ValueRange",
    "When",
    "Window",
    "With",
]
