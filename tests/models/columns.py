"""One model for each type of field, so that a test can try each alone."""

import uuid
from enum import Enum, IntEnum
from typing import Any

from ormgen import Model, fields


class Colour(str, Enum):  # noqa: UP042  # that is what users write
    """Members are text as well."""

    RED = "red"
    BLUE = "Blue'"


class Size(IntEnum):
    SMALL = -1
    LARGE = 32767


class Whole(Model):
    value = fields.IntField(null=True)


class Big(Model):
    value = fields.BigIntField(null=True)


class Small(Model):
    value = fields.SmallIntField(null=True)


class Text(Model):
    value = fields.CharField(max_length=40, null=True)


class LongText(Model):
    value = fields.TextField(null=True)


class Flag(Model):
    value = fields.BooleanField(null=True)


class Real(Model):
    value = fields.FloatField(null=True)


class Money(Model):
    value = fields.DecimalField(max_digits=30, decimal_places=4, null=True)


class Moment(Model):
    value = fields.DatetimeField(null=True)


class Day(Model):
    value = fields.DateField(null=True)


class Clock(Model):
    value = fields.TimeField(null=True)


class Span(Model):
    value = fields.TimeDeltaField(null=True)


class Identity(Model):
    value = fields.UUIDField(null=True)


class Document(Model):
    value = fields.JSONField[Any](null=True)


class Blob(Model):
    value = fields.BinaryField(null=True)


class Coloured(Model):
    value = fields.CharEnumField(Colour, null=True)


class Sized(Model):
    value = fields.IntEnumField(Size, null=True)


class Keyed(Model):
    """A key that Python makes, and required columns."""

    id = fields.UUIDField(primary_key=True)
    whole = fields.IntField()
    text = fields.CharField(max_length=5, validators=[lambda value: None])
    other = fields.UUIDField(default=uuid.uuid4)


class Settled(Model):
    """Columns that the database fills in."""

    name = fields.CharField(max_length=20)
    state = fields.CharField(max_length=20, db_default="new")
    count = fields.IntField(db_default=7)
