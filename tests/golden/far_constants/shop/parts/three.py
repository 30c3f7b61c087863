"""Other names for what is imported, decorated models."""

from dataclasses import dataclass
from enum import StrEnum, auto

import ormgen
import ormgen.fields as ff
from ormgen import Model as M
from ormgen import fields as f
from ormgen.fields import CharField as CF
from ormgen.fields import ForeignKeyField


class Kind(StrEnum):
    A = auto()
    B = "b"


@dataclass
class Plain:
    x: int = 3
    y: str = "x"


def registered(cls):
    return cls


def with_arg(n: int):
    def wrap(cls):
        return cls

    return wrap


@registered
@with_arg(3)
class Three(M):
    kind = f.CharEnumField(Kind, default=Kind.A)
    k2 = ff.CharEnumField(enum_type=Kind, max_length=20, null=True)
    name = CF(20)
    one = ForeignKeyField("models.One", related_name="threes", on_delete=ormgen.fields.SET_NULL, null=True)
    up = f.ForeignKeyField("models.Three", related_name="downs", null=True)
    price = f.DecimalField(10, 2, default=0)
    many = f.ManyToManyField(
        "models.Two", related_name="threes", through="three_two", forward_key="two_id", backward_key="three_id"
    )

    @property
    def label(self) -> str:
        return self.name

    class Meta:
        indexes = (("kind", "name"), ("price",))
        unique_together = [("name", "kind")]


class ThreeChild(M):
    extra = f.IntField(null=True)

    class Meta:
        table = "three_child"
