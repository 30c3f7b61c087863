"""Fields that comments describe."""

from ormgen import Model, fields


class Place:
    """A mixin."""

    #: Where {model} is
    where = fields.CharField(max_length=20, default="here")


class Building(Place, Model):
    """
    It's a house with "walls" */ and more.

    Nobody sees this.
    """

    # Not this one
    #: No. of seats, it's */ many
    #: All this is no part of the description.
    seats = fields.IntField(default=1)
    #: Not this
    rent = fields.FloatField(default=0, description="Said already")

    #: Too far away

    floors = fields.IntField(default=1)
    #: Who owns it
    owner = fields.ForeignKeyField("models.Building", related_name="owned", null=True)


class Silent(Model):
    number = fields.IntField(default=1)

    class Meta:
        table_description = "Told by Meta"
