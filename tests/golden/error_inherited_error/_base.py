from ormgen import Model, fields


class Base(Model):
    owner = fields.ForeignKeyField("models.Owner")
    name = fields.CharField(max_length=5, uniqe=True)

    class Meta:
        abstract = True
        ordering = ["nothing"]
