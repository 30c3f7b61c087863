"""Constraints that every database has."""

from ormgen import Model, Q, fields
from ormgen.constraints import CheckConstraint, UniqueConstraint


class Checked(Model):
    name = fields.CharField(max_length=20, source_field="label")
    price = fields.IntField()
    kind = fields.CharField(max_length=10, default="it's {}")

    class Meta:
        constraints = [
            CheckConstraint(check="price > 0", name="price_positive"),
            CheckConstraint(check=Q(price__lt=100) | Q(name="big"), name="price_small"),
            CheckConstraint(check={"kind__not": "a%s"}, name="kind_known"),
            UniqueConstraint(fields=("name", "price"), name="one_price"),
        ]
