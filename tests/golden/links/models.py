"""Relations whose tables are models, symmetrical ones, and foreign keys with a default."""

from ormgen import Model, fields


class Person(Model):
    name = fields.CharField(max_length=50)
    friends = fields.ManyToManyField("models.Person", symmetrical=True)


class Enrolment(Model):
    course = fields.ForeignKeyField("models.Course", related_name="enrolments")
    who = fields.ForeignKeyField("models.Person", related_name="enrolments", source_field="person")
    grade = fields.IntField(default=0)

    class Meta:
        unique_together = ("course", "who")


class Course(Model):
    title = fields.CharField(max_length=50, unique=True)
    people = fields.ManyToManyField("models.Person", through=Enrolment, related_name="courses")
    hosts = fields.ManyToManyField("models.Person", through="models.Hosting", related_name=False)
    after = fields.ForeignKeyField("self", on_delete=fields.SET_DEFAULT, default=1, related_name="before")


class Hosting(Model):
    course = fields.ForeignKeyField("models.Course", related_name=False)
    host = fields.ForeignKeyField("models.Person", related_name=False)
