"""Heroes, their teams and their missions."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from ormgen import fields
from ormgen.models import Model
from ormgen.queryset import QuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_POWER = 100  # nobody is stronger
DEFAULT_NAME: str = "nobody"


class Status(str, enum.Enum):  # noqa: UP042
    ACTIVE = "active"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return self.value.title()


class Rank(enum.IntEnum):
    SIDEKICK = 1
    LEADER = 2


class Player(Model):
    username = fields.CharField(max_length=20, unique=True)

    teams: fields.ReverseRelation[Team]


class Team(Model):
    """A team of heroes."""

    name = fields.CharField(max_length=50)
    motto = fields.TextField(null=True)
    owner: fields.ForeignKeyNullableRelation[Player] = fields.ForeignKeyField(
        "heroes.Player",
        related_name="teams",
        null=True,
    )

    heroes: fields.ReverseRelation[Hero]  # by hand, as Tortoise users write it

    class Meta:
        table = "team"
        ordering = ["name"]

    async def strongest(self) -> Hero | None:
        return await self.heroes.order_by("-power").first()

    async def owned_by(self) -> str | None:
        owner = await self.owner
        return owner.username if owner else None

    async def names(self) -> list[str]:
        # a comment inside a body
        return [hero.name async for hero in self.heroes.filter(power__gte=1)]

    async def rename(self, name: str) -> None:
        self.name = name
        await self.save(update_fields=["name"])

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class Hero(Model):
    name = fields.CharField(max_length=50, unique=True)
    power = fields.IntField(null=True)
    status = fields.CharEnumField(Status, default=Status.ACTIVE)
    rank = fields.IntEnumField(Rank, null=True)
    data = fields.JSONField[dict[str, Any]](default=dict)
    created_at = fields.DatetimeField(auto_now_add=True)
    team: fields.ForeignKeyRelation[Team] = fields.ForeignKeyField("heroes.Team", related_name="heroes")
    mentor = fields.ForeignKeyField("heroes.Hero", related_name="pupils", null=True)
    friends = fields.ManyToManyField("heroes.Hero", related_name="friend_of")

    class Meta:
        table = "hero"

    class Badge:
        """A nested class that has nothing to do with columns."""

        def __init__(self, text: str) -> None:
            self.text = text

    @property
    def tag(self) -> str:
        return f"{self.name}@{self.team_id}"

    @classmethod
    async def by_name(cls, name: str) -> Hero:
        return await cls.get(name=name)

    @classmethod
    def strong(cls, at_least: int = 10) -> QuerySet[Hero]:
        return cls.filter(power__gte=at_least).order_by("-power")

    @staticmethod
    def clamp(power: int) -> int:
        return min(power, MAX_POWER)

    async def promote(self) -> None:
        self.rank = Rank.LEADER
        team = await self.team
        mentor = await self.mentor
        if mentor is not None and mentor.team_id == team.id:
            await self.save()

    def badge(self) -> Badge:
        return self.Badge(self.tag)

    def __str__(self) -> str:
        return self.name


class Profile(Model):
    hero = fields.OneToOneField("heroes.Hero", related_name="profile")
    bio = fields.TextField(default="")


class Mission(Model):
    starts_at = fields.DatetimeField()
    crew = fields.ManyToManyField("heroes.Hero", related_name="missions")


async def strongest_of(teams: Sequence[Team]) -> list[Hero]:
    found: list[Hero] = []
    for team in teams:
        hero = await team.strongest()
        if hero:
            found.append(hero)
    return found
