"""The folders of tests/golden: which modules each holds, and how to read them both ways."""

import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ormgen.schema.describe import graph_json
from ormgen_codegen.config import load_config
from ormgen_codegen.run import Run, read_run
from ormgen_codegen.running import import_graph

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = Path(__file__).parent.parent / "examples"


def folders(*, failing: bool) -> list[Path]:
    """The golden folders; those that hold a stderr.txt are to fail."""
    return sorted(path for path in GOLDEN.iterdir() if path.is_dir() and (path / "stderr.txt").exists() is failing)


def examples() -> list[str]:
    """The example packages."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/__init__.py"))


def modules_of(folder: Path) -> list[str]:
    """What a run in the folder is asked for: nothing where its pyproject.toml names apps, else every module.

    Modules whose name begins with an underscore are found only where others import them.
    """
    if (folder / "pyproject.toml").exists():
        return []
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return sorted(name for name in names if not name.startswith("_"))


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """The folder as the current one and first on Python's path; what was imported from it is forgotten afterwards.

    Modules of the same names that were imported from elsewhere are put aside meanwhile.
    """
    before, path = Path.cwd(), list(sys.path)
    names = {entry.stem for entry in folder.iterdir()}
    aside = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in names}
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[name]
        sys.modules.update(aside)


def read(folder: Path, names: list[str] | None = None) -> Run:
    """The folder's models as their source tells them."""
    with inside(folder):
        return read_run(modules_of(folder) if names is None else names, load_config(folder))


def both_graphs(folder: Path, names: list[str] | None = None) -> tuple[Run, str]:
    """What source tells, and the graph of the running classes as JSON."""
    run = read(folder, names)
    with inside(folder), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* is deprecated, please use", DeprecationWarning)
        graph = import_graph([module.name for module in run.modules], run.config.apps, [folder])
    return run, graph_json(graph)
