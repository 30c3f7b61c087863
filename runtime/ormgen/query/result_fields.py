"""Which field reads the values that the database computes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

from ormgen.query.expressions import Operator
from ormgen.query.functions import Aggregate, Avg, Function, Sum
from ormgen.query.json_functions import JSONLiteral
from ormgen.query.resolved import (
    AggregateCall,
    Arithmetic,
    Bound,
    Call,
    Choice,
    Column,
    Existing,
    InJson,
    Named,
    Nested,
    Outer,
    Term,
    Truth,
    Windowed,
)
from ormgen.query.scalar_functions import CASTS, Cast
from ormgen.schema.database_fields import ArrayField
from ormgen.schema.field import Field
from ormgen.schema.field_types import (
    BigIntField,
    BinaryField,
    BooleanField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntField,
    JSONField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.lookups import Family, Lookup, Operand


class ExactDecimal(DecimalField):
    """A decimal with as many places as it has."""

    def __init__(self) -> None:
        super().__init__(max_digits=1000, decimal_places=0)

    def rounded(self, value: Decimal) -> Decimal:
        return value


FIELDS: Final[Mapping[Family, Field[Any]]] = MappingProxyType(
    {
        Family.INTEGER: BigIntField(),
        Family.FLOAT: FloatField(),
        Family.DECIMAL: ExactDecimal(),
        Family.TEXT: TextField(),
        Family.BOOLEAN: BooleanField(),
        Family.DATE: DateField(),
        Family.DATETIME: DatetimeField(),
        Family.TIME: TimeField(),
        Family.TIMEDELTA: TimeDeltaField(),
        Family.UUID: UUIDField(),
        Family.JSON: JSONField(),
        Family.BINARY: BinaryField(),
        Family.ARRAY: ArrayField("anyelement"),
    }
)

FAMILIES: Final[Mapping[type, Family]] = MappingProxyType(
    {
        bool: Family.BOOLEAN,
        int: Family.INTEGER,
        float: Family.FLOAT,
        Decimal: Family.DECIMAL,
        str: Family.TEXT,
        bytes: Family.BINARY,
        datetime.datetime: Family.DATETIME,
        datetime.date: Family.DATE,
        datetime.time: Family.TIME,
        datetime.timedelta: Family.TIMEDELTA,
        uuid.UUID: Family.UUID,
        dict: Family.JSON,
        list: Family.JSON,
    }
)
MOMENTS: Final = (Family.DATETIME, Family.DATE)
NUMBERS: Final = (Family.INTEGER, Family.DECIMAL, Family.FLOAT)  # each wider than those before


def field_of_type(kind: type | None) -> Field[Any] | None:
    """The field for values of a Python type."""
    if kind is None or issubclass(kind, Enum):
        return None
    return next((FIELDS[FAMILIES[base]] for base in kind.__mro__ if base in FAMILIES), None)


def field_of(term: Term) -> Field[Any] | None:
    """The field that converts values of `term`, None where they are taken as they come."""
    if isinstance(term, Column):
        return term.path.column.field
    if isinstance(term, AggregateCall | Call | Arithmetic | Choice | Nested | InJson | Named):
        return term.field
    if isinstance(term, Bound):
        return FIELDS[Family.JSON] if term.kind is JSONLiteral else field_of_type(term.kind)
    if isinstance(term, Truth | Existing):
        return FIELDS[Family.BOOLEAN]
    if isinstance(term, Windowed):
        return field_of(term.inner)
    return field_of(term.term) if isinstance(term, Outer) else None


def wider(left: Field[Any] | None, right: Field[Any] | None) -> Field[Any] | None:
    """The field for values that may be either's: of numbers the wider one."""
    if left is None or right is None or left.family is right.family:
        return left or right
    if left.family in NUMBERS and right.family in NUMBERS:
        return max(left, right, key=lambda field: NUMBERS.index(field.family))
    return left


def of_arithmetic(left: Field[Any] | None, operator: Operator, right: Field[Any] | None) -> Field[Any] | None:
    """The field of the result of arithmetic; None where databases differ, as for the quotient of whole numbers."""
    given = [field for field in (left, right) if field is not None]
    families = [field.family for field in given]
    moments = [field for field in given if field.family in MOMENTS]
    if moments:
        return FIELDS[Family.TIMEDELTA] if len(moments) == 2 else moments[0]
    if Family.TIMEDELTA in families:
        return None if families == [Family.TIMEDELTA] * 2 and operator == "/" else FIELDS[Family.TIMEDELTA]
    if operator == "**" or Family.FLOAT in families:
        return FIELDS[Family.FLOAT]
    if Family.DECIMAL in families:
        return FIELDS[Family.DECIMAL]
    if Family.INTEGER in families:
        return None if operator == "/" else FIELDS[Family.INTEGER]
    return left or right


def of_call(function: type[Function[Any]], option: str, fields: tuple[Field[Any] | None, ...]) -> Field[Any] | None:
    """The field of the values of a function of one row, whose arguments have these fields."""
    if function.returns is not None:
        return field_of_type(function.returns)
    schema = function.schema()
    if schema is None:
        return None
    if issubclass(function, Cast):
        return FIELDS[CASTS[option]]
    if schema.gives is not None:
        return FIELDS.get(schema.gives)
    found = reduce(wider, fields, None)
    return FIELDS[Family.DECIMAL] if isinstance(found, DecimalField) else found


def of_aggregate(function: type[Aggregate[Any]], inner: Field[Any] | None) -> Field[Any] | None:
    """The field of the values of an aggregate over values of the field `inner`."""
    if function.returns is not None:
        return field_of_type(function.returns)
    schema = function.schema()
    if schema is None:
        return None
    if schema.gives is not None:
        return FIELDS.get(schema.gives)
    if issubclass(function, Avg):
        return inner if isinstance(inner, DecimalField) else FIELDS[Family.FLOAT]
    if issubclass(function, Sum) and isinstance(inner, IntField):
        return FIELDS[Family.INTEGER]
    return inner


def as_family(term: Term, field: Field[Any] | None) -> Term:
    """`term`; what stands inside JSON as a value of `field`, all others as they are."""
    return InJson(term.document, term.keys, field) if isinstance(term, InJson) else term


def field_in_json(lookup: Lookup, other: Field[Any] | None, value: Any) -> Field[Any] | None:
    """The field for what a lookup compares inside a JSON value: as the operand, an expression or a value, is."""
    if lookup.operand is Operand.TEXT:
        return FIELDS[Family.TEXT]
    if lookup.operand in (Operand.INTEGER, Operand.DATE):
        return FIELDS[Family.DATETIME]
    if lookup.operand in (Operand.JSON, Operand.MAPPING):
        return FIELDS[Family.JSON]
    if lookup.operand is Operand.PAIR and isinstance(value, tuple):
        value = value[0]
    return other or field_of_type(type(value)) or FIELDS[Family.JSON]


def json_argument(function: type[Function[Any]]) -> Field[Any] | None:
    """The field for what stands inside JSON where it is an argument of a function."""
    schema = function.schema()
    takes = frozenset(Family) if schema is None else schema.takes
    if Family.JSON in takes:
        return FIELDS[Family.JSON]
    family = Family.TEXT if Family.TEXT in takes else Family.DECIMAL if Family.DECIMAL in takes else Family.DATETIME
    return FIELDS[family]
