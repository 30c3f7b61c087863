from enum import IntEnum, StrEnum

from ormgen import Model, fields


class Word(StrEnum):
    LONG = "a long value"


class Level(IntEnum):
    HUGE = 100_000


class Team(Model):
    name = fields.CharField()
    other = fields.CharField(max_length=0)
    third = fields.CharField(max_length="10")
    word = fields.CharEnumField(Word, max_length=3)
    level = fields.IntEnumField(Level)

    class Meta:
        ordering = ["name", "word"]
        unique_together = ("third", "level")
