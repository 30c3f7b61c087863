"""The `ormgen` command: reads models from source and writes what type checkers need."""

from __future__ import annotations

import gc
import os
import sys

from ormgen_codegen.last_run import SILENT, nothing_to_do
from ormgen_codegen.loading import loading, open_rooms


def main() -> None:
    """Run the command line; says what to install where its libraries are missing."""
    name, arguments = sys.argv[1:2], sys.argv[2:]
    if name == ["stubs"] and nothing_to_do(arguments):
        if SILENT.isdisjoint(arguments) and "--check" not in arguments:
            print("stubs are up to date", file=sys.stderr)
        return
    if name == ["stubs"] and "--watch" not in arguments:
        gc.disable()  # for good: the process ends with the run, and a collection takes a tenth of it
    open_rooms()
    with loading():
        from ormgen_codegen.cli import cli
    try:
        cli(prog_name="ormgen")
    except SystemExit as end:
        _leave(end)
        raise


def _leave(end: SystemExit) -> None:
    """End at once where that is all the same: taking millions of objects apart takes a second."""
    if not isinstance(end.code, int | None):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more; Python has words for that
        return
    os._exit(end.code or 0)
