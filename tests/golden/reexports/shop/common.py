"""What the models share: a star import takes what `__all__` lists."""

from enum import Enum

from ormgen import Model, fields

__all__ = ["Color", "Model", "Named", "fields"]


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Named(Model):
    name = fields.CharField(max_length=20)

    class Meta:
        abstract = True
        ordering = ["name"]


class Left(Named):
    """Not in `__all__`."""
