"""Indexes of some rows and of expressions."""

from ormgen import Model, fields
from ormgen.constraints import UniqueConstraint
from ormgen.functions import Lower
from ormgen.indexes import Index, PartialIndex


class Partial(Model):
    name = fields.CharField(max_length=20, source_field="label")
    email = fields.CharField(max_length=50)
    deleted = fields.BooleanField(default=False)
    gone = fields.DatetimeField(null=True)

    class Meta:
        indexes = [
            PartialIndex(fields=("name",), condition={"deleted": False, "email__not": "it's {}"}),
            Index(Lower("email"), name="by_email"),
            Index(Lower("name")),
        ]
        constraints = [
            UniqueConstraint(fields=("name",), name="one_live", condition={"deleted": False}),
            UniqueConstraint(fields=("email",), name="one_mail", condition="gone IS NULL"),
        ]
