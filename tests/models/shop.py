"""A second app, for a database of its own or beside the heroes."""

from ormgen import Model, fields


class Product(Model):
    name = fields.CharField(max_length=50)


class Order(Model):
    product = fields.ForeignKeyField("shop.Product", related_name="orders")
    amount = fields.IntField(default=1)
