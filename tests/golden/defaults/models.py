"""Defaults of every kind."""

import datetime
import decimal
import uuid
from datetime import timedelta, timezone

from ormgen import Model, fields

ANSWER = 42
GREETING = "hel" + "lo"
LIMITS = {"low": 1, "high": ANSWER * 2}


def token() -> str:
    return uuid.uuid4().hex


class Maker:
    def __call__(self) -> int:
        return 1


class Plain:
    pass


class Values(Model):
    whole = fields.IntField(default=ANSWER)
    minus = fields.IntField(default=-1)
    big = fields.BigIntField(default=10_000 * 10)
    text = fields.TextField(default=GREETING)
    joined = fields.TextField(default="one " "two")
    formatted = fields.TextField(default=f"{GREETING} {ANSWER}")
    none = fields.IntField(null=True, default=None)
    yes = fields.BooleanField(default=True)
    ratio = fields.FloatField(default=1.5e3)
    looked_up = fields.IntField(default=LIMITS["high"])
    decimal = fields.DecimalField(10, 2, default=decimal.Decimal("2.5"))
    listed = fields.JSONField(default=list)
    dictionary = fields.JSONField(default={"a": [1, 2, {"b": None}]})
    function = fields.TextField(default=token)
    anonymous = fields.TextField(default=lambda: "x")
    token = fields.TextField(default=token)
    unique = fields.UUIDField(default=uuid.uuid4)
    span = fields.TimeDeltaField(default=timedelta(days=1))
    moment = fields.DatetimeField(default=datetime.datetime(2020, 1, 1, tzinfo=timezone.utc))
    made = fields.IntField(default=Maker())
    plain = fields.JSONField(default=Plain())
    stored = fields.IntField(db_default=7)
    stored_text = fields.TextField(db_default="none")
