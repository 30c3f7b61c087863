"""A package of models that shows its models at the top."""

from . import choices
from .customer import Customer
from .order import *

__all__ = ["Customer", "Order", "choices"]
