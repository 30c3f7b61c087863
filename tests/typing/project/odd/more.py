"""A second module with a model of the same name as in the first."""

from ormgen import fields
from ormgen.models import Model


class Note(Model):
    text = fields.TextField()
    origin = fields.ForeignKeyField("odd.Note", related_name="more_notes")

    async def of_origin(self) -> str:
        return (await self.origin).code
