from ormgen import Model, fields


class Base(Model):
    key = fields.IntField(primary_key=True)

    class Meta:
        abstract = True


class Team(Base):
    name = fields.CharField(max_length=5, pk=True)


class Hero(Model):
    id = fields.IntField()
    team = fields.ForeignKeyField("models.Hero", related_name="x__y")
    filter = fields.TextField()
    a__b = fields.TextField()
