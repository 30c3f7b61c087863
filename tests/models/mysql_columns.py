"""Columns that MySQL and MariaDB have."""

from ormgen import Model, fields
from ormgen.contrib.mysql.fields import GeometryField, UUIDField


class Place(Model):
    id = UUIDField(primary_key=True)
    shape = GeometryField()


class Visit(Model):
    id = UUIDField(primary_key=True, binary_compression=False)
    place = fields.ForeignKeyField("models.Place", related_name="visits")
    places = fields.ManyToManyField("models.Place", related_name="travels")
