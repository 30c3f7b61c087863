from ormgen import Model, fields


class User(Model):
    name = fields.CharField(max_length=20)


class Basket:
    class Line(Model):
        user = fields.ForeignKeyField("models.User", related_name="lines")


class Bill:
    class Line(Model):
        number = fields.IntField(nul=True)


__models__ = [User, Basket.Line, Bill.Line]
