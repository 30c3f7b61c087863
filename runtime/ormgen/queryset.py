"""Query sets and the questions made from them: `from ormgen.queryset import QuerySet`."""

from ormgen.models.answers import Answer
from ormgen.models.compound import CompoundQuery
from ormgen.models.queryset import OpenQuerySet, QuerySet
from ormgen.models.relations import Fetched, ManyToManyRelation, ReverseRelation
from ormgen.models.rows import Rows
from ormgen.models.single import Single

__all__ = [
    "Answer",
    "CompoundQuery",
    "Fetched",
    "ManyToManyRelation",
    "OpenQuerySet",
    "QuerySet",
    "ReverseRelation",
    "Rows",
    "Single",
]
