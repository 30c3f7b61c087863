from ormgen import Model, fields


class Team(Model):
    pass


class Hero(Model):
    team = fields.ForeignKeyField("models.Teem")
    other = fields.ManyToManyField("Taem", related_name="others")
    far = fields.OneToOneField("modles.Team", related_name=False)
    nowhere: fields.ForeignKeyRelation["Zebra"] = fields.ForeignKeyField(
        "models.Zebra",
    )
