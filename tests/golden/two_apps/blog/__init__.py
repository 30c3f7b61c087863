from ormgen import Model, fields


class Author(Model):
    name = fields.TextField()
