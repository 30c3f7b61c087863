from ormgen import Model, fields


class Hero(Model):
    name = fields.CharField(max_lenght=50)
