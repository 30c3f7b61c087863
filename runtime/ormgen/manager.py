"""Managers: `from ormgen.manager import Manager`."""

from ormgen.models.manager import Manager

__all__ = ["Manager"]
