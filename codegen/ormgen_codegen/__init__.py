"""The `ormgen` command: reads models from source and writes what type checkers need."""

from __future__ import annotations

import gc
import os
import sys

from ormgen_codegen.last_run import SILENT, nothing_to_do


def main() -> None:
    """Run the command line; says what to install where its libraries are missing."""
    name, arguments = sys.argv[1:2], sys.argv[2:]
    if name == ["stubs"] and nothing_to_do(arguments):
        if SILENT.isdisjoint(arguments) and "--check" not in arguments:
            print("stubs are up to date", file=sys.stderr)
        return
    gc.disable()  # what is loaded now stays
    try:
        from ormgen_codegen.cli import cli
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("ormgen", "ormgen_codegen", "ormgen_stubs"):
            raise
        print(f"error: `{error.name}` is not installed", file=sys.stderr)
        print('hint: pip install "ormgen-orm[codegen]"', file=sys.stderr)
        sys.exit(1)
    gc.enable()
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
