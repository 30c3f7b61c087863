"""Tables in a schema of their own, which on MySQL is a database."""

import os

from ormgen import Model, fields

SCHEMA = f"ormgen_test_inner_{os.getpid()}"


class Office(Model):
    """Keeps people."""

    name = fields.CharField(max_length=20, unique=True, description="Its name")

    class Meta:
        schema = SCHEMA
        indexes = [("name", "id")]


class Person(Model):
    name = fields.CharField(max_length=20)
    office = fields.ForeignKeyField("models.Office", related_name="people", null=True)
    visits = fields.ManyToManyField("models.Office", related_name="visitors")

    class Meta:
        schema = SCHEMA
        table = "people"


class Outside(Model):
    person = fields.ForeignKeyField("models.Person", related_name="outsides", db_constraint=False)
