"""What every field has in common, at the import path that Tortoise users know."""

from ormgen.schema.db_defaults import DatabaseDefault
from ormgen.schema.field import MISSING as DB_DEFAULT_NOT_SET
from ormgen.schema.field import Field
from ormgen.schema.relation_fields import CASCADE, NO_ACTION, RESTRICT, SET_DEFAULT, SET_NULL, Deferrable, OnDelete

__all__ = [
    "CASCADE",
    "DB_DEFAULT_NOT_SET",
    "DatabaseDefault",
    "Deferrable",
    "Field",
    "NO_ACTION",
    "OnDelete",
    "RESTRICT",
    "SET_DEFAULT",
    "SET_NULL",
]
