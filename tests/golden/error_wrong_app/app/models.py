from ormgen import Model, fields


class Team(Model):
    name = fields.TextField()


class Hero(Model):
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
    rival = fields.ForeignKeyField("app.Heros", related_name="rivals")
