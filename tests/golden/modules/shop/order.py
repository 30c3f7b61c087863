from . import choices as kinds
from .customer import Base, fields
from . import customer as customers


class Order(Base):
    customer = fields.ForeignKeyField("shop.Customer", related_name="orders")
    payment = fields.CharEnumField(kinds.Payment, default=kinds.Payment.CASH)
    guest = fields.ForeignKeyField(customers.Guest, null=True)


class Line(Base):
    order = fields.ForeignKeyField("shop.Order", related_name="lines")
    note = fields.CharField(max_length=customers.LENGTH)
