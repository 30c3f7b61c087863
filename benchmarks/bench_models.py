"""The tables of the benchmarks as models."""

from data import Kind
from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=50)


class Badge(Model):
    name = fields.CharField(max_length=50)


class Hero(Model):
    """The small table."""

    name = fields.CharField(max_length=50)
    power = fields.IntField()
    team = fields.ForeignKeyField("models.Team", related_name="heroes", db_index=True)
    badges = fields.ManyToManyField("models.Badge", related_name="heroes", through="hero_badge")


class Record(Model):
    """The wide table of mixed columns."""

    title = fields.CharField(max_length=50)
    kind = fields.CharEnumField(Kind)
    stock = fields.BigIntField()
    ratio = fields.FloatField()
    active = fields.BooleanField()
    price = fields.DecimalField(max_digits=12, decimal_places=2)
    born = fields.DateField()
    seen = fields.DatetimeField()
    code = fields.UUIDField()
    note = fields.TextField(null=True)
    data = fields.JSONField()
