"""Models of a program that stays on Tortoise ORM."""

import enum
from typing import Any

from tortoise import fields
from tortoise.manager import Manager
from tortoise.models import Model
from tortoise.queryset import QuerySet


class Rank(enum.IntEnum):
    NOVICE = 1
    MASTER = 2


class FighterQuerySet(QuerySet["Fighter"]):
    def strong(self) -> "FighterQuerySet":
        return self.filter(power__gte=10)


class FighterManager(Manager):
    def get_queryset(self) -> FighterQuerySet:
        return FighterQuerySet(self._model)


class School(Model):
    """Where fighters learn."""

    name = fields.CharField(max_length=40, unique=True)
    founded = fields.DateField(null=True)

    async def strongest(self) -> "Fighter | None":
        return await self.fighters.order_by("-power").first()


class Fighter(Model):
    name = fields.CharField(max_length=40)
    power = fields.IntField(default=1)
    rank = fields.IntEnumField(Rank, default=Rank.NOVICE)
    notes = fields.JSONField[dict[str, Any]](null=True)
    school = fields.ForeignKeyField("arena.School", related_name="fighters")
    rivals = fields.ManyToManyField("arena.Fighter", related_name="rival_of")
    badge: fields.OneToOneNullableRelation["Badge"] = fields.OneToOneField("arena.Badge", null=True)

    class Meta:
        manager = FighterManager()


class Badge(Model):
    number = fields.UUIDField(primary_key=True)
