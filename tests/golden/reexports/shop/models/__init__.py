"""A package of models: `__models__` says which of them there are."""

from ..common import Color as Paint
from ..common import Left as Left
from ..common import Named
from . import user as people
from .post import Post, Post as Entry
from .user import User as Account

__models__ = [Account, Post, Left]


class Plain(Named):
    """Not listed, so no model of the app."""
