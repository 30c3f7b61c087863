"""Text in the order of its bytes, on PostgreSQL."""

from ormgen import Model, fields


class Word(Model):
    text = fields.CharField(max_length=40, unique=True, db_collation="C")
    note = fields.TextField(db_collation="POSIX")
