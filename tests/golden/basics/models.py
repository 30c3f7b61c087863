"""Every field type, with the options that all fields share."""

from ormgen import Model, fields
from ormgen.fields import CharField, IntField as Whole


class Everything(Model):
    """One column of each type.

    This line is no description.
    """

    id = fields.BigIntField(primary_key=True)
    small = fields.SmallIntField()
    whole = Whole(db_index=True)
    short = CharField(40, unique=True)
    long = fields.TextField(description="As long as you like")
    flag = fields.BooleanField()
    ratio = fields.FloatField(null=True)
    price = fields.DecimalField(max_digits=10, decimal_places=2)
    moment = fields.DatetimeField()
    created = fields.DatetimeField(auto_now_add=True)
    changed = fields.DatetimeField(auto_now=True)
    day = fields.DateField()
    clock = fields.TimeField()
    span = fields.TimeDeltaField(null=True)
    key = fields.UUIDField()
    blob = fields.BinaryField()
    data = fields.JSONField(null=True)
    renamed = fields.IntField(source_field="other_name")


class Implicit(Model):
    name = fields.CharField(max_length=10)


class OldSpelling(Model):
    key = fields.CharField(max_length=64, pk=True)
    number = fields.IntField(index=True)


class RandomKey(Model):
    id = fields.UUIDField(pk=True)


class GivenKey(Model):
    id = fields.IntField(primary_key=True, generated=False)

    def __str__(self) -> str:
        return f"{self.id}"


class Annotated(Model):
    name: fields.Field[str] = fields.CharField(max_length=20)
    tags: "list[str]"
    primary = secondary = fields.IntField(null=True)
    one, two = fields.IntField(), fields.TextField()
