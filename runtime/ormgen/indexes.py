"""Indexes for `Meta.indexes`: `from ormgen.indexes import Index`."""

from ormgen.schema.indexes import Index, UniqueConstraint

__all__ = ["Index", "UniqueConstraint"]
