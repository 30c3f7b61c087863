"""What reading of a configuration shares: problems are collected and told all at once, without passwords."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean


def refuse(problems: Collection[str]) -> None:
    if problems:
        raise ConfigurationError("\n".join(problems))


def harmless(name: str) -> str:
    """`name` for a message; a URL in its place may hold a password."""
    scheme, separator, _ = name.partition("://")
    return scheme + separator + "***" if separator else name


def reads_as_mapping(
    path: str, value: Any, known: Collection[str] | None, problems: list[str], *, prefix: str | None = None
) -> bool:
    """Whether `value` can be read on; reports when it is no mapping, and each key that is not among `known`."""
    if not isinstance(value, Mapping):
        problems.append(f"{path}: must be a mapping of names, not {type(value).__name__}")
        return False
    start = f"{path}." if prefix is None else prefix
    for key in value:
        if not isinstance(key, str):
            problems.append(f"{start}{key}: names must be text")
        elif known is not None and key not in known:
            problems.append(f"{start}{key}: unknown key; {did_you_mean(key, known)}")
    return True
