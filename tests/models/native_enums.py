"""Models whose columns have enum types of the database; members are in another order than the alphabet's."""

from enum import Enum, StrEnum

from ormgen import Model, fields


class Mood(StrEnum):
    SAD = "sad"
    OK = "ok"
    HAPPY = "happy"
    ODD = 'it\'s \\ "odd" %s {}'


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Person(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
    mood = fields.CharEnumField(Mood, native_enum="mood")
    before = fields.CharEnumField(Mood, native_enum="mood", null=True)
    level = fields.CharEnumField(Level, native_enum="Level", db_default=Level.LOW)


class Ruler(Model):
    """A key that is such a type."""

    mood = fields.CharEnumField(Mood, native_enum="mood", primary_key=True)
    name = fields.CharField(max_length=50)


class Subject(Model):
    id = fields.IntField(primary_key=True)
    ruler: fields.ForeignKeyRelation[Ruler] = fields.ForeignKeyField("models.Ruler", related_name="subjects")


class Pair(Model):
    one = fields.CharEnumField(Mood, native_enum="mood")
    two = fields.CharEnumField(Level, native_enum="Level")
    note = fields.CharField(max_length=50, default="")

    class Meta:
        primary_key = ("one", "two")
