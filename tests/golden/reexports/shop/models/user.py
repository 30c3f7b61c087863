from __future__ import annotations

from ..common import *
from . import post


class User(Named):
    color = fields.CharEnumField(Color, default=Color.RED)
    posts: fields.ReverseRelation[post.Post]

    class Meta(Named.Meta):
        table = "users"


class Draft(Named):
    """Not listed."""
