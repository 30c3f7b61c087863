"""Fields made by functions and lambdas, mixins, a generic abstract base, branches inside of a class."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, ClassVar, Generic, TypeVar

from ormgen import Model, fields

if TYPE_CHECKING:
    pass

T = TypeVar("T")


def name_field(length: int = 10, *, null: bool = False, **more):
    return fields.CharField(max_length=length, null=null, **more)


def fk(target: str, related: str | None = None):
    return fields.ForeignKeyField(f"models.{target}", related_name=related or f"{target.lower()}s_of_two", null=True)


def both():
    return {"null": True, "default": None}


make = lambda length: fields.CharField(max_length=length)


class Stamped:
    created = fields.DatetimeField(auto_now_add=True)


class Marked:
    mark = fields.CharField(max_length=1, default="x")


class Base(Generic[T], Model):
    serial = fields.UUIDField(primary_key=True)
    common: fields.CharField = fields.CharField(max_length=3, default="abc")

    class Meta:
        abstract = True
        ordering = ["serial"]


class Tables:
    class Meta:
        table_description = "from a mixin"


class Two(Stamped, Base[int], Marked):
    name = name_field(12, null=True)
    other: str = name_field(length=13)
    third = name_field(**both(), length=9)
    fourth = make(14)
    link = fk("One")
    known: ClassVar[int] = 3
    if sys.version_info >= (3, 10):
        modern = fields.IntField(default=1)
    else:
        legacy = fields.IntField(default=1)
    try:
        safe = fields.IntField(default=2)
    except ValueError:
        pass
    num: Annotated[int, "x"] = fields.IntField(default=4)
    created = fields.DatetimeField(auto_now=True)

    class Meta(Base.Meta, Tables.Meta):
        abstract = False
        table = "twos"


if sys.platform != "nowhere":

    class Conditional(Model):
        y = fields.IntField()

        class Meta:
            unique_together = ("y",)

else:

    class Conditional(Model):
        z = fields.IntField()
