"""A constraint that PostgreSQL has: `from ormgen.contrib.postgres.constraints import ExclusionConstraint`."""

from ormgen.schema.indexes import ExclusionConstraint

__all__ = ["ExclusionConstraint"]
