"""Lists of tags, for the functions of arrays; PostgreSQL alone has them."""

from ormgen import Model, fields
from ormgen.contrib.postgres.fields import ArrayField


class Shelf(Model):
    name = fields.CharField(max_length=10)


class Tagged(Model):
    name = fields.CharField(max_length=10)
    tags = ArrayField("varchar(10)", default=list)
    numbers = ArrayField("int", null=True)
    shelf = fields.ForeignKeyField("models.Shelf", related_name="things", null=True)
