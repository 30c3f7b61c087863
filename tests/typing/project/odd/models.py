"""Names that get in each other's way, query sets that several models share, and fields of unusual types."""

import datetime
import enum
from typing import Self

from ormgen import fields
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet


class Date(enum.Enum):
    """An enum with the name of a type alias."""

    TODAY = "today"


class Flavour(enum.Enum):
    SWEET = "sweet"


class ActiveQuerySet(QuerySet):
    """Shared by two models, and does not say so."""

    def active(self) -> Self:
        return self.filter(active=True)


class ActiveManager(Manager):
    def get_queryset(self) -> ActiveQuerySet:
        return ActiveQuerySet(self._model)


class NewestManager(Manager):
    def newest(self) -> int:
        return 1


class NoteQuerySet(ActiveQuerySet):
    """Of one model only, on top of a shared one."""

    def long(self) -> Self:
        return self.filter(active=False)


class NoteManager(Manager):
    def get_queryset(self) -> NoteQuerySet:
        return NoteQuerySet(self._model)


class Builtins(Model):
    """Fields with the names of types that the generated classes mention."""

    int = fields.IntField()
    str = fields.CharField(max_length=20, null=True)
    Date = fields.DateField()
    Field = fields.BooleanField(default=False)
    Any = fields.JSONField(default=dict)
    Self = fields.UUIDField(null=True)
    list = fields.IntField(default=0)
    Required = fields.TextField()
    active = fields.BooleanField(default=True)

    class Meta:
        manager = ActiveManager()


class Parameters(Model):
    """Fields with the names of parameters."""

    using_db = fields.CharField(max_length=20)
    defaults = fields.IntField(default=1)
    args = fields.IntField(default=1)
    values = fields.IntField(default=1)
    columns = fields.IntField(null=True)
    active = fields.BooleanField(default=True)

    newest = NewestManager()

    class Meta:
        manager = ActiveManager()


class Note(Model):
    code = fields.CharField(max_length=10, unique=True)
    day = fields.CharEnumField(Date, default=Date.TODAY)
    when = fields.DatetimeField(null=True)
    span = fields.TimeDeltaField(default=datetime.timedelta())
    data = fields.JSONField[list[dict[str, int]]](default=list)
    blob = fields.BinaryField(null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        manager = NoteManager()


class Status(Model):
    """A model whose generated names begin like those of the next one."""

    note = fields.ForeignKeyField("odd.Note", related_name="statuses", to_field="code")
    about = fields.ForeignKeyField("odd.Builtins", related_name=False, null=True)
    again = fields.ForeignKeyField("odd.Builtins", related_name="Row", null=True)


class Status_note(Model):
    one = fields.OneToOneField("odd.Status", related_name="back")
    other = fields.ForeignKeyField("odd.Note", related_name="statusnotes", null=True)
    third = fields.ForeignKeyField("odd.Parameters", related_name="State")


class StatusRow(Model):
    flavour = fields.CharEnumField(Flavour, null=True)
    tags = fields.ManyToManyField("odd.Note", related_name="rows")


class Queue(Model):
    """Its columns are called like parts of questions."""

    q = fields.CharField(max_length=5)
    asc = fields.DateField()
    range = fields.IntField()
    next = fields.ForeignKeyField("odd.Queue", related_name="before", null=True)


class TicketQuerySet(QuerySet["Ticket"]):
    """Of a manager beside the usual one."""

    def first_class(self) -> "TicketQuerySet":
        return self.filter(Q=1)


class TicketManager(Manager):
    def get_queryset(self) -> TicketQuerySet:
        return TicketQuerySet(self._model)


class Ticket(Model):
    queue = fields.ForeignKeyField("odd.Queue", related_name="tickets")
    Q = fields.IntField(null=True)

    sold = TicketManager()
