"""A second app: its label is known from the references to it."""

import shop
import shop.order as orders
from ormgen import fields, models


class Report(models.Model):
    order = fields.ForeignKeyField("shop.Order", related_name=False)
    payment = fields.CharEnumField(shop.choices.Payment)
    previous = fields.ForeignKeyField("reports.Report", null=True)
    line = fields.ForeignKeyField(orders.Line, null=True)


class Copy(shop.Order):
    customer = fields.ForeignKeyField(shop.Customer, related_name="copies")
    report = fields.OneToOneField("reports.Report", related_name="copy")
