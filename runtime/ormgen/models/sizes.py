"""Limits, offsets and slices of questions, checked."""

from __future__ import annotations

from typing import Any, Final

from ormgen.exceptions import ParamsError

MOST_ROWS: Final = 2**63 - 1


def checked_size(name: str, value: Any) -> int:
    """`value`, if it can be a limit or an offset.

    Raises:
        ParamsError: it is not a whole number of at least 0 and at most 64 bits.
    """
    if type(value) is int and 0 <= value <= MOST_ROWS:
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ParamsError(f"{name} should be non-negative number, not {value!r}")
    if value > MOST_ROWS:
        raise ParamsError(f"{name} should have at most 64 bits, not {value!r}")
    return value


def sliced(key: Any, limit: int | None, offset: int | None) -> tuple[int | None, int | None]:
    """Limit and offset of a slice of rows that have these already.

    Raises:
        ParamsError: it is an index, or has a step or negative bounds.
    """
    if not isinstance(key, slice):
        raise ParamsError("a query set is sliced, as in [:10]; for one object use get() or first()")
    if key.step not in (None, 1):
        raise ParamsError(f"Slice steps should be 1 or None, not {key.step!r}")
    start = checked_size("Slice start", 0 if key.start is None else key.start)
    if key.stop is not None and checked_size("Slice stop", key.stop) < start:
        raise ParamsError(f"Slice stop should be non-negative number, not less than start: [{start}:{key.stop}]")
    sizes = [size - start for size in (key.stop, limit) if size is not None]
    return max(0, min(sizes)) if sizes else None, (offset or 0) + start if start else offset
