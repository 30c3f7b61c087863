"""Relative imports over several levels."""

from ormgen import fields
from ormgen.models import Model

from ...const import LENGTH, TARGET, Limits
from ...parts.one import One


class Mixin:
    note = fields.TextField(default="")


class Deep(Mixin, Model):
    """A
    docstring with "quotes" and \\ backslash."""

    #: comment on the field
    size = fields.SmallIntField(default=Limits.SHORT)
    order = fields.ForeignKeyField(TARGET, related_name="deeps")
    one = fields.OneToOneField(f"models.{One.__name__}", related_name="deep", null=True)
    a, b = fields.IntField(default=1), fields.IntField(default=2)
    c = d = fields.IntField(default=3)

    class Meta:
        table = "deep_" + str(LENGTH)

    class PydanticMeta:
        exclude = ("note",)
