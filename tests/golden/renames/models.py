"""Names that were others before: known to both readers, nothing to type checkers."""

from ormgen import Model, fields


class Squad(Model):
    email = fields.CharField(max_length=50, renamed_from="phone")

    class Meta:
        renamed_from = "Team"


class Hero(Model):
    squad = fields.ForeignKeyField("models.Squad", related_name="heroes", renamed_from="team")
    fans = fields.ManyToManyField("models.Hero", related_name="idols", renamed_from="friends")
