from ormgen import Model, fields

from . import Author


class Post(Model):
    author = fields.ForeignKeyField(Author)
    reviewer = fields.ForeignKeyField("writing.Author", related_name="reviewed", null=True)
    sponsor = fields.ForeignKeyField("sales.Customer", null=True)
