"""Primary keys that are members of enums, one from this module and one from a module without a stub."""

from enum import Enum

from _levels import Level

from ormgen import Model, fields


class Size(str, Enum):
    SMALL = "s"
    LARGE = "l"


class Box(Model):
    size = fields.CharEnumField(Size, pk=True)
    label = fields.CharField(20)


class Shelf(Model):
    level = fields.IntEnumField(Level, pk=True)
    boxes = fields.ManyToManyField("models.Box", related_name="shelves")


class Item(Model):
    name = fields.CharField(20)
    box = fields.ForeignKeyField("models.Box", related_name="items")
    shelf = fields.ForeignKeyField("models.Shelf", related_name="items", null=True)


class Seal(Model):
    box = fields.OneToOneField("models.Box", related_name="seal", pk=True)
