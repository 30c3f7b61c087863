"""A second module with a model of the same name as in the first."""

from ormgen import fields
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField
from ormgen.fields import Now, RandomHex
from ormgen.models import Model


class Note(Model):
    text = fields.TextField()
    origin = fields.ForeignKeyField("odd.Note", related_name="more_notes")

    async def of_origin(self) -> str:
        return (await self.origin).code


class Article(Model):
    numbers = ArrayField("int")
    words = ArrayField(element_type="text", null=True)
    vector = TSVectorField(source_fields=("token",))
    token = fields.CharField(max_length=32, db_default=RandomHex())
    created = fields.DatetimeField(db_default=Now())
