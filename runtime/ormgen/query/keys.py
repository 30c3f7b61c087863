"""Values of keys that have several columns: tuples with one item for each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ormgen.exceptions import ValidationError


def parts_of(value: Any, names: Sequence[str], label: str) -> tuple[Any, ...]:
    """The items of a key's value; `names` are the columns that they are for, `label` is the key as `Model.pk`.

    Raises:
        ValidationError: it is no tuple (or list) with one item for each column.
    """
    if not isinstance(value, tuple | list) or len(value) != len(names):
        raise ValidationError(f"{label} takes a tuple of {len(names)} values ({', '.join(names)}), not {value!r}")
    return tuple(value)
