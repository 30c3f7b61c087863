from ormgen import Model, fields


class Team(Model):
    name = fields.TextField()


class Hero(Model):
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
    second = fields.ForeignKeyField("models.Team", related_name="heroes", null=True)
    third = fields.ForeignKeyField("models.Team", related_name="name", null=True)
    team_id = fields.IntField()
