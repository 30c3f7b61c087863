"""Managers: `from ormgen.manager import Manager`."""

from ormgen.models.queryset import Manager

__all__ = ["Manager"]
