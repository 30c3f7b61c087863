"""A key of several columns that comes from an abstract base, and is changed below."""

from ormgen import Model, fields


class Owner(Model):
    name = fields.CharField(max_length=50)


class Owned(Model):
    """Everything belongs to an owner."""

    owner = fields.ForeignKeyField("models.Owner")
    id = fields.IntField()

    class Meta:
        abstract = True
        primary_key = ("owner", "id")


class Cup(Owned):
    size = fields.IntField(default=1)


class Plate(Owned):
    cup = fields.ForeignKeyField("models.Cup", related_name="plates", from_fields=("owner_id", "cup_id"), null=True)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table = "plates"


class BigCup(Cup):
    """A table of its own, whose key is one made number again."""

    id = fields.IntField(primary_key=True)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        primary_key = ()


class Marked(Owned):
    """The key of the base, made longer."""

    mark = fields.CharField(max_length=5)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        primary_key = ("owner_id", "id", "mark")
