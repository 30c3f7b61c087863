from ormgen import Model, fields


class Part(Model):
    number = fields.IntegerField(pk=True)
    note = fields.CharField(max_lenght=5)
    kind = fields.TextFeild()


class Wheel(Model):
    size = fields.IntField(default=[])
