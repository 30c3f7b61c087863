from enum import StrEnum

from ormgen import Model, fields


class Mood(StrEnum):
    SAD = "sad"
    HAPPY = "happy"


class Other(StrEnum):
    HAPPY = "happy"
    SAD = "sad"


class Team(Model):
    mood = fields.CharEnumField(Mood, native_enum="mood")


class Pet(Model):
    before = fields.CharEnumField(Mood, native_enum="mood")
    mood = fields.CharEnumField(Other, native_enum="mood")
