"""Query sets and the questions made from them: `from ormgen.queryset import QuerySet`."""

from ormgen.models.answers import Answer
from ormgen.models.answers import Answer as BulkCreateQuery
from ormgen.models.answers import Answer as BulkUpdateQuery
from ormgen.models.answers import Answer as ContainsQuery
from ormgen.models.answers import Answer as CountQuery
from ormgen.models.answers import Answer as DeleteQuery
from ormgen.models.answers import Answer as ExistsQuery
from ormgen.models.answers import Answer as UnionCountQuery
from ormgen.models.answers import Answer as UpdateQuery
from ormgen.models.compound import CompoundQuery
from ormgen.models.compound import CompoundQuery as UnionQuery
from ormgen.models.queryset import OpenQuerySet, QuerySet
from ormgen.models.raw import RawRows as RawSQLQuery
from ormgen.models.relations import Fetched, ManyToManyRelation, ReverseRelation
from ormgen.models.rows import Rows
from ormgen.models.rows import Rows as FieldSelectQuery
from ormgen.models.rows import Rows as ValuesListQuery
from ormgen.models.rows import Rows as ValuesQuery
from ormgen.models.single import Single
from ormgen.models.single import Single as QuerySetSingle

__all__ = [
    "Answer",
    "BulkCreateQuery",
    "BulkUpdateQuery",
    "CompoundQuery",
    "ContainsQuery",
    "CountQuery",
    "DeleteQuery",
    "ExistsQuery",
    "Fetched",
    "FieldSelectQuery",
    "ManyToManyRelation",
    "OpenQuerySet",
    "QuerySet",
    "QuerySetSingle",
    "RawSQLQuery",
    "ReverseRelation",
    "Rows",
    "Single",
    "UnionCountQuery",
    "UnionQuery",
    "UpdateQuery",
    "ValuesListQuery",
    "ValuesQuery",
]
