"""Indexes in descending order and unique expressions, which MariaDB has only in part."""

from ormgen import Model, fields
from ormgen.expressions import F, RawSQL
from ormgen.indexes import Index, UniqueConstraint


class Parcel(Model):
    label = fields.CharField(max_length=9)
    size = fields.IntField(null=True)
    made = fields.IntField(default=0)

    class Meta:
        indexes = [
            ("-label", "size"),
            Index(fields=["size", "-made"], name="falling"),
            Index(RawSQL('lower("label")').desc(), F("size"), name="low"),
        ]
        constraints = [UniqueConstraint(RawSQL('lower("label")'), name="one", condition="made > 1")]
