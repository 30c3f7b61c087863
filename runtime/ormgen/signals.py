"""Signals: `from ormgen.signals import post_save`."""

from ormgen.models.listeners import Signals
from ormgen.models.signalling import Signal, post_delete, post_save, pre_delete, pre_save

__all__ = ["Signal", "Signals", "post_delete", "post_save", "pre_delete", "pre_save"]
