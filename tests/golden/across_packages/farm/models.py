"""Models that inherit from those of another package, which point back at them."""

from animals.models import Animal, Named

from ormgen import fields


class Farm(Named):
    acres = fields.IntField(default=1)


class Cow(Animal):
    milk = fields.FloatField(default=0.0)
    calf_of = fields.ForeignKeyField("models.Cow", related_name="calves", null=True)
