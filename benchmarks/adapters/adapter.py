"""What each way of working must be able to do."""

from collections.abc import Sequence
from typing import Any, Protocol

Values = dict[str, Any]


class Adapter(Protocol):
    """One way of working with one database; results are objects with the attributes of `data`, or dictionaries.

    Every method does the work as its users would write it, in the best way its documentation shows.
    """

    name: str

    async def open(self, url: str) -> None:
        """Connects to an empty database and creates the tables."""
        ...

    async def close(self) -> None:
        """Disconnects."""
        ...

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        """Stores the rows that are read later, with keys from 1 upwards."""
        ...

    async def clear(self) -> None:
        """Deletes the heroes and records that were inserted after `fill`."""
        ...

    async def insert(self, values: Values) -> Any:
        """Stores one hero; its key is set."""
        ...

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        """Stores many heroes, all or none."""
        ...

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        """Stores many records, all or none."""
        ...

    async def hero(self, key: int) -> Any:
        """The hero with this key."""
        ...

    async def heroes(self) -> list[Any]:
        """All heroes in the order of their keys."""
        ...

    async def records(self) -> list[Any]:
        """All records in the order of their keys."""
        ...

    async def dictionaries(self) -> list[Values]:
        """All heroes as dictionaries, in the order of their keys."""
        ...

    async def heroes_with_team(self) -> list[Any]:
        """All heroes, each with its `team`, by one statement."""
        ...

    async def teams_with_heroes(self) -> list[Any]:
        """All teams, each with its `heroes`, by two statements."""
        ...
