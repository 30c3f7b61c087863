"""Rows that grow, functions of every kind of column, questions put together, managers that say their model."""

from __future__ import annotations

import enum

from ormgen import Model, fields
from ormgen.manager import Manager
from ormgen.queryset import QuerySet


class State(str, enum.Enum):
    OPEN = "open"
    PAID = "paid"


class BillQuerySet(QuerySet["Bill"]):
    def open(self) -> BillQuerySet:
        return self.filter(state=State.OPEN)


class BillManager(Manager["Bill"]):
    def get_queryset(self) -> BillQuerySet:
        return BillQuerySet(self._model)


class OpenManager(Manager["Bill"]):
    def get_queryset(self) -> QuerySet[Bill]:
        return super().get_queryset().filter(state=State.OPEN)


class Bill(Model):
    state = fields.CharEnumField(State)
    total = fields.DecimalField(max_digits=8, decimal_places=2)
    paid = fields.BooleanField(default=False)
    opens_at = fields.TimeField(null=True)
    made_at = fields.DatetimeField()
    parent = fields.ForeignKeyField("models.Bill", related_name="parts", null=True)

    waiting = OpenManager()

    class Meta:
        manager = BillManager()
