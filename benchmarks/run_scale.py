"""`make bench-scale`: what stubs cost when there are many models, for ormgen and for type checkers, as one table."""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scale.synthetic import add_field, write_application, write_project, write_untyped_stubs

PYTHON = sys.executable
ORMGEN = (PYTHON, "-m", "ormgen_codegen", "stubs", "--quiet")
MYPY = (PYTHON, "-m", "mypy", "--strict", "--no-error-summary", "service")
PYRIGHT = (PYTHON, "-m", "pyright", "--pythonpath", PYTHON, "service")
STUBGEN = (str(Path(PYTHON).parent / "stubgen"), "--quiet", "-o", "out", "app")
LINES = 500_000


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, and the largest memory of one process in MB."""

    cpu: float
    wall: float
    memory: float


def measured(
    command: Sequence[str], folder: Path, before: Callable[[Path], object] | None = None, runs: int = 1
) -> Cost:
    """The median cost of a command with all of its children; it must succeed."""
    costs = []
    for _ in range(runs):
        if before is not None:
            before(folder)
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(command)} in {folder} failed:\n{output[-2000:]}")
        costs.append(Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024))
    return sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]


def without(*names: str) -> Callable[[Path], None]:
    """What removes the caches of these names."""

    def remove(folder: Path) -> None:
        for name in names:
            shutil.rmtree(folder / name, ignore_errors=True)

    return remove


class Table:
    """Rows with one column for each size, printed as they come."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        print(f"{'':44}" + "".join(f"{f'{size:,} models':>22}" for size in sizes) + f"{'target at 1,000':>22}")

    def row(self, title: str, values: Sequence[str], target: str = "") -> None:
        print(f"{title:44}" + "".join(f"{value:>22}" for value in values) + f"{target:>22}", flush=True)


def seconds(cost: Cost) -> str:
    return f"{cost.cpu:.2f} CPU {cost.wall:.2f} wall"


def beside_floor(
    command: Sequence[str], folders: tuple[Path, Path], before: Callable[[Path], object] | None = None, runs: int = 3
) -> str:
    """What a command costs with typed stubs, and the median of its ratios to the run beside it without types."""
    pairs = [tuple(measured(command, folder, before) for folder in folders) for _ in range(runs)]
    ratio = median(typed.cpu / floor.cpu for typed, floor in pairs)
    seconds = median(typed.cpu for typed, _ in pairs)
    return f"{seconds:.1f} s {ratio:.1f}x {pairs[0][0].memory / 1024:.1f} GB"


def bench(sizes: Sequence[int], home: Path, checkers: bool) -> None:
    typed = {size: home / f"typed{size}" for size in sizes}
    floor = {size: home / f"floor{size}" for size in sizes}
    for size in sizes:
        write_project(typed[size], size)
        write_project(floor[size], size)
        write_untyped_stubs(floor[size])
    table = Table(sizes)
    generation(table, list(typed.values()), sizes)
    if checkers:
        checking(table, [(typed[size], floor[size]) for size in sizes])
    scanning(home)


def generation(table: Table, folders: Sequence[Path], sizes: Sequence[int]) -> None:
    cold = [measured(ORMGEN, folder, without(".ormgen_cache"), 3) for folder in folders]
    table.row("ormgen stubs, cold", [seconds(cost) for cost in cold], "4 CPU 2.5 wall")
    table.row("  memory", [f"{cost.memory:.0f} MB" for cost in cold])
    warm = [measured(ORMGEN, folder, runs=5) for folder in folders]
    table.row("  nothing changed", [seconds(cost) for cost in warm], "0.1 CPU")
    changed = [measured(ORMGEN, folder, add_field, 3) for folder in folders]
    table.row("  one model changed", [seconds(cost) for cost in changed], "0.6 CPU")
    sizes_of = [sum(path.stat().st_size for path in folder.glob("app/_ormgen_*.pyi")) for folder in folders]
    table.row(
        "  bytes of stubs a model",
        [f"{total / size / 1000:.1f} KB" for total, size in zip(sizes_of, sizes, strict=True)],
        "14 KB",
    )
    plain = [folder.with_name(f"plain{size}") for folder, size in zip(folders, sizes, strict=True)]
    for folder, size in zip(plain, sizes, strict=True):
        write_project(folder, size)
    stubgen = [measured(STUBGEN, folder, runs=3) for folder in plain]
    table.row("mypy's stubgen (names only, no types)", [seconds(cost) for cost in stubgen])


def checking(table: Table, folders: Sequence[tuple[Path, Path]]) -> None:
    clean = without(".mypy_cache")
    cold = [beside_floor(MYPY, pair, clean) for pair in folders]
    table.row("mypy --strict, against untyped stubs", cold, "2.7x")
    table.row("  nothing changed", [seconds(measured(MYPY, typed, runs=3)) for typed, _ in folders], "0.2")
    table.row(
        "  application edited",
        [seconds(measured(MYPY, typed, _touch, 3)) for typed, _ in folders],
        "0.4",
    )
    table.row(
        "  one field added",
        [seconds(measured(MYPY, typed, _regenerated, 2)) for typed, _ in folders],
        "4.0",
    )
    quick = [beside_floor(PYRIGHT, pair) for pair in folders]
    table.row("pyright, against untyped stubs", quick, "2.7x 1.8 GB")


def _touch(folder: Path) -> None:
    path = folder / "service" / "use_m000.py"
    path.write_text(path.read_text() + f"x{time.time_ns()} = 1\n")


def _regenerated(folder: Path) -> None:
    add_field(folder)
    subprocess.run(ORMGEN, cwd=folder, check=True)


def scanning(home: Path) -> None:
    """What the search for queries in a large application costs."""
    folder = home / "application"
    lines = write_application(folder, LINES)
    code = (
        "import sys, time; from pathlib import Path; from ormgen_codegen.scan import scan; start = time.process_time();"
        "scan([Path(sys.argv[1])]); print(time.process_time() - start)"
    )
    found = [float(subprocess.check_output([PYTHON, "-c", code, str(folder)])) for _ in range(3)]
    print(f"search of {lines:,} lines for names in queries: {median(found):.2f} s CPU (target 1)")


def main() -> None:
    parser = argparse.ArgumentParser(description="ormgen's stubs for many models")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 50, 200, 1000])
    parser.add_argument("--only-generation", action="store_true", help="leave out the type checkers")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors; medians; CPU with all children")
    print("a model: 12 fields, 3 foreign keys, 1 many-to-many; 20 in a module; 5 queries about each\n")
    with tempfile.TemporaryDirectory() as home:
        bench(given.sizes, Path(home), not given.only_generation)
    print("\nprisma-client-py was not run: its generator downloads an engine of its own")


if __name__ == "__main__":
    main()
