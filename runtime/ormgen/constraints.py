"""Constraints for `Meta.constraints`: `from ormgen.constraints import CheckConstraint, UniqueConstraint`."""

from ormgen.schema.indexes import CheckConstraint, UniqueConstraint

__all__ = ["CheckConstraint", "UniqueConstraint"]
