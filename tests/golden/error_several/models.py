from ormgen import Model, fields

from parts import Part


class Car(Model):
    wheels = fields.ManyToManyField("models.Weel")
    engine = fields.OneToOneField(Part, related_name="car", nulll=True)

    class Meta:
        tabel = "cars"


class Bike(Model):
    frame = fields.CharField(max_length=-1)
    owner = fields.ForeignKeyField("models.Person", related_name=False)
