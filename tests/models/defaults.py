"""Columns with defaults: of the database, computed by it, and made by Python."""

import datetime
import itertools
from decimal import Decimal
from enum import IntEnum
from typing import Any

from ormgen import Model, fields
from ormgen.fields import Now, RandomHex, SqlDefault

NUMBERS = itertools.count(1)


class Level(IntEnum):
    LOW = 1
    HIGH = 2


async def next_number() -> int:
    return next(NUMBERS)


class Plain(Model):
    """One default of the database for each type of column."""

    number = fields.IntField(db_default=1)
    real = fields.FloatField(db_default=1.5)
    price = fields.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("1.10"))
    flag = fields.BooleanField(db_default=True)
    text = fields.CharField(max_length=20, db_default="it's")
    long = fields.TextField(db_default="a\\b")
    day = fields.DateField(db_default=datetime.date(2020, 5, 21))
    moment = fields.DatetimeField(db_default=datetime.datetime(2020, 5, 20, tzinfo=datetime.UTC))
    span = fields.TimeDeltaField(db_default=datetime.timedelta(seconds=1))
    data = fields.JSONField[Any](db_default={"a": [1]})
    blob = fields.BinaryField(db_default=b"\x00\xff")
    level = fields.IntEnumField(Level, db_default=Level.HIGH)
    nothing = fields.IntField(null=True, db_default=None)


class Computed(Model):
    """Defaults that the database computes."""

    name = fields.CharField(max_length=20)
    created = fields.DatetimeField(db_default=Now())
    day = fields.DateField(db_default=Now())
    clock = fields.TimeField(db_default=Now())
    token = fields.CharField(max_length=32, db_default=RandomHex())
    counter = fields.IntField(db_default=SqlDefault("40 + 2"), source_field="ctr")
    shout = fields.CharField(max_length=20, db_default=SqlDefault("upper('new')"))


class Unfetched(Model):
    number = fields.IntField(db_default=1)

    class Meta:
        fetch_db_defaults = False


class Tokened(Model):
    """A key that the database makes and that is no counted number."""

    token = fields.CharField(max_length=32, primary_key=True, db_default=RandomHex())


class Numbered(Model):
    """A default that has to be awaited."""

    name = fields.CharField(max_length=20, default="x")
    number = fields.IntField(null=True, default=next_number)
