"""Heroes, their teams and missions: every kind of relation, with and without null."""

from decimal import Decimal
from enum import Enum, IntEnum

from ormgen import Model, fields


class Mood(Enum):
    """Stored as text."""

    GOOD = "good"
    BAD = "bad"


class Rank(IntEnum):
    """Stored as a number."""

    LOW = 1
    HIGH = 2


class Stamped(Model):
    """What knows when it was made."""

    created = fields.DatetimeField(auto_now_add=True)
    changed = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True


class Country(Model):
    code = fields.CharField(max_length=2, primary_key=True)
    name = fields.CharField(max_length=50, unique=True)


class Team(Model):
    name = fields.CharField(max_length=50, unique=True)
    city = fields.CharField(max_length=50, null=True)
    size = fields.IntField(default=0)
    country = fields.ForeignKeyField("models.Country", related_name="teams", null=True, on_delete=fields.SET_NULL)


class Hero(Stamped):
    name = fields.CharField(max_length=50)
    nick = fields.CharField(max_length=50, null=True)
    power = fields.IntField(default=0)
    price = fields.DecimalField(max_digits=12, decimal_places=2, default=Decimal("1.50"))
    active = fields.BooleanField(default=True)
    mood = fields.CharEnumField(Mood, default=Mood.GOOD)
    rank = fields.IntEnumField(Rank, null=True)
    data = fields.JSONField(default=dict)
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True)
    boss = fields.ForeignKeyField("models.Hero", related_name="minions", null=True, on_delete=fields.SET_NULL)
    friends = fields.ManyToManyField("models.Hero", related_name="befriended_by", through="friendship")

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table = "hero"
        ordering = ["name"]


class Badge(Model):
    id = fields.UUIDField(primary_key=True)
    title = fields.CharField(max_length=50, default="star")
    hero = fields.OneToOneField("models.Hero", related_name="badge")


class Diary(Model):
    hero = fields.OneToOneField("models.Hero", related_name="diary", primary_key=True)
    text = fields.TextField()


class Mission(Model):
    title = fields.CharField(max_length=50, unique=True)
    starts = fields.DatetimeField(null=True)
    reward = fields.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    crew = fields.ManyToManyField("models.Hero", related_name="missions")


class Report(Model):
    """Points at a mission by its title."""

    text = fields.CharField(max_length=100)
    stars = fields.IntField(default=0)
    mission = fields.ForeignKeyField("models.Mission", related_name="reports", to_field="title")
    author = fields.ForeignKeyField("models.Hero", related_name="reports")


class Log(Model):
    """Nothing leads back to it, and its columns have names of their own."""

    id = fields.BigIntField(primary_key=True, source_field="log id")
    line = fields.TextField(source_field='li"n`e %s {x}')
    hero = fields.ForeignKeyField("models.Hero", related_name=False, source_field="who?", null=True)

    class Meta:
        table = 'lo"g` {0} %s ?'
