"""Nobody lists this module; what it holds is found where it is used."""

from ormgen import Model, fields
from ormgen.fields import CharField as Text

__all__ = ["Base", "LENGTH", "Text", "fields"]

LENGTH = 30
_hidden = 5


class Base(Model):
    id = fields.BigIntField(pk=True)
    stamp = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True


class NotListed(Model):
    pass
