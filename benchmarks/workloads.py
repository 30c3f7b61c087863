"""What is measured: each workload runs one method of an adapter, and tells how results are compared."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from adapters.adapter import Adapter
from data import HEROES, RECORDS, TEAMS, Record, hero_values, record_values

NEW_HEROES: Final = [hero_values(number) for number in range(HEROES, HEROES + 1_000)]
NEW_RECORDS: Final = [record_values(number) for number in range(RECORDS, RECORDS + 1_000)]
HERO: Final = ("id", "name", "power", "team_id")


@dataclass(frozen=True)
class Workload:
    """`run` is one sample: `units` rows, or single statements. `plain` makes what `run` gives comparable.

    `targets` are the ratios of CPU time to the raw driver that ormgen aims at, by kind of database. `stored` reads
    what a workload that writes has stored.
    """

    name: str
    run: Callable[[Adapter], Awaitable[Any]]
    units: int
    plain: Callable[[Any], Any]
    targets: dict[str, float]
    stored: Callable[[Adapter], Awaitable[list[Any]]] | None = None


def columns(*names: str) -> Callable[[list[Any]], list[Any]]:
    """Objects as tuples of these attributes."""
    return lambda objects: [tuple(getattr(item, name) for name in names) for item in objects]


async def new_heroes(adapter: Adapter) -> list[Any]:
    return (await adapter.heroes())[HEROES:]


async def new_records(adapter: Adapter) -> list[Any]:
    return (await adapter.records())[RECORDS:]


async def single_inserts(adapter: Adapter) -> list[Any]:
    return [await adapter.insert(values) for values in NEW_HEROES[:100]]


async def single_gets(adapter: Adapter) -> list[Any]:
    return [await adapter.hero(key) for key in range(1, HEROES, HEROES // 200)]


def heroes_with_team(heroes: list[Any]) -> list[Any]:
    return [(*row, hero.team.id, hero.team.name) for row, hero in zip(columns(*HERO)(heroes), heroes, strict=True)]


def teams_with_heroes(teams: list[Any]) -> list[Any]:
    return [(team.id, team.name, sorted(columns(*HERO)(list(team.heroes)))) for team in teams]


WORKLOADS: Final = (
    Workload(
        "single insert", single_inserts, 100, columns(*HERO), {"sqlite": 1.2, "postgres": 1.15}, stored=new_heroes
    ),
    Workload(
        "bulk insert of 1,000, small",
        lambda adapter: adapter.insert_heroes(NEW_HEROES),
        len(NEW_HEROES),
        columns(*HERO[1:]),
        {"sqlite": 1.15, "postgres": 0.8},
        stored=new_heroes,
    ),
    Workload(
        "bulk insert of 1,000, wide",
        lambda adapter: adapter.insert_records(NEW_RECORDS),
        len(NEW_RECORDS),
        columns(*Record.WIDE[1:]),
        {"sqlite": 1.15, "postgres": 1.1},
        stored=new_records,
    ),
    Workload("get by pk", single_gets, 200, columns(*HERO), {"sqlite": 1.2, "postgres": 1.15}),
    Workload(
        "hydrate 10,000, small",
        lambda adapter: adapter.heroes(),
        HEROES,
        columns(*HERO),
        {"sqlite": 1.1, "postgres": 1.1},
    ),
    Workload(
        "hydrate 10,000, wide",
        lambda adapter: adapter.records(),
        HEROES,
        columns(*Record.WIDE),
        {"sqlite": 1.1, "postgres": 1.1},
    ),
    Workload(
        "values of 10,000", lambda adapter: adapter.dictionaries(), HEROES, list, {"sqlite": 1.05, "postgres": 1.0}
    ),
    Workload(
        "select_related, 10,000",
        lambda adapter: adapter.heroes_with_team(),
        HEROES,
        heroes_with_team,
        {"sqlite": 1.1, "postgres": 1.1},
    ),
    Workload(
        "prefetch reverse, 500 x 20",
        lambda adapter: adapter.teams_with_heroes(),
        HEROES + TEAMS,
        teams_with_heroes,
        {"sqlite": 1.1, "postgres": 1.1},
    ),
)
