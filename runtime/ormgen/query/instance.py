"""What a query needs to know of an instance: that it is one, and the value of its key."""

from __future__ import annotations

from typing import Any

from ormgen.exceptions import OperationalError, ValidationError, WrongModelError
from ormgen.schema.field import MISSING
from ormgen.schema.instance import Instance


def key_of(value: Any, attribute: str, path: str | None = None) -> Any:
    """`value`, or where it is an instance, its `attribute`; `path` is the model (`module:Name`) it has to be of.

    Raises:
        OperationalError: the instance has not been saved, so that the attribute is None.
        ValidationError: the instance is of another model, or has no such attribute.
    """
    if not isinstance(value, Instance):
        return value
    if path is not None and not any(f"{cls.__module__}:{cls.__name__}" == path for cls in type(value).__mro__):
        raise WrongModelError(path.rpartition(":")[2], value)
    key = getattr(value, attribute, MISSING)
    if key is MISSING:
        raise ValidationError(f"a {type(value).__name__} cannot stand for {attribute}: give the value of its key")
    if key is None:
        name = type(value).__name__
        raise OperationalError(f"this {name} has no {attribute} yet: call .save() on it before using it in a query")
    return key
