"""Values that are computed of constants of other modules."""

from ormgen import Model, fields

from ..const import *
from ..const import CHOICES
from ..const import Limits as L

__all__ = ["One", "Hidden"]


class One(Model):
    a = fields.CharField(max_length=LENGTH)
    b = fields.CharField(**CHOICES)
    c = fields.CharField(max_length=L.Inner.DEEP, **{"default": f"{PREFIX}-{LENGTH}"})
    d = fields.CharField(max_length=(n := L.LONG))
    e = fields.CharField(max_length=n + 1, default="a" "b" + "c")
    f = fields.CharField(max_length=min(SIZES), default=NAMES[0])
    g = fields.IntField(default=len(NAMES))
    h = fields.IntField(default=-1 if LENGTH > 10 else 1)
    i = fields.CharField(max_length=SIZES[-1], description="%s of %d" % (PREFIX, LENGTH))
    j = fields.CharField(max_length=int("12"), description="{} {}".format(PREFIX, 3))
    k = fields.CharField(max_length=1 << 4, default=PREFIX.upper())

    class Meta:
        table = "_".join(["one", PREFIX])


class Hidden(Model):
    x = fields.IntField()

    class Meta:
        table = f"{PREFIX}_{One.__name__.lower()}_hidden"
