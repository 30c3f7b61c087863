"""Who buys what."""

import enum
from decimal import Decimal
from typing import Any

from ormgen import fields
from ormgen.models import Model
from shop.base import Timestamped


class Customer(Model):
    email = fields.CharField(max_length=100)
    birthday = fields.DateField(null=True)
    active = fields.BooleanField(default=True)

    async def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        await super().save(*args, **kwargs)

    async def spent(self) -> Decimal:
        totals = await self.orders.filter(state=Order.State.PAID).values_list("total", flat=True)
        return sum(totals, Decimal(0))


class VipCustomer(Customer):
    discount = fields.FloatField()


class Order(Timestamped):
    class State(str, enum.Enum):  # noqa: UP042
        OPEN = "open"
        PAID = "paid"

    number = fields.CharField(max_length=20, primary_key=True)
    state = fields.CharEnumField(State, default=State.OPEN)
    total = fields.DecimalField(max_digits=12, decimal_places=2, default=0)
    customer = fields.ForeignKeyField("shop.Customer", related_name="orders")
    placed_by = fields.ForeignKeyField("heroes.Player", related_name="orders", null=True)


class OrderLine(Model):
    order = fields.ForeignKeyField("shop.Order", related_name="lines")
    product = fields.ForeignKeyField("shop.Product", related_name="sold_in")
    amount = fields.SmallIntField(default=1)


class Invoice(Model):
    order = fields.OneToOneField("shop.Order", related_name="invoice", primary_key=True)
    paid_on = fields.DateField(null=True)
