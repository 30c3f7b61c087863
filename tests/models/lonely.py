"""Models that go wrong in one way or another once they are initialised."""

from ormgen import Model, fields


class Lonely(Model):
    name = fields.CharField(max_length=5)

    class Meta:
        default_connection = "nowhere"
