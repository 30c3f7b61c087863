"""Narrow tables for many rows."""

from ormgen import Model, fields


class Parent(Model):
    number = fields.IntField()


class Child(Model):
    parent = fields.ForeignKeyField("models.Parent", related_name="children")
