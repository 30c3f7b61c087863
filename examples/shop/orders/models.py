"""Customers, their orders and their payments."""

from decimal import Decimal
from enum import StrEnum
from uuid import uuid4

from ormgen import fields
from ormgen.models import Model
from shop.catalog.models import Product


class Customer(Model):
    id = fields.UUIDField(primary_key=True, default=uuid4)
    email = fields.CharField(max_length=200, unique=True)
    referred_by = fields.ForeignKeyField(
        "orders.Customer", null=True, related_name="referrals", on_delete=fields.SET_NULL
    )
    wishes = fields.ManyToManyField("catalog.Product", related_name="wished_by", through="wish")

    class Meta:
        table = "customers"
        ordering = ["email"]


class Order(Model):
    class State(StrEnum):
        OPEN = "open"
        PAID = "paid"
        SENT = "sent"

    number = fields.IntField(primary_key=True, generated=False)
    customer = fields.ForeignKeyField("orders.Customer", related_name="orders", on_delete=fields.RESTRICT)
    state = fields.CharEnumField(State, default=State.OPEN)
    placed_at = fields.DatetimeField(auto_now_add=True)
    note = fields.TextField(null=True)

    class Meta:
        table = "orders"
        ordering = ["number"]
        indexes = [("customer", "state")]

    async def total(self) -> Decimal:
        total = Decimal(0)
        async for line in self.lines.all():
            total += line.amount()
        return total


class OrderLine(Model):
    order = fields.ForeignKeyField("orders.Order", related_name="lines")
    product = fields.ForeignKeyField(
        "catalog.Product",
        to_field="sku",
        source_field="sku",
        related_name="order_lines",
        on_delete=fields.RESTRICT,
    )
    quantity = fields.SmallIntField(default=1)
    unit_price = fields.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        table = "order_lines"
        unique_together = (("order", "product"),)
        ordering = ["id"]

    def amount(self) -> Decimal:
        return self.quantity * self.unit_price

    async def still_sold(self) -> Product | None:
        return await Product.get_or_none(sku=self.product_id, active=True)


class Payment(Model):
    order = fields.OneToOneField("orders.Order", related_name="payment", primary_key=True)
    amount = fields.DecimalField(max_digits=12, decimal_places=2)
    receipt = fields.BinaryField(null=True)
    paid_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "payments"
