"""Passwords that no repr tells: not that of a configuration, nor the local variables that a traceback shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

LOGIN = re.compile(r"(?s)(://[^:/?#]*:).*@|[?&]password=")
DEPTH = 4  # connections, an alias, credentials, the password
STARS = "'***'"


class Secret(str):
    """Text that is itself for all purposes but showing it; so is what is cut out of it."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return STARS

    @override
    def __getitem__(self, key: Any) -> Secret:
        return Secret(super().__getitem__(key))

    @override
    def partition(self, sep: str) -> tuple[Secret, Secret, Secret]:
        before, between, after = super().partition(sep)
        return Secret(before), Secret(between), Secret(after)

    @override
    def rpartition(self, sep: str) -> tuple[Secret, Secret, Secret]:
        before, between, after = super().rpartition(sep)
        return Secret(before), Secret(between), Secret(after)


class SecretBytes(bytes):
    """As `Secret`."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return f"b{STARS}"


def veiled(value: Any, depth: int = DEPTH) -> Any:
    """`value`, a database URL or settings, with its passwords as `Secret`; what holds none stays the same object."""
    if isinstance(value, str):
        return Secret(value) if type(value) is str and LOGIN.search(value) else value
    if depth == 0 or not isinstance(value, Mapping):
        return value
    return {
        name: Secret(each) if name == "password" and isinstance(each, str) else veiled(each, depth - 1)
        for name, each in value.items()
    }


def revealed(options: Mapping[str, Any]) -> dict[str, Any]:
    """`options` with plain texts, for those who take nothing else."""
    return {name: str(value) if isinstance(value, Secret) else value for name, value in options.items()}


def without_frames(error: BaseException) -> BaseException:
    """`error` and what led to it without their tracebacks: the local variables of a library that connects hold the
    password.
    """
    left, seen = [error], set[int]()
    while left:
        one = left.pop()
        if id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            inner = getattr(one, "exceptions", ())
            left += [each for each in (one.__cause__, one.__context__, *inner) if isinstance(each, BaseException)]
    return error
