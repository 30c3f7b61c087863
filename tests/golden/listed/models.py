"""`__models__` says which models there are."""

from ormgen import Model, fields
from parts import Part, Spare


class Hidden(Model):
    pass


class Shown(Model):
    part = fields.ForeignKeyField("models.Part")


class Tmp:
    class Inner(Model):
        shown = fields.OneToOneField("models.Shown")

        class Meta:
            ordering = ["shown"]


__models__ = [Shown, Part]
__models__ += (Spare, Tmp.Inner)
