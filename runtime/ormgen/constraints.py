"""Constraints for `Meta.constraints`: `from ormgen.constraints import CheckConstraint`."""

from ormgen.schema.indexes import CheckConstraint, ExclusionConstraint, UniqueConstraint

__all__ = ["CheckConstraint", "ExclusionConstraint", "UniqueConstraint"]
