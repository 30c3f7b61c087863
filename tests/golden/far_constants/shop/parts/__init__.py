"""Hands on what its modules declare."""

from . import three
from .one import *
from .two import Two

Three = three.Three
__all__ = ["One", "Two", "Three", "helper"]


def helper() -> int:
    return 1
