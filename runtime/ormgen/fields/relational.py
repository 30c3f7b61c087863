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
    CASCADE,
    NO_ACTION,
    RESTRICT,
    SET_DEFAULT,
    SET_NULL,
    Deferrable,
    ForeignKeyField,
    ForeignKeyFieldInstance,
    ManyToManyField,
    ManyToManyFieldInstance,
    OnDelete,
    OneToOneField,
    OneToOneFieldInstance,
    RelationalField,
)

__all__ = [
    "BackwardFKRelation",
    "BackwardOneToOneRelation",
    "CASCADE",
    "Deferrable",
    "ForeignKeyField",
    "ForeignKeyFieldInstance",
    "ForeignKeyNullableRelation",
    "ForeignKeyRelation",
    "ManyToManyField",
    "ManyToManyFieldInstance",
    "ManyToManyRelation",
    "NO_ACTION",
    "OnDelete",
    "OneToOneField",
    "OneToOneFieldInstance",
    "OneToOneNullableRelation",
    "OneToOneRelation",
    "RESTRICT",
    "RelationalField",
    "ReverseRelation",
    "SET_DEFAULT",
    "SET_NULL",
]
