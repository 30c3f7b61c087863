"""A model that points at nothing."""

from ormgen import Model, fields


class Broken(Model):
    other = fields.ForeignKeyField("models.Nothing")
