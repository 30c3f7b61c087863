"""Models with something to tell about themselves."""

from enum import Enum

from ormgen import Model, fields
from ormgen.fields import Now
from ormgen.functions import Lower
from ormgen.indexes import Index


class Tone(Enum):
    LOUD = "loud"


def made() -> str:
    return "x"


class League(Model):
    """
    Where teams play.

    More about that.
    """

    id = fields.SmallIntField(primary_key=True)
    name = fields.CharField(max_length=10, description="Its name", default=made, source_field="league_name")
    tone = fields.CharEnumField(Tone, default=Tone.LOUD)
    price = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    created = fields.DatetimeField(auto_now_add=True)
    stored = fields.DatetimeField(db_default=Now())
    data = fields.JSONField(null=True)

    class Meta:
        table = "leagues"
        unique_together = ("name", "tone")
        indexes = [("name", "price"), Index(Lower("name"), name="by_name")]


class Club(Model):
    league = fields.ForeignKeyField("models.League", related_name="clubs", description="Plays there")
    rival = fields.OneToOneField("models.Club", related_name="rival_of", null=True, on_delete=fields.SET_NULL)
    friends = fields.ManyToManyField("models.League", related_name="befriended", through="friendship")
