"""Authors, their books, and orders of them."""

from enum import StrEnum

from ormgen import Model, fields


class State(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class Author(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100, unique=True)


class Book(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=200, db_index=True)
    author = fields.ForeignKeyField("models.Author", related_name="books")
    price = fields.DecimalField(max_digits=8, decimal_places=2)
    stock = fields.IntField(default=0, description="copies in the shop")


class Order(Model):
    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=200)
    state = fields.CharEnumField(State, default=State.OPEN)
    placed_at = fields.DatetimeField(auto_now_add=True)


class Line(Model):
    id = fields.IntField(primary_key=True)
    order = fields.ForeignKeyField("models.Order", related_name="lines")
    book = fields.ForeignKeyField("models.Book", related_name="lines", on_delete=fields.RESTRICT)
    copies = fields.SmallIntField(default=1)
    price = fields.DecimalField(max_digits=8, decimal_places=2, description="of one copy, when it was ordered")

    class Meta:
        unique_together = (("order", "book"),)
