"""Relations, at the import path that Tortoise users know."""

from ormgen.models.relations import (
    BackwardOneToOneRelation,
    ForeignKeyNullableRelation,
    ForeignKeyRelation,
    ManyToManyRelation,
    OneToOneNullableRelation,
    OneToOneRelation,
    ReverseRelation,
)
from ormgen.models.relations import ReverseRelation as BackwardFKRelation
from ormgen.schema.relation_fields import (
    ForeignKeyField,
    ForeignKeyFieldInstance,
    ManyToManyField,
    ManyToManyFieldInstance,
    OneToOneField,
    OneToOneFieldInstance,
    RelationalField,
)

__all__ = [
    "BackwardFKRelation",
    "BackwardOneToOneRelation",
    "ForeignKeyField",
    "ForeignKeyFieldInstance",
    "ForeignKeyNullableRelation",
    "ForeignKeyRelation",
    "ManyToManyField",
    "ManyToManyFieldInstance",
    "ManyToManyRelation",
    "OneToOneField",
    "OneToOneFieldInstance",
    "OneToOneNullableRelation",
    "OneToOneRelation",
    "RelationalField",
    "ReverseRelation",
]
