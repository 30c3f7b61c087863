"""Warnings: `from ormgen.warnings import ORMLoopSwitchWarning`."""

from ormgen.exceptions import ORMLoopSwitchWarning

__all__ = ["ORMLoopSwitchWarning"]
