"""Defaults that the database computes, at the import path that Tortoise users know."""

from ormgen.schema.db_defaults import Now, RandomHex, SqlDefault

__all__ = ["Now", "RandomHex", "SqlDefault"]
