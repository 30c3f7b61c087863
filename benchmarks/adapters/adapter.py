"""What each way of working must be able to do."""

from collections.abc import Sequence
from typing import Any, Protocol

Values = dict[str, Any]


class Adapter(Protocol):
    """One way of working with one database; results are objects with the attributes of `data`, or plain values.

    Every method does the work as its users would write it, in the best way its documentation shows.
    """

    name: str

    async def open(self, url: str) -> None:
        """Connects to a database."""
        ...

    async def create(self) -> None:
        """Creates the tables."""
        ...

    async def close(self) -> None:
        """Disconnects."""
        ...

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        """Stores the rows that are read later, with keys from 1 upwards, and badges as `data.hero_badges` has them."""
        ...

    async def clear(self) -> None:
        """Deletes the heroes and records that were inserted after `fill`."""
        ...

    async def insert(self, values: Values) -> Any:
        """Stores one hero; its key is set."""
        ...

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        """Stores heroes one by one, inside of one transaction."""
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

    async def pooled_hero(self, key: int) -> Any:
        """The same, from a pool of five connections where the database has such; many tasks ask at once."""
        ...

    async def first_heroes(self, count: int) -> list[Any]:
        """The heroes with keys up to `count`, in their order."""
        ...

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        """At most 20 heroes, by key: power from `power` to below `power + 5`, name begins with `prefix`, team one of
        `teams`, key above 10."""
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

    async def tuples(self) -> list[tuple[Any, ...]]:
        """All heroes as tuples, in the order of their keys."""
        ...

    async def heroes_with_team(self) -> list[Any]:
        """All heroes, each with its `team`, by one statement."""
        ...

    async def teams_with_heroes(self) -> list[Any]:
        """All teams, each with its `heroes`, by two statements."""
        ...

    async def heroes_with_badges(self, count: int) -> list[Any]:
        """The heroes with keys up to `count`, each with its `badges`, by two statements."""
        ...

    async def streamed_power(self) -> int:
        """The power of all heroes together, read as objects one by one from a result that is never held whole."""
        ...

    async def save(self, hero: Any) -> None:
        """Stores all columns of a hero that was loaded before."""
        ...

    async def save_power(self, hero: Any) -> None:
        """Stores one column of a hero that was loaded before."""
        ...

    async def delete(self, hero: Any) -> None:
        """Deletes a hero that was loaded before."""
        ...

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        """Stores name and power of many heroes that were loaded before, all or none."""
        ...
