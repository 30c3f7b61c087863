"""Conditions on what a database can do: `requireCapability(dialect=In("sqlite", "postgres"))`."""

from __future__ import annotations

from typing import Any


class Condition:
    """What a capability has to be; compared with `==`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class NotEQ(Condition):
    """Anything but this value."""

    def __eq__(self, other: object) -> bool:
        return bool(self.value != other)

    __hash__ = Condition.__hash__


class In(Condition):
    """One of these values."""

    def __init__(self, *values: Any) -> None:
        super().__init__(values)

    def __eq__(self, other: object) -> bool:
        return other in self.value

    __hash__ = Condition.__hash__


class NotIn(Condition):
    """None of these values."""

    def __init__(self, *values: Any) -> None:
        super().__init__(values)

    def __eq__(self, other: object) -> bool:
        return other not in self.value

    __hash__ = Condition.__hash__
