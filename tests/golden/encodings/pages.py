from ormgen import Model, fields

class Page(Model):
    number = fields.IntField()

    note = fields.TextField(default='ab')
