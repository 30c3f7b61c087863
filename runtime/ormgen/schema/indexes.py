"""Indexes and constraints as they are declared in `Meta`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ormgen.exceptions import ConfigurationError


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """One index or unique constraint over several fields; `fields` are attribute names of the model."""

    fields: tuple[str, ...]
    name: str | None = None
    unique: bool = False


class Index:
    """An index over one or more fields: `Index(fields=("team_id", "name"))`.

    Raises:
        ConfigurationError: no fields are given.
    """

    unique = False

    def __init__(self, *, fields: Iterable[str], name: str | None = None) -> None:
        self.fields = (fields,) if isinstance(fields, str) else tuple(fields)
        self.name = name
        if not self.fields:
            raise ConfigurationError(f"{type(self).__name__} needs at least one field")

    def describe(self) -> IndexSchema:
        """The frozen description."""
        return IndexSchema(self.fields, self.name, self.unique)


class UniqueConstraint(Index):
    """Rows differ in at least one of `fields`."""

    unique = True
