from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=50
    size = fields.IntField()
