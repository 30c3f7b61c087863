"""Options shared by several fields."""

from ormgen import Model, fields

from . import const
from .const import TABLE

COMMON = dict(null=True, description="common")
KW = {**COMMON, "default": None}


class Order(Model):
    class Meta:
        table = TABLE
        ordering = ("-id",)

    total = fields.DecimalField(max_digits=const.LENGTH, decimal_places=const.Limits.SHORT, default="1.50")
    note = fields.CharField(max_length=const.LONG, **COMMON)
    note2 = fields.CharField(max_length=const.LONG, **KW)
    data = fields.JSONField(default=lambda: {"a": 1})
    parent: "fields.ForeignKeyNullableRelation[Order]" = fields.ForeignKeyField(
        "models.Order", null=True, related_name="kids"
    )


class Line(Model):
    order: fields.ForeignKeyRelation["Order"] = fields.ForeignKeyField(
        to="models.Order", related_name="lines", to_field="id"
    )
    n = fields.IntField()
    locals()["hidden"] = 3
    for_ = fields.IntField(source_field="for", default=0)
    class_ = fields.IntField(source_field="class", null=True)
