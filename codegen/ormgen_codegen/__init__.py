"""The `ormgen` command: reads models from source and writes what type checkers need."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; says what to install where its libraries are missing."""
    try:
        from ormgen_codegen.cli import cli
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("ormgen", "ormgen_codegen", "ormgen_stubs"):
            raise
        print(f"error: `{error.name}` is not installed", file=sys.stderr)
        print('hint: pip install "ormgen-orm[codegen]"', file=sys.stderr)
        sys.exit(1)
    cli(prog_name="ormgen")
