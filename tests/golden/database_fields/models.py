"""Field types of single databases, and defaults that the database computes."""

import datetime
from decimal import Decimal

import ormgen.contrib.postgres.fields as postgres
from ormgen import Model, fields
from ormgen.contrib.mysql.fields import GeometryField
from ormgen.contrib.mysql.fields import UUIDField as ShortUUIDField
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField
from ormgen.fields import Now, RandomHex
from ormgen.fields.db_defaults import SqlDefault


class Later(SqlDefault):
    def get_sql(self, _context: object = None, dialect: str | None = None) -> str:
        return "now()" if dialect == "postgres" else self.sql


class Article(Model):
    title = fields.CharField(max_length=100)
    body = fields.TextField()
    numbers = ArrayField()
    words = ArrayField(element_type="varchar(32)", default=list)
    sums = postgres.ArrayField("numeric(9, 2)", null=True)
    odd = ArrayField("inet")
    search = TSVectorField(source_fields=("title", "body"), config="english", weights=("A", "B"))
    loose = postgres.TSVectorField(null=True)


class Place(Model):
    id = ShortUUIDField(primary_key=True)
    other = ShortUUIDField(binary_compression=False, null=True)
    shape = GeometryField()


class Entry(Model):
    created = fields.DateTimeField(db_default=Now())
    token = fields.CharField(max_length=32, db_default=RandomHex())
    counter = fields.IntegerField(db_default=SqlDefault("40 + 2"))
    later = fields.DatetimeField(db_default=Later("CURRENT_TIMESTAMP"))
    price = fields.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("1.10"))
    day = fields.DateField(db_default=datetime.date(2020, 5, 21))
    place = fields.ForeignKey("models.Place", related_name="entries", null=True)
