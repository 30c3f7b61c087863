"""Indexes for `Meta.indexes`: `from ormgen.indexes import Index`."""

from ormgen.schema.indexes import CheckConstraint, Index, PartialIndex, UniqueConstraint

__all__ = ["CheckConstraint", "Index", "PartialIndex", "UniqueConstraint"]
