"""Heroes of a project that runs on Tortoise ORM."""

from __future__ import annotations

import enum
from typing import Any

from tortoise import fields
from tortoise.manager import Manager
from tortoise.models import Model
from tortoise.queryset import QuerySet


class Status(enum.Enum):
    ACTIVE = "active"
    RETIRED = "retired"


class ActiveManager(Manager):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(active=True)


class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    heroes: fields.ReverseRelation[Hero]

    class Meta:
        table = "teams"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    async def strongest(self) -> Hero | None:
        return await self.heroes.order_by("-power").first()

    async def names(self) -> list[str]:
        return [hero.name async for hero in self.heroes.filter(power__gte=1)]

    async def rename(self, name: str) -> None:
        self.name = name
        await self.save(update_fields=["name"])


class Hero(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
    power = fields.IntField(default=0)
    rank = fields.FloatField(null=True)
    money = fields.DecimalField(max_digits=10, decimal_places=2, default=0)
    active = fields.BooleanField(default=True)
    status = fields.CharEnumField(Status, default=Status.ACTIVE)
    data = fields.JSONField[dict[str, Any]](null=True)
    born = fields.DateField(null=True)
    badge = fields.UUIDField(null=True)
    team: fields.ForeignKeyRelation[Team] = fields.ForeignKeyField("models.Team", related_name="heroes")
    mentor: fields.ForeignKeyNullableRelation[Hero] = fields.ForeignKeyField(
        "models.Hero", related_name="pupils", null=True
    )
    friends: fields.ManyToManyRelation[Hero] = fields.ManyToManyField("models.Hero", related_name="befriended")

    pupils: fields.ReverseRelation[Hero]
    profile: fields.BackwardOneToOneRelation[Profile]

    @property
    def tag(self) -> str:
        return f"{self.name}@{self.team_id}"

    @classmethod
    async def by_name(cls, name: str) -> Hero:
        return await cls.get(name=name)

    @classmethod
    def strong(cls, at_least: int = 10) -> QuerySet[Hero]:
        return cls.filter(power__gte=at_least).order_by("-power")


class Profile(Model):
    id = fields.IntField(primary_key=True)
    bio = fields.TextField(default="")
    hero: fields.OneToOneRelation[Hero] = fields.OneToOneField("models.Hero", related_name="profile")


class Mission(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=50)
    starts_at = fields.DatetimeField()
    leader: fields.ForeignKeyRelation[Hero] = fields.ForeignKeyField("models.Hero", related_name="missions")
    crew: fields.ManyToManyRelation[Hero] = fields.ManyToManyField("models.Hero", related_name="crewed")


class Account(Model):
    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=50, unique=True)
    active = fields.BooleanField(default=True)

    everyone = Manager()

    class Meta:
        manager = ActiveManager()


class NoteQuerySet(QuerySet["Note"]):
    def long(self) -> NoteQuerySet:
        return self.filter(text__contains=" ")


class NoteManager(Manager):
    def get_queryset(self) -> NoteQuerySet:
        return NoteQuerySet(self._model)


class Note(Model):
    id = fields.IntField(primary_key=True)
    text = fields.TextField()

    class Meta:
        manager = NoteManager()
