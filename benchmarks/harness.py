"""Measures adapters against each other: in turns, so that whatever slows the machine slows all of them."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any

from adapters.adapter import Adapter
from data import HEROES, RECORDS, TEAMS, hero_values, record_values
from workloads import TASKS, Workload


@dataclass(frozen=True)
class Times:
    """Seconds of one sample; `cpu` is that of the whole process, the drivers' threads included."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Outcome:
    """The samples of one workload, round by round, for each adapter; the first one is raw."""

    workload: Workload
    samples: dict[str, list[Times]]

    def cpu(self, name: str) -> float:
        """Microseconds of CPU time for one unit: the lower quartile of all rounds, which others on the machine disturb
        least."""
        return lower_quartile([sample.cpu for sample in self.samples[name]]) / self.workload.units * 1e6

    def wall(self, name: str) -> float:
        """Microseconds of wall time for one unit: the lower quartile of all rounds."""
        return lower_quartile([sample.wall for sample in self.samples[name]]) / self.workload.units * 1e6

    def ratio(self, name: str) -> float:
        """CPU time relative to raw."""
        return self.cpu(name) / self.cpu(next(iter(self.samples)))


def lower_quartile(values: list[float]) -> float:
    return quantiles(values, n=4, method="inclusive")[0]


class Mismatch(AssertionError):
    """An adapter gives another result than raw; its times mean nothing."""


async def fill(adapters: Sequence[Adapter]) -> None:
    """Creates the tables and stores the rows that are read."""
    for adapter in adapters:
        await create_and_fill(adapter)


async def create_and_fill(adapter: Adapter) -> None:
    """The same for one adapter."""
    await adapter.create()
    teams = [f"team {number}" for number in range(TEAMS)]
    heroes = [hero_values(number) for number in range(HEROES)]
    records = [record_values(number) for number in range(RECORDS)]
    await adapter.fill(teams, heroes, records)


async def verify(workload: Workload, adapters: Sequence[Adapter]) -> None:
    """Runs a workload once for each adapter; what it gives, and what is stored then, must be as with raw.

    Raises Mismatch.
    """
    expected: Any = None
    for adapter in adapters:
        found = [workload.plain(await workload.run(adapter, await workload.before(adapter)))]
        if workload.stored is not None:
            found.append(await workload.stored(adapter))
            await adapter.clear()
        expected = expected or found
        if found != expected:
            raise Mismatch(f"{workload.name}: {adapter.name} does not give what {adapters[0].name} gives")


async def measure(workload: Workload, adapters: Sequence[Adapter], seconds: float) -> Outcome:
    """Samples a workload in rounds, each adapter once in a round and in turning order, for about `seconds`."""
    samples: dict[str, list[Times]] = {adapter.name: [] for adapter in adapters}
    order = list(adapters)
    end = perf_counter() + seconds
    while perf_counter() < end or len(samples[adapters[0].name]) < 5:
        for adapter in order:
            given = await workload.before(adapter)
            await asyncio.sleep(0)  # frees what was awaited last: rows that the one before has read, 0.35 ms
            gc.collect()
            wall, cpu = perf_counter(), process_time()
            result = await workload.run(adapter, given)
            samples[adapter.name].append(Times(process_time() - cpu, perf_counter() - wall))
            del result, given
            if workload.stored is not None:
                await adapter.clear()
        order = order[1:] + order[:1]
    return Outcome(workload, samples)


async def latencies(adapters: Sequence[Adapter], seconds: float) -> dict[str, tuple[float, float]]:
    """Milliseconds that one `get` takes while 50 tasks ask at once, for each adapter: median and 99th percentile."""
    taken: dict[str, list[float]] = {adapter.name: [] for adapter in adapters}
    end = perf_counter() + seconds
    while perf_counter() < end:
        for adapter in adapters:
            await asyncio.gather(*[_asking(adapter, first, taken[adapter.name]) for first in range(1, TASKS + 1)])
    cuts = {name: quantiles(found, n=100) for name, found in taken.items()}
    return {name: (found[49] * 1_000, found[98] * 1_000) for name, found in cuts.items()}


async def _asking(adapter: Adapter, first: int, taken: list[float]) -> None:
    for key in range(first, HEROES, HEROES // 8):
        start = perf_counter()
        await adapter.pooled_hero(key)
        taken.append(perf_counter() - start)
