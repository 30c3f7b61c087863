"""Statements that run sometimes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ormgen import Model, fields

if TYPE_CHECKING:
    from nowhere import Invisible

    class Ghost(Model):
        pass
else:
    Invisible = None

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:
    from backports import StrEnum

try:
    from nothing_of_the_kind import MAXIMUM, MoneyField
except ImportError:
    MAXIMUM = 20
    MoneyField = fields.FloatField

try:
    import json
except ImportError:

    class Spare(Model):
        pass


try:
    import nothing_either
except ModuleNotFoundError:

    class Fallback(Model):
        name = fields.CharField(max_length=MAXIMUM)

else:

    class Never(Model):
        pass


class Kind(StrEnum):
    A = "a"


class Thing(Model):
    kind = fields.CharEnumField(Kind)
    price = MoneyField()

    if TYPE_CHECKING:
        things: fields.ReverseRelation[Fallback]
    else:
        size = fields.IntField()
    if sys.version_info < (3, 8):
        old = fields.IntField()
    try:
        parent = fields.ForeignKeyField("models.Thing", null=True)
    except NameError:
        parent = None


class Temporary(Model):
    pass


del Temporary


class Twice(Model):
    one = fields.IntField()


class Twice(Model):  # type: ignore[no-redef]  # noqa: F811
    two = fields.IntField()
    two = fields.TextField()


Alias = Thing

if sys.platform == "no such platform":

    class Nowhere(Model):
        pass

elif sys.version_info[0] >= 3 and sys.version_info[:2] != (2, 7) and not sys.platform.startswith("none"):

    class Here(Model):
        here = fields.IntField()


try:
    from nothing_at_all import Money, other
except ImportError:

    class Money(Model):
        amount = fields.IntField()

    other = None
