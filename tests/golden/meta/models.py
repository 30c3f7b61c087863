"""What `class Meta` may say."""

from ormgen import Model, fields
from ormgen.indexes import Index, UniqueConstraint

SHARED = ("team", "name")
PREFIX = "app_"


class Team(Model):
    """Described here."""

    class Meta:
        table = PREFIX + "teams"
        schema = "sport"
        table_description = "Described there"


class SharedMeta:
    ordering = ["-rank"]
    anything = object()


class Hero(Model):
    """
    Opens on the second line.
    """

    name = fields.CharField(max_length=10)
    rank = fields.IntField()
    team = fields.ForeignKeyField("models.Team")

    class Meta(SharedMeta):
        unique_together = SHARED
        indexes = [("team_id", "rank"), Index(fields=("name",), name="by_name"), ["rank"]]
        constraints = [UniqueConstraint(fields=["rank", "team"], name="one_rank")]
        default_connection = "second"
        fetch_db_defaults = False

    class PydanticMeta:
        exclude = ("rank",)


class Borrowed(Model):
    rank = fields.IntField()

    Meta = SharedMeta


class Many(Model):
    one = fields.IntField()
    two = fields.IntField()

    class Meta:
        unique_together = [["one", "two"], ("two", "one")]
        ordering = "one"
        app = "other"
