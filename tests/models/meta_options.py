"""Models whose `Meta` says something, and what they inherit."""

from typing import Any

from ormgen import Manager, Model, QuerySet, fields
from ormgen.indexes import Index


class Stamped:
    """A mixin that is no model."""

    created = fields.DatetimeField(auto_now_add=True, source_field="made_at")


class LiveQuerySet(QuerySet["Entry"]):
    """Questions about entries."""

    def named(self, name: str) -> "LiveQuerySet":
        return self.filter(name=name)


class Live(Manager):
    """Only what is live."""

    def get_queryset(self) -> LiveQuerySet:
        return LiveQuerySet(self._model).filter(live=True)


class Ordered(Stamped, Model):
    """Abstract: has no table."""

    name = fields.CharField(max_length=20)
    live = fields.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["-name", "id"]


class Entry(Ordered):
    number = fields.IntField(source_field="no")
    group = fields.IntField(default=0, db_index=True)
    everything: Any = Manager()
    asked: Any = LiveQuerySet.as_manager()
    living: Any = Live.from_queryset(LiveQuerySet)()

    class Meta(Ordered.Meta):
        abstract = False
        table = "entries"
        app = "library"
        unique_together = (("name", "number"),)
        indexes = (("name", "group"), Index(fields=("number",), name="by_number"))
        manager = Live()


class Keyed(Model):
    code = fields.CharField(max_length=5, primary_key=True, source_field="the_code")
    entry = fields.ForeignKeyField("library.Entry", related_name="codes", null=True, source_field="entry_no")
    slug = fields.CharField(max_length=20, unique=True, source_field="the_slug")
