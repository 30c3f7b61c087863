from ormgen import Model, fields


class Team(Model):
    name = fields.CharField(max_length=50, nul=True)
    size = fields.IntField(
        primary_key=True,
        null=True,
    )
    text = fields.TextField(unique=True)
    money = fields.DecimalField(max_digits=2, decimal_places=3)
    moment = fields.DatetimeField(auto_now=True, auto_now_add=True)
    key = fields.IntField(pk=True, primary_key=False)
    stored = fields.IntField(db_default=len)
    number = fields.IntField(5)


class Hero(Model):
    team = fields.ForeignKeyField("models.Team", on_delete=fields.SET_NULL)
    other = fields.ForeignKeyField("models.Team", related="x", related_name="others")
    third = fields.ForeignKeyField(5)
    fourth = fields.ForeignKeyField("models.Team", on_delete="DROP", related_name=False)
