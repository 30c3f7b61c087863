"""What is measured: each workload runs one method of an adapter, and tells how results are compared."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from adapters.adapter import Adapter
from data import DECORATED, HEROES, RECORDS, TEAMS, Record, hero_values, record_values

NEW_HEROES: Final = [hero_values(number) for number in range(HEROES, HEROES + 1_000)]
NEW_RECORDS: Final = [record_values(number) for number in range(RECORDS, RECORDS + 1_000)]
HERO: Final = ("id", "name", "power", "team_id")
TASKS: Final = 50


async def nothing(adapter: Adapter) -> Any:
    """Needs nothing to begin with."""
    return None


@dataclass(frozen=True)
class Workload:
    """`run` is one sample: `units` rows, or single statements. `plain` makes what `run` gives comparable.

    `targets` are the ratios of CPU time to the raw driver that ormgen aims at, on SQLite and PostgreSQL. `before`
    gives what `run` works on, outside of the time that is taken; `stored` reads what a workload that writes has stored.
    """

    name: str
    run: Callable[[Adapter, Any], Awaitable[Any]]
    units: int
    plain: Callable[[Any], Any]
    targets: tuple[float, float]
    stored: Callable[[Adapter], Awaitable[list[Any]]] | None = None
    before: Callable[[Adapter], Awaitable[Any]] = nothing

    def target(self, database: str) -> float:
        """The ratio to reach; MariaDB has that of SQLite."""
        return self.targets[database == "postgres"]


def columns(*names: str) -> Callable[[list[Any]], list[Any]]:
    """Objects as tuples of these attributes."""
    return lambda objects: [tuple(getattr(item, name) for name in names) for item in objects]


async def new_heroes(adapter: Adapter) -> list[Any]:
    """What was inserted, without the keys: a transaction that was undone may have used some."""
    return columns(*HERO[1:])((await adapter.heroes())[HEROES:])


async def new_records(adapter: Adapter) -> list[Any]:
    return columns(*Record.WIDE[1:])((await adapter.records())[RECORDS:])


async def first_hundred(adapter: Adapter) -> list[Any]:
    return columns(*HERO)((await adapter.heroes())[:100])


async def every_hero(adapter: Adapter) -> list[Any]:
    return columns(*HERO)(await adapter.heroes())


async def single_inserts(adapter: Adapter, _: Any) -> list[Any]:
    return [await adapter.insert(values) for values in NEW_HEROES[:100]]


async def single_gets(adapter: Adapter, _: Any) -> list[Any]:
    return [await adapter.hero(key) for key in range(1, HEROES, HEROES // 200)]


def gets_of_tasks(tasks: int) -> Callable[[Adapter, Any], Awaitable[list[Any]]]:
    """400 gets, by so many tasks at once."""
    each = 8 * TASKS // tasks

    async def run(adapter: Adapter, _: Any) -> list[Any]:
        async def task(first: int) -> list[Any]:
            return [await adapter.pooled_hero(key) for key in range(first, HEROES, HEROES // each)][:each]

        return [hero for found in await asyncio.gather(*map(task, range(1, tasks + 1))) for hero in found]

    return run


async def small_results(adapter: Adapter, _: Any) -> list[Any]:
    return [hero for _ in range(50) for hero in await adapter.first_heroes(20)]


async def lookups(adapter: Adapter, _: Any) -> list[Any]:
    asked = [(step, f"hero {step % 9 + 1}", [step + 1, step + 101, step + 201, step + 301]) for step in range(90)]
    return [hero for power, prefix, teams in asked for hero in await adapter.found_heroes(power, prefix, teams)]


async def hundred_heroes(adapter: Adapter) -> list[Any]:
    """A hundred heroes that were loaded and changed."""
    heroes = await adapter.first_heroes(100)
    for hero in heroes:
        hero.power = hero.id + 1_000
    return heroes


async def thousand_heroes(adapter: Adapter) -> list[Any]:
    heroes = await adapter.first_heroes(1_000)
    for hero in heroes:
        hero.power = hero.id + 2_000
        hero.name = f"renamed {hero.id}"
    return heroes


async def hundred_new(adapter: Adapter) -> list[Any]:
    return [await adapter.insert(values) for values in NEW_HEROES[:100]]


async def saves(adapter: Adapter, heroes: Any) -> None:
    for hero in heroes:
        await adapter.save(hero)


async def saves_of_power(adapter: Adapter, heroes: Any) -> None:
    for hero in heroes:
        await adapter.save_power(hero)


async def deletes(adapter: Adapter, heroes: Any) -> None:
    for hero in heroes:
        await adapter.delete(hero)


def heroes_with_team(heroes: list[Any]) -> list[Any]:
    return [(*row, hero.team.id, hero.team.name) for row, hero in zip(columns(*HERO)(heroes), heroes, strict=True)]


def teams_with_heroes(teams: list[Any]) -> list[Any]:
    return [(team.id, team.name, sorted(columns(*HERO)(list(team.heroes)))) for team in teams]


def heroes_with_badges(heroes: list[Any]) -> list[Any]:
    return [(hero.id, sorted((badge.id, badge.name) for badge in hero.badges)) for hero in heroes]


def same(value: Any) -> Any:
    return value


OBJECTS: Final = columns(*HERO)
NEW: Final = columns(*HERO[1:])
WIDE: Final = columns(*Record.WIDE)
WORKLOADS: Final = (
    Workload("single insert", single_inserts, 100, NEW, (1.2, 1.15), new_heroes),
    Workload(
        "insert in a transaction",
        lambda adapter, _: adapter.insert_together(NEW_HEROES[:100]),
        100,
        NEW,
        (1.2, 1.15),
        new_heroes,
    ),
    Workload(
        "bulk insert, small", lambda adapter, _: adapter.insert_heroes(NEW_HEROES), 1_000, NEW, (1.15, 0.8), new_heroes
    ),
    Workload(
        "bulk insert, wide",
        lambda adapter, _: adapter.insert_records(NEW_RECORDS),
        1_000,
        columns(*Record.WIDE[1:]),
        (1.15, 1.1),
        new_records,
    ),
    Workload("large result, small", lambda adapter, _: adapter.heroes(), HEROES, OBJECTS, (1.1, 1.1)),
    Workload("large result, wide", lambda adapter, _: adapter.records(), RECORDS, WIDE, (1.1, 1.1)),
    Workload("small result, 20 rows", small_results, 50, OBJECTS, (1.2, 1.15)),
    Workload("get by pk", single_gets, 200, OBJECTS, (1.2, 1.15)),
    Workload("dictionaries", lambda adapter, _: adapter.dictionaries(), HEROES, list, (1.05, 1.0)),
    Workload("tuples", lambda adapter, _: adapter.tuples(), HEROES, list, (1.05, 1.0)),
    Workload("save", saves, 100, same, (1.2, 1.15), first_hundred, hundred_heroes),
    Workload("save one field", saves_of_power, 100, same, (1.2, 1.15), first_hundred, hundred_heroes),
    Workload("delete", deletes, 100, same, (1.2, 1.15), new_heroes, hundred_new),
    Workload("filter with 5 lookups", lookups, 90, OBJECTS, (1.2, 1.15)),
    Workload("1 task, get from a pool", gets_of_tasks(1), 8 * TASKS, OBJECTS, (1.2, 1.15)),
    Workload("10 tasks, get by pk", gets_of_tasks(10), 8 * TASKS, OBJECTS, (1.2, 1.15)),
    Workload("50 tasks, get by pk", gets_of_tasks(TASKS), 8 * TASKS, OBJECTS, (1.15, 0.7)),
    Workload("select_related", lambda adapter, _: adapter.heroes_with_team(), HEROES, heroes_with_team, (1.1, 1.1)),
    Workload(
        "prefetch reverse",
        lambda adapter, _: adapter.teams_with_heroes(),
        HEROES + TEAMS,
        teams_with_heroes,
        (1.1, 1.1),
    ),
    Workload(
        "prefetch many-to-many",
        lambda adapter, _: adapter.heroes_with_badges(DECORATED),
        4 * DECORATED,
        heroes_with_badges,
        (1.1, 1.1),
    ),
    Workload("stream", lambda adapter, _: adapter.streamed_power(), HEROES, same, (1.2, 1.2)),
    Workload(  # the last: where someone cannot do it, the rows are no longer the same for all
        "bulk update",
        lambda adapter, heroes: adapter.update_heroes(heroes),
        1_000,
        same,
        (1.15, 0.75),
        every_hero,
        thousand_heroes,
    ),
)
