"""Indexes of first characters, and text that is compared without regard to case, of MariaDB and MySQL."""

from ormgen import Model, fields
from ormgen.contrib.mysql.indexes import PrefixIndex


class Letter(Model):
    subject = fields.CharField(max_length=40, db_collation="utf8mb4_general_ci")
    body = fields.TextField(db_collation="utf8mb4_unicode_ci")

    class Meta:
        indexes = [("-subject",), PrefixIndex(fields=["body", "subject"], lengths=[20, 0], name="start")]
