"""Models as they are written for engines whose generated keys are 64-bit numbers."""

import uuid

from ormgen import Model, fields


class Account(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    amount = fields.IntField(default=0)


class Entry(Model):
    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    account = fields.ForeignKeyField("models.Account", related_name="entries")
    amount = fields.IntField()
