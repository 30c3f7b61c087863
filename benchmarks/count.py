"""`make bench-check`: instructions of hot workloads, which no other program on the machine changes, against those kept.

The process runs under valgrind's callgrind, which starts a new count whenever `os.getloadavg` is called. What is kept
in `counts.json` are ratios to hand-written code in the same run, because Python's versions differ in instructions.
"""

import argparse
import asyncio
import gc
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from adapters.adapter import Adapter
from adapters.ormgen_adapter import OrmgenAdapter
from harness import fill
from run import COUNTED, DATABASES
from workloads import WORKLOADS, Workload

KEPT = Path(__file__).with_name("counts.json")
HOT = (
    "single insert",
    "insert in a transaction",
    "bulk insert, small",
    "bulk insert, wide",
    "large result, wide",
    "small result, 20 rows",
    "get by pk",
    "save",
    "bulk update",
    "filter with 5 lookups",
    "select_related",
    "prefetch reverse",
    "prefetch many-to-many",
)
ALLOWED = 1.04  # times what is kept
RUNS = 3  # the first time compiles, with the second one long statements stay prepared, the last one counts


def adapters_of(database: str) -> list[Adapter]:
    return [DATABASES[database][1](), OrmgenAdapter()]


async def child(names: Sequence[str], database: str, urls: Sequence[str]) -> None:
    """Runs each workload once with each adapter, a new count around each."""
    adapters = adapters_of(database)
    for adapter, url in zip(adapters, urls, strict=True):
        await adapter.open(url)
    gc.disable()
    for workload in WORKLOADS:
        for adapter in adapters if workload.name in names else ():
            await counted(workload, adapter)
    for adapter in adapters:
        await adapter.close()


async def counted(workload: Workload, adapter: Adapter) -> None:
    for _ in range(RUNS):
        given = await workload.before(adapter)
        gc.collect()
        os.getloadavg()
        await workload.run(adapter, given)
        os.getloadavg()
        if workload.stored is not None:
            await adapter.clear()


async def counts(database: str, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Thousands of instructions for one unit of each workload: raw and ormgen."""
    adapters = adapters_of(database)
    async with DATABASES[database][0]([adapter.name for adapter in adapters]) as urls:
        for adapter, url in zip(adapters, urls, strict=True):
            await adapter.open(url)
            await fill([adapter])
            await adapter.close()
        totals = dumped([database, *urls, *names])
    found, measured = {}, [workload for workload in WORKLOADS if workload.name in names]
    for at, workload in enumerate(measured):
        last = [totals[2 * RUNS * (2 * at + which + 1) - 1] for which in range(2)]
        raw, ours = (instructions / workload.units / 1000 for instructions in last)
        found[workload.name] = (raw, ours)
    return found


def dumped(arguments: Sequence[str]) -> list[int]:
    """What callgrind counts of a process of its own, part by part."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--dump-before=getloadavg", f"--callgrind-out-file={folder}/out"]
        command += [sys.executable, __file__, "--child", *arguments]
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr[-3000:])
        parts = sorted(Path(folder).glob("out.*"), key=lambda path: int(path.name.rpartition(".")[2]))
        return [total(path) for path in parts]


def total(path: Path) -> int:
    found = re.search(r"^(?:totals|summary): (\d+)", path.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="instructions of hot workloads against those kept")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--only", default="", metavar="TEXT", help="only workloads with this in their name")
    parser.add_argument("--all", action="store_true", help="all workloads, not only those that are kept")
    parser.add_argument("--write", action="store_true", help="keep what is found now")
    given = parser.parse_args()
    if given.child:
        database, raw, ours, *names = given.child
        asyncio.run(child(names, database, (raw, ours)))
        return
    names = [workload.name for workload in WORKLOADS if given.only in workload.name]
    chosen = [name for name in names if given.all or name in HOT]
    kept: dict[str, dict[str, float]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    worse = 0
    for database in given.database or COUNTED:
        print(
            f"\n{database:28}{'raw':>10}{'ormgen':>10}{'ratio':>8}{'kept':>8}   thousands of instructions", flush=True
        )
        for name, (raw, ours) in asyncio.run(counts(database, chosen)).items():
            before = kept.setdefault(database, {}).get(name)
            told = "" if before is None else f"{before:8.3f}"
            if before is not None and ours / raw > before * ALLOWED:
                worse += 1
                told += "   MORE THAN IS KEPT"
            print(f"{name:28}{raw:10.1f}{ours:10.1f}{ours / raw:8.3f}{told}", flush=True)
            if given.write and name in HOT:
                kept[database][name] = round(ours / raw, 3)
    if given.write:
        KEPT.write_text(json.dumps(kept, indent=2) + "\n")
    elif worse:
        sys.exit(f"\n{worse} workloads take more than {ALLOWED} times the instructions that {KEPT.name} says")


if __name__ == "__main__":
    main()
