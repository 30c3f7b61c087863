"""Short UUIDs, which are ordinary ones where the database has no use for them."""

from ormgen import Model, fields
from ormgen.contrib.mysql.fields import UUIDField


class Owner(Model):
    id = UUIDField(primary_key=True)
    other = UUIDField(binary_compression=False, null=True)


class Pet(Model):
    id = UUIDField(primary_key=True, source_field="key")
    owner = fields.ForeignKeyField("models.Owner", related_name="pets")
    friends = fields.ManyToManyField("models.Owner", related_name="friends_of")
