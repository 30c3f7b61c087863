from enum import Enum, IntEnum, StrEnum

from ormgen import Model, fields


class Mood(StrEnum):
    SAD = "sad"
    HAPPY = "happy"


class Other(StrEnum):
    HAPPY = "happy"
    SAD = "sad"


class Mixed(Enum):
    ONE = "one"
    TWO = 2


class Level(IntEnum):
    LOW = 1


class Team(Model):
    mood = fields.CharEnumField(Mood, native_enum="mood")
    named = fields.CharEnumField(Mood, native_enum="a.b.c")
    mixed = fields.CharEnumField(Mixed, native_enum="mixed")
    level = fields.IntEnumField(Level, native_enum="level")
    name = fields.CharField(max_length=3, native_enum="mood")


class Pet(Model):
    mood = fields.CharEnumField(Mood, native_enum="mood")
