"""Measures adapters against each other: in turns, so that whatever slows the machine slows all of them."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from adapters.adapter import Adapter
from data import HEROES, RECORDS, TEAMS, hero_values, record_values
from workloads import TASKS, Workload

LEAST = 6


@dataclass(frozen=True)
class Times:
    """Seconds of one sample; `cpu` is that of the whole process, the drivers' threads included."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Outcome:
    """The samples of one workload for each adapter, each beside the sample of raw that is nearest to it in time; the
    first adapter is raw."""

    workload: Workload
    samples: dict[str, list[tuple[Times, Times]]]

    def ratio(self, name: str) -> float:
        """CPU time relative to raw: the median of what each pair says, since both of a pair meet the same machine."""
        return median([sample.cpu / raw.cpu for sample, raw in self.samples[name]])

    def cpu(self, name: str) -> float:
        """Microseconds of CPU time for one unit: raw's lower quartile, which others on the machine disturb least, times
        the ratio."""
        return self._of_raw([raw.cpu for _, raw in self.samples[self.raw]]) * self.ratio(name)

    def wall(self, name: str) -> float:
        """Microseconds of wall time for one unit, in the same way."""
        ratio = median([sample.wall / raw.wall for sample, raw in self.samples[name]])
        return self._of_raw([raw.wall for _, raw in self.samples[self.raw]]) * ratio

    @property
    def raw(self) -> str:
        """The name of the first adapter."""
        return next(iter(self.samples))

    def _of_raw(self, seconds: list[float]) -> float:
        return lower_quartile(seconds) / self.workload.units * 1e6


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
    """Samples a workload: raw and ormgen by turns for half of `seconds`, which keeps both of a pair within milliseconds
    of each other; then the peers for as long, each in its turn behind raw."""
    raw, ours, *peers = adapters
    samples: dict[str, list[tuple[Times, Times]]] = {adapter.name: [] for adapter in adapters}
    end = perf_counter() + seconds / 2
    while perf_counter() < end or len(samples[ours.name]) < LEAST:
        for first, second in ((raw, ours), (ours, raw)):
            taken = {first: await sample(workload, first), second: await sample(workload, second)}
            samples[raw.name].append((taken[raw], taken[raw]))
            samples[ours.name].append((taken[ours], taken[raw]))
    end = perf_counter() + seconds / 2
    while peers and (perf_counter() < end or len(samples[peers[0].name]) < LEAST):
        beside = await sample(workload, raw)
        for peer in peers:
            samples[peer.name].append((await sample(workload, peer), beside))
    return Outcome(workload, samples)


async def sample(workload: Workload, adapter: Adapter) -> Times:
    """One run of a workload; what it needs is made before, and what it stored is removed after it."""
    given = await workload.before(adapter)
    await asyncio.sleep(0)  # frees what was awaited last: rows that the one before has read, 0.35 ms
    gc.collect()
    wall, cpu = perf_counter(), process_time()
    result = await workload.run(adapter, given)
    taken = Times(process_time() - cpu, perf_counter() - wall)
    del result, given
    if workload.stored is not None:
        await adapter.clear()
    return taken


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
