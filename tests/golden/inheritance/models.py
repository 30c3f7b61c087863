"""Abstract bases, mixins, models that inherit from models, and members taken away."""

from ormgen import Model, fields


class Stamped:
    created = fields.DatetimeField(auto_now_add=True)
    changed = fields.DatetimeField(auto_now=True)
    nothing = None


class Named:
    name = fields.CharField(max_length=40, unique=True)
    limit = 5


class Base(Named, Model):
    """An abstract base: this text is not inherited."""

    id = fields.BigIntField(primary_key=True)
    owner = fields.ForeignKeyField("models.Owner", null=True)

    class Meta:
        abstract = True
        ordering = ("-id",)
        table = "never"


class Owner(Model):
    mail = fields.TextField()


class Plain(Base):
    pass


class Full(Stamped, Base):
    """Has it all."""

    note = fields.TextField(null=True)
    name = fields.CharField(max_length=80)
    owner = fields.ForeignKeyField("models.Owner", related_name="full_ones")


class Less(Full):
    note = None
    owner = None
    extra = fields.IntField()


class Person(Model):
    name = fields.CharField(max_length=10)


class Employee(Person):
    salary = fields.DecimalField(8, 2)


class Manager(Employee):
    class Meta:
        table = "managers"


class Left(Base):
    side = fields.IntField(default=1)

    class Meta:
        abstract = True
        unique_together = ("side", "name")


class Right(Base):
    side = fields.IntField(default=2)
    weight = fields.FloatField()
    owner = None

    class Meta:
        abstract = True
        ordering = ("weight",)


class Both(Left, Right):
    pass


class Other(Right, Left):
    class Meta(Left.Meta):
        ordering = ["name"]
