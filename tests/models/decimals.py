"""Exact numbers."""

from ormgen import Model, fields


class Price(Model):
    small = fields.DecimalField(max_digits=18, decimal_places=4)
    large = fields.DecimalField(max_digits=30, decimal_places=10, null=True)
    whole = fields.IntField(default=1)
