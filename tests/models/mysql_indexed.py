"""Kinds of index that MySQL and MariaDB have."""

from ormgen import Model, fields
from ormgen.contrib.mysql.fields import GeometryField
from ormgen.contrib.mysql.indexes import FullTextIndex, SpatialIndex


class Indexed(Model):
    text = fields.TextField()
    shape = GeometryField()

    class Meta:
        indexes = [FullTextIndex(fields=("text",)), SpatialIndex(fields=("shape",), name="by_shape")]
