"""Indexes of every kind and constraints with conditions, in `Meta`."""

from ormgen import F, Model, Q, fields
from ormgen.constraints import CheckConstraint, ExclusionConstraint
from ormgen.contrib.mysql.indexes import FullTextIndex, PrefixIndex, SpatialIndex
from ormgen.contrib.postgres import indexes as postgres
from ormgen.contrib.postgres.indexes import BloomIndex, GinIndex, HnswIndex
from ormgen.functions import Coalesce, Lower, Upper
from ormgen.indexes import Index, PartialIndex, UniqueConstraint


class Ours(GinIndex):
    pass


class Article(Model):
    title = fields.CharField(max_length=100)
    body = fields.TextField(db_collation="C")
    live = fields.BooleanField(default=True)
    number = fields.IntField()

    class Meta:
        indexes = [
            ("title", "live"),
            Index(Lower("title"), name="by_title"),
            Index(Coalesce("title", "body"), Upper(Lower(F("title")))),
            PartialIndex(fields=["number"], condition={"live": True, "title": "it's"}),
            PartialIndex(fields=("number",), name="odd", condition=Q(live=False)),
            BloomIndex(fields=("title", "number")),
            postgres.HashIndex(fields=("title",), name="hashed"),
            Ours(fields=("body",)),
            HnswIndex(fields=("body",), opclasses=["vector_cosine_ops"], m=16, ef_construction=64),
            GinIndex(fields=("title",), opclasses=("gin_trgm_ops",)),
            FullTextIndex(fields=("body",), parser_name="ngram"),
            SpatialIndex(fields=("body",)),
            ("-title", "live"),
            Index(fields=["title", "-number"], name="falling"),
            Index(Lower("title").desc(nulls_last=True), F("number").asc()),
            PrefixIndex(fields=("title", "body"), lengths=(0, 20)),
        ]
        constraints = [
            UniqueConstraint(fields=("title",), name="one_live", condition="live"),
            UniqueConstraint(("title", "number")),
            UniqueConstraint(Lower("title"), name="one_title", condition=Q(live=True)),
            CheckConstraint(check="number > 0", name="positive"),
            CheckConstraint(check=Q(number__lt=10, live=True), name="small"),
            ExclusionConstraint([("number", "="), ("int4range(number, 9)", "&&")], name="apart", condition=Q(live=True)),
        ]
