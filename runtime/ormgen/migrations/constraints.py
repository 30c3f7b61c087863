"""Constraints in migration files: `from ormgen.migrations.constraints import UniqueConstraint`."""

from ormgen.schema.indexes import CheckConstraint, UniqueConstraint

__all__ = ["CheckConstraint", "UniqueConstraint"]
