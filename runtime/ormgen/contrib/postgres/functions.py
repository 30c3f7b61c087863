"""Functions of PostgreSQL."""

from ormgen.query.array_functions import (
    ArrayAgg,
    ArrayAppend,
    ArrayConcat,
    ArrayLength,
    ArrayPosition,
    ArrayPrepend,
    ArrayRemove,
    ArrayReplace,
    ArrayToString,
    Unnest,
)
from ormgen.query.functions import Function, S_co
from ormgen.query.scalar_functions import Random as AnyRandom

__all__ = [
    "ArrayAgg",
    "ArrayAppend",
    "ArrayConcat",
    "ArrayLength",
    "ArrayPosition",
    "ArrayPrepend",
    "ArrayRemove",
    "ArrayReplace",
    "ArrayToString",
    "PlainToTsQuery",
    "Random",
    "ToTsQuery",
    "ToTsVector",
    "Unnest",
]


class Random(AnyRandom):
    """A random number of at least 0 and less than 1, another one for each row."""

    __slots__ = ()
    dialects = ("postgres",)


class ToTsVector(Function[S_co]):
    """Text prepared for full-text search, in the configuration of the database."""

    __slots__ = ()
    name = "TO_TSVECTOR"
    dialects = ("postgres",)


class ToTsQuery(Function[S_co]):
    """A search in the syntax of PostgreSQL: `ToTsQuery(Value("cats & !dogs"))`."""

    __slots__ = ()
    name = "TO_TSQUERY"
    dialects = ("postgres",)
    searches = True


class PlainToTsQuery(Function[S_co]):
    """A search for all words of a text."""

    __slots__ = ()
    name = "PLAINTO_TSQUERY"
    dialects = ("postgres",)
    searches = True
