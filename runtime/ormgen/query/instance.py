"""What a query needs to know of an instance: that it is one, and the value of its key."""

from __future__ import annotations

from typing import Any

from ormgen.exceptions import OperationalError


class Instance:
    """Base of all model instances."""

    __slots__ = ()


def key_of(value: Any, attribute: str) -> Any:
    """`value`, or where it is an instance, its `attribute`.

    Raises:
        OperationalError: the instance has not been saved, so that the attribute is None.
    """
    if not isinstance(value, Instance):
        return value
    key = getattr(value, attribute)
    if key is None:
        name = type(value).__name__
        raise OperationalError(f"this {name} has no {attribute} yet: call .save() on it before using it in a query")
    return key
