from ormgen import Model, fields

__models__ = []


class Part(Model):
    name = fields.TextField()


class Spare(Part):
    pass
