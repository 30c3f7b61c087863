from ormgen import Model, fields


class Team(Model):
    code = fields.CharField(max_length=8, unique=True)
    size = fields.IntField()


class Hero(Model):
    team = fields.ForeignKeyField("models.Team", to_field="cide")
    other = fields.ForeignKeyField("models.Team", to_field="size", related_name="others")


class Loop(Model):
    back = fields.OneToOneField("models.Other", pk=True)


class Other(Model):
    there = fields.OneToOneField("models.Loop", pk=True, related_name="theirs")
