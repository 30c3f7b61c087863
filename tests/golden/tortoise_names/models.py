"""A module written for Tortoise, read as it is."""

from tortoise import Model, fields
from tortoise.fields.base import OnDelete
from tortoise.fields.data import CharField, IntField as Number
from tortoise.fields.relational import ForeignKeyField
from tortoise.indexes import Index
from tortoise.manager import Manager
from tortoise.models import Model as TortoiseModel


class ActiveManager(Manager):
    def get_queryset(self):
        return super().get_queryset().filter(active=True)


class User(Model):
    id = fields.IntField(pk=True)
    name = CharField(max_length=100)
    active = fields.BooleanField(default=True)

    class Meta:
        manager = ActiveManager()
        indexes = [Index(fields=("name", "active"))]


class Post(TortoiseModel):
    author: fields.ForeignKeyRelation[User] = ForeignKeyField("models.User", "posts", on_delete=OnDelete.RESTRICT)
    likes = Number(default=0)
    readers: fields.ManyToManyRelation[User] = fields.ManyToManyField("models.User", related_name="read_posts")
