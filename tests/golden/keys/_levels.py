"""An enum in a module without models, which gets no stub."""

from enum import IntEnum


class Level(IntEnum):
    LOW = 1
    HIGH = 2
