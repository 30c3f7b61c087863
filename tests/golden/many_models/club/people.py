"""People of a club."""

from __future__ import annotations

from enum import Enum

from ormgen import Q, fields
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet


class Level(str, Enum):
    JUNIOR = "junior"
    SENIOR = "senior"


class Stamped(Model):
    since = fields.DateField()

    class Meta:
        abstract = True


class Members(QuerySet["Member"]):
    def paying(self) -> Members:
        return self.filter(Q(fee__gt=0))


class Member(Stamped):
    name = fields.CharField(max_length=40)
    level = fields.CharEnumField(Level)
    fee = fields.IntField(null=True)
    ground: fields.ForeignKeyRelation[Ground] = fields.ForeignKeyField("models.Ground", related_name="members")
    mentor = fields.ForeignKeyField("models.Member", related_name="mentored", null=True)

    class Meta:
        manager = Manager.from_queryset(Members)()


class Captain(Stamped):
    name = fields.CharField(max_length=40)
    team = fields.CharField(max_length=20)


class _Guest(Model):
    name = fields.CharField(max_length=40)
    friends = fields.ManyToManyField("models.Member", related_name="guests")


async def loaded(key: int) -> str:
    member = await Member.filter(level=Level.JUNIOR).select_related("ground").get(id=key)
    return f"{member.ground.city} {await member.guests.all().count()}"


from club.places import Ground  # noqa: E402
