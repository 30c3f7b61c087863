"""`make bench`: ormgen against hand-written code on the raw drivers, as one table."""

import argparse
import asyncio
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from time import perf_counter

from adapters.adapter import Adapter
from adapters.ormgen_adapter import OrmgenAdapter
from adapters.raw_mysql import RawMysql
from adapters.raw_postgres import RawPostgres
from adapters.raw_sqlite import RawSqlite
from harness import Outcome, fill, latencies, measure, verify
from places import Unavailable, mysql_databases, postgres_databases, sqlite_files
from workloads import WORKLOADS, Workload

Places = Callable[[Sequence[str]], AbstractAsyncContextManager[list[str]]]
DATABASES: dict[str, tuple[Places, type[Adapter]]] = {
    "sqlite": (sqlite_files, RawSqlite),
    "postgres": (postgres_databases, RawPostgres),
    "mysql": (mysql_databases, RawMysql),
}
TITLES = {
    "sqlite": "SQLite (file, WAL)",
    "postgres": "PostgreSQL (loopback, synchronous_commit off)",
    "mysql": "MariaDB (loopback)",
}
COUNTED = ("sqlite", "postgres")  # those whose ratios have targets of their own
HEADER = f"{'':28}{'CPU time, us':>22}{'wall time, us':>24}\n" + (
    f"{'for each row or statement':28}{'raw':>10}{'ormgen':>12}{'raw':>12}{'ormgen':>12}{'CPU ratio':>13}{'target':>9}"
)


async def bench(database: str, chosen: Sequence[Workload], seconds: float) -> None:
    """Measures one kind of database and prints its part of the table."""
    places, raw = DATABASES[database]
    adapters: list[Adapter] = [raw(), OrmgenAdapter()]
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(places([adapter.name for adapter in adapters]))
        for adapter, url in zip(adapters, urls, strict=True):
            await adapter.open(url)
            stack.push_async_callback(adapter.close)
        await fill(adapters)
        print(f"\n{TITLES[database]}, raw is {adapters[0].name}\n{HEADER}")
        for workload in chosen:
            await verify(workload, adapters)
            show(database, await measure(workload, adapters, seconds), *[adapter.name for adapter in adapters])
        if chosen == list(WORKLOADS):
            print(waiting(await latencies(adapters, seconds)))


def waiting(found: dict[str, tuple[float, float]]) -> str:
    """How long one `get` takes while 50 tasks ask, in words."""
    told = [f"{name} {half:.2f} / {most:.2f} ms" for name, (half, most) in found.items()]
    return f"one get while 50 tasks ask, median / 99th percentile of wall time: {', '.join(told)}"


def show(database: str, outcome: Outcome, raw: str, name: str) -> None:
    target, ratio = outcome.workload.target(database), outcome.ratio(name)
    print(
        f"{outcome.workload.name:28}{outcome.cpu(raw):10.2f}{outcome.cpu(name):12.2f}"
        f"{outcome.wall(raw):12.2f}{outcome.wall(name):12.2f}{ratio:13.2f}{target:9.2f}"
        f"{'' if ratio <= target else '  above'}",
        flush=True,
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="ormgen against hand-written code on the raw drivers")
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--only", default="", metavar="TEXT", help="only workloads with this in their name")
    parser.add_argument(
        "--seconds", type=float, default=1.2, help="for each workload and database; ormgen and raw take half (1.2)"
    )
    return parser.parse_args()


def main() -> None:
    given = arguments()
    chosen = [workload for workload in WORKLOADS if given.only in workload.name]
    start = perf_counter()
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of pairs in turns, results compared")
    skipped = []
    for database in given.database or DATABASES:
        try:
            asyncio.run(bench(database, chosen, given.seconds))
        except Unavailable as error:
            skipped.append(
                f"{TITLES[database]} WAS NOT MEASURED: {error}; set ORMGEN_BENCH_{database.upper()} to a URL"
            )
    print(f"\n{perf_counter() - start:.0f} s")
    for text in skipped:
        print(f"\n!!! {text}", file=sys.stderr)


if __name__ == "__main__":
    main()
