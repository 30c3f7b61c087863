"""Models, and what they are made of, inside of other classes."""

from __future__ import annotations

from enum import Enum

from ormgen import Model, fields
from ormgen.queryset import QuerySet


class Shop(Model):
    name = fields.CharField(max_length=20)

    class State(Enum):
        OPEN = "open"
        CLOSED = "closed"

    state = fields.CharEnumField(State, default=State.OPEN)

    class Stamped(Model):
        """Has no table."""

        created = fields.DatetimeField(auto_now_add=True)

        class Meta:
            abstract = True

    class Order(Stamped):
        shop = fields.ForeignKeyField("models.Shop", related_name="orders")
        total = fields.DecimalField(10, 2)

        class Line(Model):
            order = fields.ForeignKeyField("models.Order", related_name="lines")

            def of_shop(self) -> int:
                return self.order_id

        def shop_key(self) -> int:
            return self.shop_id


class Group:
    """Only a name in front of others."""

    class Members(QuerySet["Group.Member"]):
        def young(self) -> Group.Members:
            return self.filter(age__lt=20)

    if hasattr(fields, "IntField"):

        class Member(Model):
            age = fields.IntField()

            class Meta:
                table = "member"


class Late(Group.Member):
    hour = fields.IntField(null=True)


__models__ = [Shop, Shop.Order, Shop.Order.Line, Group.Member, Late]
