"""Managers and query sets of the user's own."""

from __future__ import annotations

from typing import Any

from ormgen import Model, fields
from ormgen.manager import Manager
from ormgen.queryset import QuerySet


class HeroQuerySet(QuerySet["Hero"]):
    def strong(self) -> HeroQuerySet:
        return self.filter(power__gt=9)


class StrongManager(Manager):
    def get_queryset(self) -> HeroQuerySet:
        return HeroQuerySet(self._model).strong()


class BuiltManager(Manager):
    def get_queryset(self):
        return HeroQuerySet(self._model)


class GivenManager(Manager):
    def __init__(self, queryset: Any = QuerySet) -> None:
        super().__init__()
        self.queryset = queryset

    def get_queryset(self) -> Any:
        return self.queryset(self._model)


class Base(Model):
    all_objects = Manager()

    class Meta:
        abstract = True
        manager = StrongManager()


class Hero(Base):
    power = fields.IntField()
    built = BuiltManager()
    given = GivenManager(HeroQuerySet)
    heroes = HeroQuerySet.as_manager()
    mixed = StrongManager.from_queryset(HeroQuerySet)()


class Sidekick(Base):
    class Meta:
        manager = Manager()


class Both(Model):
    objects = StrongManager()
    power = fields.IntField()

    class Meta:
        manager = StrongManager()
