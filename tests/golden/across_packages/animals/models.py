"""What the models of another package inherit from."""

from ormgen import Model, fields


class Named(Model):
    name = fields.CharField(20)

    class Meta:
        abstract = True

    def shout(self) -> str:
        return self.name.upper()


class Animal(Named):
    born = fields.DateField(null=True)
    home = fields.ForeignKeyField("models.Farm", related_name=False)
