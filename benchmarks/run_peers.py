"""`make bench-peers`: ormgen, the raw drivers and other ORMs, as benchmarks/RESULTS.md and charts beside it."""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from adapters.adapter import Adapter
from adapters.ormgen_adapter import OrmgenAdapter
from charts import chart
from harness import create_and_fill, latencies, measure, verify
from places import Unavailable
from run import DATABASES, TITLES
from workloads import WORKLOADS, Workload

HERE = Path(__file__).parent
HEAD = """# Results

Written by `make bench-peers`. CPU time of the Python process, its drivers' threads included, relative to hand-written
code on the raw driver that fills slotted classes: 1.00 is what a program without an ORM takes. Everyone takes turns
with raw, first ormgen, then the others, and each ratio is the median of what pairs within one turn say (for ormgen
the median of three processes), so that whatever slows the machine slows both; what each adapter gives and stores is
compared with raw before it is measured. A minus means that an ORM has no such thing, or gave something else. SQLite
is a file in WAL mode, and all that works on it stays on one core: it is chance whether threads on several wake each
other; PostgreSQL, with `synchronous_commit` off, and MariaDB are on the same machine.
Measured on: """
PEERS = {
    "tortoise": "tortoise-orm",
    "sqlalchemy": "SQLAlchemy",
    "piccolo": "piccolo",
    "django": "Django",
    "peewee": "peewee",
}
DRIVERS = ("aiosqlite", "asyncpg", "psycopg", "asyncmy")
PROCESSES = 3
POOLED = "50 tasks, get by pk"
Figures = dict[str, dict[str, float]]
Waits = dict[str, tuple[float, float]]


def adapters_of(database: str, names: Sequence[str]) -> list[Adapter]:
    """Raw, ormgen and the peers that are installed."""
    found: list[Adapter] = [DATABASES[database][1](), OrmgenAdapter()]
    for name in names if database != "mysql" else ():  # MariaDB is told beside, without peers
        try:
            found.append(import_module(f"peers.{name}_adapter").Peer())
        except ImportError as error:
            print(f"{name} IS LEFT OUT: {error}", file=sys.stderr)
    return found


async def bench(database: str, names: Sequence[str], only: str, seconds: float) -> tuple[Figures, Waits]:
    """Microseconds of CPU time for a unit of each workload, by adapter; what an adapter cannot do is left out. And how
    long one `get` takes while 50 tasks ask, in milliseconds: median and 99th percentile."""
    adapters = adapters_of(database, names)
    figures: Figures = {}
    waits: Waits = {}
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(DATABASES[database][0]([adapter.name for adapter in adapters]))
        for adapter, url in zip(adapters, urls, strict=True):
            await adapter.open(url)
            stack.push_async_callback(adapter.close)
            await create_and_fill(adapter)
        for workload in WORKLOADS:
            if only in workload.name:
                able = [adapters[0], *[each for each in adapters[1:] if await able_to(workload, adapters[0], each)]]
                outcome = await measure(workload, able, seconds)
                figures[workload.name] = {adapter.name: outcome.cpu(adapter.name) for adapter in able}
                told = " ".join(f"{name} {value:.1f}" for name, value in figures[workload.name].items())
                print(f"{database} {workload.name}: {told}", file=sys.stderr, flush=True)
                if workload.name == POOLED:
                    waits = await latencies(able[:2], seconds)
    return figures, waits


async def able_to(workload: Workload, raw: Adapter, adapter: Adapter) -> bool:
    """Whether an adapter can do the work, and gives what raw gives; says so where not."""
    try:
        await verify(workload, [raw, adapter])
    except Exception as error:  # whatever it is, the others go on
        print(f"{adapter.name}: {workload.name}: {type(error).__name__} {error}", file=sys.stderr)
        return False
    return True


def table(database: str, figures: Figures) -> str:
    """CPU time relative to raw, as Markdown."""
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    raw = names[0]
    lines = [f"| | {raw}, µs | target | reached | " + " | ".join(names[1:]) + " |", "|---" * (len(names) + 3) + "|"]
    for workload in WORKLOADS:
        row = figures.get(workload.name)
        if row is None:
            continue
        cells = [f"{row[name] / row[raw]:.2f}" if name in row else "-" for name in names[1:]]
        cells[0] = f"**{cells[0]}**"
        target = workload.target(database)
        reached = "yes" if names[1] in row and round(row[names[1]] / row[raw], 2) <= target else "no"
        lines.append(f"| {workload.name} | {row[raw]:.2f} | {target:.2f} | {reached} | {' | '.join(cells)} |")
    return "\n".join(lines)


def waiting(waits: Waits) -> str:
    """How long one `get` takes under load, as Markdown."""
    told = [f"| {name} | {half:.2f} | {most:.2f} |" for name, (half, most) in waits.items()]
    head = "One `get` while 50 tasks ask, milliseconds of wall time | median | 99th percentile"
    return "\n".join([f"| {head} |", "|---|---|---|", *told])


def machine() -> str:
    """What was measured on, in general words."""
    versions = []
    for name in (*PEERS.values(), *DRIVERS):
        try:
            versions.append(f"{name} {version(name)}")
        except ImportError:
            continue
    return (
        f"{os.cpu_count()} processor cores ({platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}, the standard event loop; {', '.join(versions)}."
    )


def written(found: dict[str, tuple[Figures, Waits]], costs: str) -> str:
    """RESULTS.md."""
    parts = [HEAD + machine()]
    for database, (figures, waits) in found.items():
        parts += [f"## {TITLES[database]}", table(database, figures), waiting(waits)]
        parts.append(f"![{database}](results_{database}.svg)")
    return "\n\n".join([*parts, costs]) + "\n"


def in_process(database: str, peers: Sequence[str], only: str, seconds: float) -> tuple[Figures, Waits]:
    """What `bench` gives, in a process of its own: some ORMs are set up once in a process."""
    command = [sys.executable, __file__, "--child", database, "--seconds", str(seconds), "--only", only]
    done = subprocess.run([*command, "--peers", *peers], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{TITLES[database]} could not be measured")
    figures, waits = json.loads(done.stdout.splitlines()[-1])
    return figures, waits


def settle(figures: Figures, others: Sequence[Figures]) -> None:
    """Put ormgen at the median of several processes: where one lies in memory moves a statement by 5 %."""
    name = OrmgenAdapter.name
    for workload, row in figures.items():
        raw = next(iter(row))
        row[name] = row[raw] * median(each[workload][name] / each[workload][raw] for each in (figures, *others))


def main() -> None:
    parser = argparse.ArgumentParser(description="ormgen and other ORMs against hand-written code on the raw drivers")
    parser.add_argument("--child", choices=DATABASES, help=argparse.SUPPRESS)
    parser.add_argument("--peers", nargs="*", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--peer", choices=PEERS, action="append", help="only this one")
    parser.add_argument("--only", default="", metavar="TEXT", help="only workloads with this in their name")
    parser.add_argument(
        "--seconds", type=float, default=6.0, help="for each workload and database, half of it for ormgen (6)"
    )
    given = parser.parse_args()
    peers = given.peer or list(PEERS)
    if given.child:
        print(json.dumps(asyncio.run(bench(given.child, given.peers, given.only, given.seconds))))
        return
    found: dict[str, Any] = {}
    for database in given.database or DATABASES:
        found[database] = in_process(database, peers, given.only, given.seconds)
        again = [in_process(database, (), given.only, given.seconds / 3)[0] for _ in range(PROCESSES - 1)]
        settle(found[database][0], again)
    if given.only or given.database or given.peer:
        for database, (figures, waits) in found.items():
            print(table(database, figures), waiting(waits), sep="\n\n")
        return
    costs = subprocess.check_output([sys.executable, str(HERE / "run_costs.py"), "--markdown"], text=True)
    for database, (figures, _) in found.items():
        (HERE / f"results_{database}.svg").write_text(chart(TITLES[database], figures))
    (HERE / "RESULTS.md").write_text(written(found, costs.strip()))


if __name__ == "__main__":
    try:
        main()
    except Unavailable as error:
        sys.exit(str(error))
