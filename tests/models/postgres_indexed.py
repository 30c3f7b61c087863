"""Kinds of index that PostgreSQL has."""

from ormgen import Model, fields
from ormgen.constraints import ExclusionConstraint
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField
from ormgen.contrib.postgres.indexes import (
    BrinIndex,
    GinIndex,
    GistIndex,
    HashIndex,
    PostgreSQLIndex,
    SpGistIndex,
)


class Indexed(Model):
    brin = fields.IntField()
    gin = ArrayField("int")
    vector = TSVectorField()
    hash = fields.CharField(max_length=20)
    place = fields.CharField(max_length=20)
    data = fields.JSONField()
    number = fields.IntField()

    class Meta:
        indexes = [
            BrinIndex(fields=("brin",)),
            GinIndex(fields={"gin"}),
            GinIndex(fields=("data",), name="by_data"),
            GinIndex(fields=("data",), name="by_path", opclasses=["jsonb_path_ops"]),
            GistIndex(fields=("vector",)),
            HashIndex(fields=("hash",)),
            SpGistIndex(fields=("place",)),
            PostgreSQLIndex(fields=("number",), condition={"id": 1}),
        ]
        constraints = [
            ExclusionConstraint([("int4range(number, number + 3)", "&&")], name="apart", condition="number > 0"),
        ]
