"""Places inside of places, for questions about trees."""

from decimal import Decimal

from ormgen import Model, fields


class Place(Model):
    """A tree of any depth; nothing forbids cycles."""

    name = fields.CharField(max_length=10)
    people = fields.IntField(default=1, source_field="inhabitants")
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    note = fields.TextField(null=True)
    parent = fields.ForeignKeyField("models.Place", related_name="children", null=True)
