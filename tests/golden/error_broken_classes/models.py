from enum import Enum

from ormgen import Model, fields


class Mixin:
    pass


class Base(Model):
    pass


class Team(Base, Base):
    pass


class Other(Model, Base):
    pass


class Colour(Enum):
    RED = 1
    RED = 2


class Hero(Model):
    colour = fields.CharEnumField(Colour)
