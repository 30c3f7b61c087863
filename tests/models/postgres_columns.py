"""Columns that only PostgreSQL has."""

from ormgen import Model, fields
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField


class Lists(Model):
    numbers = ArrayField()
    small = ArrayField("smallint", null=True)
    words = ArrayField(element_type="varchar(3)", default=["a", "b"])
    prices = ArrayField("numeric(6, 2)", null=True)
    moments = ArrayField("timestamptz", null=True)
    keys = ArrayField("uuid", null=True)
    kept = ArrayField("int", db_default=[1, 2])


class Article(Model):
    title = fields.CharField(max_length=100, source_field="headline")
    body = fields.TextField()
    vector = TSVectorField(source_fields=("title", "body"), config="english", weights=("A", "B"))
    own = TSVectorField(null=True)
